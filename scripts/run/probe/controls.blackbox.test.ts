import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from 'vitest';
import type { ProbeReport } from '../../report/probe/model.ts';
import { startCommand } from '../testing/lab-process.ts';
import { addControls } from '../testing/real-controls.ts';
import { tinyLabs } from '../testing/tiny-lab.ts';

/** The controls are built to end in one way each, so every label of the decision table is shown to be reachable. */

const results = mkdtempSync(join(tmpdir(), 'probes-'));
const labs = tinyLabs();
afterAll(() => {
  labs.remove();
  rmSync(results, { recursive: true, force: true, maxRetries: 5 });
});

/** These two use up their grace period, and in a tiny catalogue it is shorter. */
const untilKilled = labs.make([{ id: 'toy' }]);
addControls(untilKilled, { wait: [], stubborn: [] });
const shortGrace = ['--catalogue', untilKilled.root];

describe('the probe of a control', () => {
  test.each<{ control: string; strategy: string; words?: string[] }>([
    { control: 'hang-up-idle', strategy: 'immediate hang-up' },
    { control: 'ideal', strategy: 'one more message' },
    { control: 'reject', strategy: 'rejects' },
    { control: 'swallow', strategy: 'swallows' },
    { control: 'abrupt', strategy: 'cuts in flight' },
    { control: 'wait', strategy: 'waits for clients', words: shortGrace },
    { control: 'stubborn', strategy: 'ignores SIGTERM', words: shortGrace },
    { control: 'close', strategy: 'no keep-alive' },
    { control: 'mixed', strategy: 'mixed: one more message + rejects' },
  ])(
    '$control: $strategy',
    // A machine that stands still for a moment makes a server look as if it took its time.
    { retry: 2 },
    async ({ control, strategy, words = [] }) => {
      const probe = startCommand('probe', [`controls/${control}`, '--json', '--results', results, ...words]);
      const { exitCode, stdout, stderr } = await probe.ended;
      expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
      const report = JSON.parse(stdout) as ProbeReport;
      expect('findings' in report && report.findings.strategy).toBe(strategy);
    },
  );
});
