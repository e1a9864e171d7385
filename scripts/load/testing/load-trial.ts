import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { monotonicMs } from '../../support/clock.ts';
import type {
  LoadRecord,
  PodClockRecord,
  Population,
  ProblemRecord,
  RequestEndRecord,
  RequestStartRecord,
} from '../../timeline/records.ts';
import { startLoad } from '../k6-load.ts';
import type { Load, LoadRequest } from '../load.ts';
import { planLoad } from '../plan.ts';

/** Folder and records of one load in a test. */
export interface LoadTrial extends AsyncDisposable {
  folder: string;
  events: (LoadRecord | ProblemRecord)[];
  clocks: PodClockRecord[];
  started: RequestStartRecord[];
  ended: RequestEndRecord[];
  nowMs(): number;
  start(k6: string, options?: Partial<LoadRequest>): Promise<Load>;
  /** A program that stands for a k6 gone wrong: a shell script. */
  fakeK6(script: string): Promise<string>;
}

/** Makes a folder and a place for records. */
export async function openLoadTrial(): Promise<LoadTrial> {
  const folder = await mkdtemp(join(tmpdir(), 'lab-load-'));
  const originMs = monotonicMs();
  const trial: Pick<LoadTrial, 'events' | 'clocks' | 'started' | 'ended'> = {
    events: [],
    clocks: [],
    started: [],
    ended: [],
  };
  const record: LoadRequest['record'] = (value) => {
    if (!Array.isArray(value)) {
      if (value.type === 'podClock') trial.clocks.push(value);
      else trial.events.push(value);
    } else if (value[0] === 'start') trial.started.push(value);
    else trial.ended.push(value);
  };
  const place = { from: 'host' as const };
  const request = { place, url: 'http://127.0.0.1:9', plan: planLoad(80, 0), folder, originMs, record };
  return {
    ...trial,
    folder,
    nowMs: () => monotonicMs() - originMs,
    start: (k6, options) => startLoad({ ...request, k6, ...options }),
    async fakeK6(script) {
      const file = join(folder, 'fake-k6');
      await writeFile(file, `#!/bin/sh\n${script}\n`);
      await chmod(file, 0o755);
      return file;
    },
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  };
}

/** Part of a request id. */
export function populationOf(id: string): Population {
  return id.slice(0, id.lastIndexOf('-')) as Population;
}
