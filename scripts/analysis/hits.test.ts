import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Loss, Termination } from './findings.ts';
import { terminationsHit } from './hits.ts';

const names = ['a', 'b', 'c', 'd', 'e'];

function loss(candidates: readonly string[]): Loss {
  const [only = ''] = candidates;
  const known = candidates.length === 1;
  return {
    ...{ id: 'fresh-get-1', population: 'fresh-get', class: 'refused', sentMs: 1, failedMs: 1, text: '' },
    ...{ sentPhase: 'exited', failedPhase: 'exited' },
    pod: known ? only : '',
    ...(!known && { candidates: [...candidates] }),
  };
}

const terminationsOf = (losses: readonly Loss[]): Termination[] =>
  names.map((pod) => ({
    ...{ pod, deletedMs: 0, preStopEndedMs: null, sigtermMs: null, endpointRemovedMs: null },
    ...{ listenerClosedMs: null, lastResponseMs: null, exitedMs: null, exitCode: null, signal: null },
    ...{ killedAfterGrace: false, drainMs: null },
    lost: losses.some((lost) => lost.pod === pod) ? { 'fresh-get': 1 } : {},
  }));

test('whichever of the candidates it was, the terminations hit are within both figures', () => {
  const candidates = fc.uniqueArray(fc.constantFrom(...names), { minLength: 1, maxLength: 4 });
  const drawn = fc.array(fc.tuple(candidates, fc.nat(3)), { maxLength: 8 });
  fc.assert(
    fc.property(drawn, (draws) => {
      const losses = draws.map(([pods]) => loss(pods));
      const truly = new Set(draws.map(([pods, choice]) => pods[choice % pods.length]));
      const { atLeast, atMost } = terminationsHit({ terminations: terminationsOf(losses), losses }, [
        'fresh-get',
      ]);
      expect(atLeast).toBeLessThanOrEqual(truly.size);
      expect(atMost).toBeGreaterThanOrEqual(truly.size);
      if (losses.length > 0) expect(atLeast).toBeGreaterThanOrEqual(1);
    }),
  );
});

test('losses of other populations do not count', () => {
  const losses = [loss(['a', 'b'])];
  const counted = terminationsHit({ terminations: terminationsOf(losses), losses }, ['persistent-post']);
  expect(counted).toEqual({ atLeast: 0, atMost: 0 });
});
