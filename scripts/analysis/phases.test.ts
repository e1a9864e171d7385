import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { PodRecord } from '../timeline/records.ts';
import type { Phase } from './findings.ts';
import { phaseAt, possiblePhases } from './phases.ts';
import { podHistories } from './pods.ts';
import { life, type When } from './testing/pods.ts';

type Step = [atMs: number, event: PodRecord['event']];
const usual: Step[] = [
  [0, 'created'],
  [10, 'started'],
  [20, 'listening'],
  [30, 'ready'],
  [100, 'deleted'],
  [101, 'preStopBegan'],
  [200, 'sigterm'],
  [210, 'listenerClosed'],
  [300, 'exited'],
  [310, 'gone'],
];

test.each([
  { name: 'before it was created', steps: usual, atMs: -1, phase: 'unknown' },
  { name: 'created', steps: usual, atMs: 0, phase: 'starting' },
  { name: 'listening, not ready', steps: usual, atMs: 25, phase: 'starting' },
  { name: 'ready', steps: usual, atMs: 30, phase: 'serving' },
  { name: 'preStop runs', steps: usual, atMs: 150, phase: 'deleted' },
  { name: 'SIGTERM in this instant', steps: usual, atMs: 200, phase: 'terminating' },
  { name: 'listener closed', steps: usual, atMs: 250, phase: 'draining' },
  { name: 'exited', steps: usual, atMs: 305, phase: 'exited' },
  { name: 'gone', steps: usual, atMs: 1000, phase: 'exited' },
  {
    name: 'unready is still serving',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'unready'],
    ] as Step[],
    atMs: 50,
    phase: 'serving',
  },
  {
    name: 'readiness during deletion changes nothing',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'deleted'],
      [45, 'unready'],
      [50, 'ready'],
    ] as Step[],
    atMs: 60,
    phase: 'deleted',
  },
  {
    name: 'closed its listener while preStop ran',
    steps: [
      [0, 'created'],
      [30, 'ready'],
      [40, 'deleted'],
      [50, 'listenerClosed'],
      [60, 'sigterm'],
    ] as Step[],
    atMs: 70,
    phase: 'draining',
  },
  {
    name: 'crashed and started again',
    steps: [
      [0, 'created'],
      [5, 'started'],
      [30, 'ready'],
      [40, 'exited'],
      [50, 'started'],
    ] as Step[],
    atMs: 60,
    phase: 'starting',
  },
  {
    name: 'crashed, not yet started again',
    steps: [
      [0, 'created'],
      [5, 'started'],
      [30, 'ready'],
      [40, 'exited'],
      [50, 'started'],
    ] as Step[],
    atMs: 45,
    phase: 'exited',
  },
])('phase: $name', ({ steps, atMs, phase }) => {
  // Records of different watchers may be out of order by a little.
  const records = steps
    .toReversed()
    .map(([at, event]): PodRecord => ({ type: 'pod', atMs: at, pod: 'a', event, revision: 'old' }));
  expect(phaseAt(podHistories(records, []).get('a'), atMs)).toBe(phase);
});

test('a pod that was never seen', () => {
  expect(phaseAt(undefined, 0)).toBe('unknown');
});

describe('what is known only roughly', () => {
  /** As watches and a runtime's log tell it: the deletion and SIGTERM roughly, the exit exactly. */
  const rough: [When, PodRecord['event']][] = [
    [[0, 20], 'created'],
    [[60, 80], 'ready'],
    [[100, 130], 'deleted'],
    [[2100, 2350], 'sigterm'],
    [2400, 'exited'],
    [[2500, 2900], 'gone'],
  ];
  test.each<{ name: string; moment: number | [number, number]; phases: Phase[] }>([
    { name: 'clearly before the deletion', moment: [85, 99], phases: ['serving'] },
    { name: 'while the deletion may have been', moment: 110, phases: ['serving', 'deleted'] },
    { name: 'a span that ends within it', moment: [90, 105], phases: ['serving', 'deleted'] },
    { name: 'a span that begins when it is over', moment: [130, 140], phases: ['deleted'] },
    { name: 'in the preStop hook', moment: [1000, 1010], phases: ['deleted'] },
    { name: 'while SIGTERM may have been sent', moment: 2200, phases: ['deleted', 'terminating'] },
    { name: 'between SIGTERM and the exit', moment: [2360, 2390], phases: ['terminating'] },
    { name: 'a span over an exact exit', moment: [2390, 2410], phases: ['terminating', 'exited'] },
    {
      name: 'a span from SIGTERM to the exit',
      moment: [2340, 2400],
      phases: ['deleted', 'terminating', 'exited'],
    },
    { name: 'just exited', moment: 2400, phases: ['exited'] },
    { name: 'perhaps gone', moment: 2600, phases: ['exited'] },
  ])('$name', ({ moment, phases }) => {
    const history = podHistories(life('a', rough), []).get('a');
    expect([...possiblePhases(history, moment)].toSorted()).toEqual(phases.toSorted());
    expect(phaseAt(history, moment)).toBe(phases.length === 1 ? phases[0] : 'ambiguous');
  });

  test('the order of two rough steps is not taken for granted', () => {
    // The listener may have been closed before SIGTERM, as some hooks do, or after it.
    const steps: [When, PodRecord['event']][] = [
      [0, 'created'],
      [10, 'ready'],
      [20, 'deleted'],
      [[150, 400], 'sigterm'],
      [[200, 300], 'listenerClosed'],
    ];
    const history = podHistories(life('a', steps), []).get('a');
    const phases = [...possiblePhases(history, 250)].toSorted();
    expect(phases).toEqual(['deleted', 'draining', 'terminating']);
  });

  test('a warning that is known to a second blurs nothing', () => {
    const steps: [When, PodRecord['event']][] = [...rough, [[0, 1000], 'warning']];
    expect(phaseAt(podHistories(life('a', steps), []).get('a'), [300, 310])).toBe('deleted');
  });

  test('whatever happened within its span, the phase is among the possible ones', () => {
    const steps = ['deleted', 'sigterm', 'listenerClosed', 'exited'] as const;
    const times = fc.array(fc.nat(100), { minLength: 4, maxLength: 4 });
    const blur = fc.array(fc.tuple(fc.nat(30), fc.nat(30)), { minLength: 4, maxLength: 4 });
    fc.assert(
      fc.property(times, blur, fc.nat(120), (at, around, moment) => {
        const exact = at.toSorted((a, b) => a - b);
        const truly = life('a', [
          [-1, 'ready'],
          ...steps.map((step, index) => [exact[index]!, step] as const),
        ]);
        const seen = life('a', [
          [-1, 'ready'],
          ...steps.map((step, index) => {
            const [before, after] = around[index]!;
            return [[exact[index]! - before, exact[index]! + after], step] as const;
          }),
        ]);
        const phase = phaseAt(podHistories(truly, []).get('a'), moment);
        expect([...possiblePhases(podHistories(seen, []).get('a'), moment)]).toContain(phase);
      }),
    );
  });
});
