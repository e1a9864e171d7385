import { beforeEach, describe, expect, test } from 'vitest';
import type { PreStop } from '../../catalogue/model.ts';
import type { PodRecord, ProblemRecord } from '../../timeline/records.ts';
import type { ClusterClock } from './cluster-clock.ts';
import { PodLife } from './pod-life.ts';
import { podStateOf } from './pod-state.ts';
import { podObject, second, type PodChanges } from './testing/pods.ts';

const noonMs = Date.parse(second(0));
/** Trial time 0 is 12:00 on the cluster's clock. */
const clock = {
  toTrial: ([earliest, latest]: readonly [number, number]) => [earliest - noonMs, latest - noonMs],
} as unknown as ClusterClock;
const sleepHook: PreStop = { kind: 'sleep', durationMs: 2000 };

let records: (PodRecord | ProblemRecord)[];
beforeEach(() => {
  records = [];
});

function live({ preStop, hasRuntime = false }: { preStop?: PreStop; hasRuntime?: boolean } = {}) {
  const request = {
    manifest: { graceMs: 15_000, preStop },
    clock,
    hasRuntime,
    revisionOf: () => 'old' as const,
    record: (record: PodRecord | ProblemRecord) => records.push(record),
  };
  const state = (changes: PodChanges = {}) => podStateOf(podObject('a', changes));
  const life = new PodLife(request, state(), { arrivedMs: 100, notBeforeMs: -Infinity });
  const seen = (changes: PodChanges, arrivedMs: number, notBeforeMs = -Infinity) =>
    life.seen(state(changes), { arrivedMs, notBeforeMs });
  seen({}, 3200);
  return { life, seen };
}

const act = (what: 'stop' | 'signal' | 'kill' | 'exit', atMs: number, exitCode?: number) => ({
  container: 'id-a-0',
  act: what,
  epochMs: noonMs + atMs,
  ...(exitCode !== undefined && { exitCode }),
});
const heard = (arrivedMs: number, source = "containerd's log") => ({ source, arrivedMs });

/** `deleted 10040 [10000, 10050]`: the estimate, and the span. */
function told(): string[] {
  return records.map((record) => {
    if (record.type === 'problem') return `problem ${record.code}`;
    const [earliest, latest] = record.seen?.betweenMs ?? [];
    return `${record.event} ${record.atMs} [${earliest}, ${latest}]`;
  });
}

test('a pod comes up: whole seconds of the API, and never later than it was heard', () => {
  live();
  expect(told()).toEqual([
    'created 100 [0, 100]',
    'started 1999.999 [1000, 1999.999]',
    'startupPassed 3200 [1000, 3200]',
    'ready 3200 [3000, 3200]',
  ]);
});

describe('where the runtime tells', () => {
  test('an ending: SIGTERM and exit are nearly exact, the deletion is as good as the revisions are', () => {
    const { life, seen } = live({ preStop: sleepHook, hasRuntime: true });
    records = [];
    seen({ deleted: 10 }, 10_350, 10_300);
    life.killing([10_000, 10_370], heard(10_370, 'watch of Events'));
    life.act(act('stop', 12_360), heard(12_365));
    life.act(act('signal', 12_361), heard(12_366));
    life.act(act('exit', 12_400, 0), heard(12_405));
    seen(
      {
        deleted: 10,
        ready: false,
        readyChanged: 12,
        terminated: { exitCode: 0, reason: 'Completed', finished: 12 },
      },
      13_000,
    );
    life.removed({ arrivedMs: 13_100, notBeforeMs: 13_050 });
    expect(told()).toEqual([
      'deleted 10350 [10300, 10350]',
      'preStopBegan 10370 [10300, 10370]',
      'preStopEnded 12360 [12300, 12360]',
      'sigterm 12361 [12361, 12861]',
      'exited 12400 [12361, 12400]',
      'unready 12999.999 [12000, 12999.999]',
      'gone 13100 [13050, 13100]',
    ]);
    expect(records).toContainEqual(expect.objectContaining({ event: 'exited', exitCode: 0, signal: null }));
  });

  test('what it tells before the watch shows the deletion is told after that', () => {
    const { life, seen } = live({ hasRuntime: true });
    records = [];
    life.act(act('signal', 10_020), heard(10_030));
    expect(told()).toEqual([]);
    seen({ deleted: 10 }, 10_050);
    expect(told()).toEqual(['deleted 10020 [10000, 10020]', 'sigterm 10020 [10020, 10520]']);
  });

  test('a pod that has ended before the watch shows its deletion', () => {
    const { life, seen } = live({ hasRuntime: true });
    records = [];
    life.act(act('signal', 10_020), heard(10_030));
    life.act(act('exit', 10_024, 143), heard(10_040));
    seen({ deleted: 10 }, 10_050);
    expect(told()).toEqual([
      'exited 10024 [10020, 10024]',
      'deleted 10020 [10000, 10020]',
      'sigterm 10020 [10020, 10520]',
    ]);
  });

  test('SIGKILL at the end of grace', () => {
    const { life, seen } = live({ hasRuntime: true });
    seen({ deleted: 10 }, 10_050);
    records = [];
    life.act(act('kill', 25_030), heard(25_040));
    life.act(act('exit', 25_060, 137), heard(25_070));
    expect(records).toMatchObject([
      { event: 'sigkill', detail: 'grace period of 15 s over' },
      { event: 'exited', exitCode: null, signal: 'SIGKILL' },
    ]);
  });

  test('when its log breaks off, the API tells the end', () => {
    const { life, seen } = live({ hasRuntime: true });
    records = [];
    seen({ deleted: 10 }, 10_050);
    seen({ deleted: 10, ready: false, terminated: { exitCode: 143, reason: 'Error', finished: 10 } }, 10_900);
    life.removed({ arrivedMs: 11_000, notBeforeMs: -Infinity });
    expect(told().filter((line) => !line.startsWith('unready'))).toEqual([
      'deleted 10050 [10000, 10050]',
      'sigterm 10050 [10000, 10900]',
      'exited 10900 [10000, 10900]',
      'gone 11000 [0, 11000]',
    ]);
  });

  test('a container that is restarted by the kubelet has not been deleted', () => {
    const { life, seen } = live({ hasRuntime: true });
    records = [];
    life.act(act('signal', 8000), heard(8010));
    life.act(act('exit', 8050, 143), heard(8060));
    seen(
      {
        restartCount: 1,
        ready: false,
        readyChanged: 8,
        lastTerminated: { exitCode: 143, reason: 'Error', finished: 8 },
      },
      9000,
    );
    seen({ restartCount: 1, readyChanged: 12, deleted: 20 }, 20_050);
    expect(told()).toEqual([
      'exited 8050 [8000, 8050]',
      'problem pod-ended',
      'started 1999.999 [1000, 1999.999]',
      'startupPassed 9000 [1000, 9000]',
      'unready 8999.999 [8000, 8999.999]',
      'deleted 20050 [20000, 20050]',
      'ready 12999.999 [12000, 12999.999]',
    ]);
  });
});

describe('where only the API tells', () => {
  test('SIGTERM lies between the end of the hook and the exit', () => {
    const { life, seen } = live({ preStop: sleepHook });
    records = [];
    seen({ deleted: 10 }, 10_350, 10_300);
    life.killing([10_000, 10_370], heard(10_370, 'watch of Events'));
    seen({ deleted: 10, terminated: { exitCode: 0, reason: 'Completed', finished: 13 } }, 13_500);
    expect(told()).toEqual([
      'deleted 10350 [10300, 10350]',
      'preStopBegan 10370 [10300, 10370]',
      'sigterm 12350 [12300, 13500]',
      'exited 13500 [13000, 13500]',
    ]);
  });

  test('an end by SIGKILL is one of grace only when that was over', () => {
    const early = live();
    early.seen({ deleted: 10 }, 10_050);
    early.seen({ deleted: 10, terminated: { exitCode: 137, reason: 'Error', finished: 12 } }, 12_500);
    expect(told().some((line) => line.startsWith('sigkill'))).toBe(false);
    records = [];
    const late = live();
    late.seen({ deleted: 10 }, 10_050);
    late.seen({ deleted: 10, terminated: { exitCode: 137, reason: 'Error', finished: 25 } }, 25_500);
    expect(told()).toContain('sigkill 25000 [25000, 25500]');
  });

  test('lack of memory is named', () => {
    const { seen } = live();
    seen({ terminated: { exitCode: 137, reason: 'OOMKilled', finished: 9 }, ready: false }, 9500);
    expect(records).toContainEqual(
      expect.objectContaining({ event: 'exited', detail: 'OOMKilled', signal: 'SIGKILL' }),
    );
    expect(records).toContainEqual(
      expect.objectContaining({
        code: 'pod-ended',
        detail:
          'a ended although nobody restarted it: exit code 137 (ended by SIGKILL, often for lack of memory)',
      }),
    );
  });
});

test('clocks that disagree give the hull of what they say', () => {
  const { seen } = live();
  records = [];
  seen({ deleted: 10 }, 9500, 9400);
  expect(told()).toEqual(['deleted 10999.999 [9400, 10999.999]']);
});
