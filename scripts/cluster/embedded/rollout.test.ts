import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextStep, type PodView } from './rollout.ts';

function pods(description: string): PodView[] {
  return description.split(' ').map((word, index) => ({
    name: String(index),
    revision: word.startsWith('new') ? 'new' : 'old',
    available: !word.endsWith('?'),
  }));
}

const surgeOne = { replicas: 3, maxSurge: 1, maxUnavailable: 0 };
const oneUnavailable = { replicas: 3, maxSurge: 0, maxUnavailable: 1 };

describe('one step of a rolling update', () => {
  test.each([
    ['begins with the surge', 'old old old', surgeOne, { create: 1, remove: [] }],
    ['waits for the new pod', 'old old old new?', surgeOne, { create: 0, remove: [] }],
    [
      'removes an old pod for an available new one',
      'old old old new',
      surgeOne,
      { create: 0, remove: ['0'] },
    ],
    ['goes on when the deleted pod no longer counts', 'old old new', surgeOne, { create: 1, remove: [] }],
    ['removes the last old pod', 'old new new new', surgeOne, { create: 0, remove: ['0'] }],
    ['is done', 'new new new', surgeOne, { create: 0, remove: [] }],
    ['without surge removes first', 'old old old', oneUnavailable, { create: 0, remove: ['0'] }],
    ['without surge creates then', 'old old', oneUnavailable, { create: 1, remove: [] }],
    ['takes unavailable old pods first', 'old old? old new', surgeOne, { create: 0, remove: ['1'] }],
    [
      'everything at once where all may be unavailable',
      'old old old',
      { replicas: 3, maxSurge: 3, maxUnavailable: 3 },
      { create: 3, remove: ['0', '1', '2'] },
    ],
  ])('%s', (_, before, limits, step) => {
    expect(nextStep(pods(before), limits)).toEqual(step);
  });
});

/** Plays a rollout to its end; new pods become available in a random order. */
function play(limits: { replicas: number; maxSurge: number; maxUnavailable: number }, choices: number[]) {
  let state: PodView[] = pods(Array.from({ length: limits.replicas }, () => 'old').join(' '));
  let created = 0;
  for (let round = 0; round < 500; round += 1) {
    if (state.every((pod) => pod.revision === 'new' && pod.available) && state.length === limits.replicas)
      return true;
    const step = nextStep(state, limits);
    for (let made = 0; made < step.create; made += 1) {
      created += 1;
      state.push({ name: `new${String(created)}`, revision: 'new', available: false });
    }
    state = state.filter((pod) => !step.remove.includes(pod.name));
    expect(state.length).toBeLessThanOrEqual(limits.replicas + limits.maxSurge);
    const available = state.filter((pod) => pod.available).length;
    expect(available).toBeGreaterThanOrEqual(limits.replicas - limits.maxUnavailable);
    const waiting = state.filter((pod) => !pod.available);
    const chosen = waiting[(choices[round % choices.length] ?? 0) % Math.max(1, waiting.length)];
    if (chosen && step.create === 0 && step.remove.length === 0) chosen.available = true;
  }
  return false;
}

test('every rollout ends and never leaves its limits', () => {
  const limits = fc
    .record({ replicas: fc.integer({ min: 1, max: 8 }), maxSurge: fc.nat(8), maxUnavailable: fc.nat(8) })
    .filter(
      ({ replicas, maxSurge, maxUnavailable }) => maxSurge + maxUnavailable > 0 && maxUnavailable <= replicas,
    );
  fc.assert(
    fc.property(limits, fc.array(fc.nat(7), { minLength: 1, maxLength: 8 }), (some, choices) => {
      expect(play(some, choices)).toBe(true);
    }),
  );
});
