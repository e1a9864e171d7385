import { stripVTControlCharacters } from 'node:util';
import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import type { CellReport } from './model.ts';
import { findings as probeFindings } from './probe/testing/findings.ts';
import { probed, rowOf } from './testing/probed.ts';
import { findingsOf, repeatedRun, syntheticRun } from './testing/synthetic-run.ts';
import { renderBanner, renderHeader, renderRow, renderTerminal } from './terminal.ts';

const run = syntheticRun();
const findings = findingsOf(run);
const report = buildReport(run.info, findings);
const table = { run: run.info, colour: false };

test('the table grows row by row with columns that stay', () => {
  const text = [renderHeader(table), ...report.rows.map((row) => renderRow(table, row))].join('\n');
  expect(text).toMatchInlineSnapshot(`
    "                naive                             prestop                           slow
    variant         fresh            persistent       fresh            persistent       fresh            persistent       drain         exit
    toy/bare        150/232 refused  0/116 (≤63 %)    0/232 (≤63 %)    75/116 reset     0/212 (≤63 %)    0/106 (≤63 %)    0.10 s        143
      Toy 1.2.3 on Node.js http: no signal handler (3 terminations per scenario)
    toy/closing     0/232 (≤63 %)    n/a              0/232 (≤63 %)    n/a              –                –                0.10 s        0
      Toy 1.2.3 on Node.js http: closes after each answer (3 terminations per scenario)
    other/graceful  skipped: needs Go ≥ 1.24, not found"
  `);
  for (const line of text.split('\n')) expect(line.length).toBeLessThanOrEqual(160);
});

test('the whole report', () => {
  expect(renderTerminal(report, { colour: false })).toMatchInlineSnapshot(`
    "                naive                             prestop                           slow
    variant         fresh            persistent       fresh            persistent       fresh            persistent       drain         exit
    toy/bare        150/232 refused  0/116 (≤63 %)    0/232 (≤63 %)    75/116 reset     0/212 (≤63 %)    0/106 (≤63 %)    0.10 s        143
      Toy 1.2.3 on Node.js http: no signal handler (3 terminations per scenario)
    toy/closing     0/232 (≤63 %)    n/a              0/232 (≤63 %)    n/a              –                –                0.10 s        0
      Toy 1.2.3 on Node.js http: closes after each answer (3 terminations per scenario)
    other/graceful  skipped: needs Go ≥ 1.24, not found

    How to read it
      lost/sent and the most frequent kind of loss. Sent counts the requests started between the beginning of the restart and the stop of the load.
      fresh: GET and POST, each on a new connection. persistent: POST on connections that stay open; n/a where the server closes after each answer.
      0/sent (≤x %): no loss seen. A server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. It is no proof of zero.
      Under 'What was lost', a share in brackets is the 95 % interval of Clopper and Pearson for terminations that lose something.
      Under 'What would have been seen', k of n: terminations that lost something; then the shortest time after SIGTERM in which a pod may lose whatever reaches it, in each termination, so that this load or this sweep sees a loss with 95 % confidence.
      drain: SIGTERM to exit of a pod, shortest to longest. exit: exit code; killed: by the lab, when the grace period was over.

    What was lost
      toy/bare, naive, fresh: 150 of 232: 150 refused; the pod was 120 gone, 24 no longer listening, 6 told to stop when it was to answer; 3 of 3 terminations (29 % to 100 %)
      toy/bare, prestop, persistent: 75 of 116: 75 reset; the pod was 60 gone, 12 no longer listening, 3 told to stop when it was to answer; 3 of 3 terminations (29 % to 100 %)
      toy/bare, prestop, persistent GET: 75 resent by the client without telling; another client would have lost them

    What would have been seen
      toy/bare: naive: fresh 3 of 3, 40 ms; persistent 0 of 3, 44 ms. prestop: fresh 0 of 3, 40 ms; persistent 3 of 3, 44 ms. slow: fresh 0 of 3, 40 ms; persistent 0 of 3, 44 ms
      toy/closing: naive: fresh 0 of 3, 40 ms. prestop: fresh 0 of 3, 40 ms

    Controls
      passed: controls/ideal, sham: no failure without a restart; seen: 0 of 284 requests failed; false alarms: 0 (0 by construction: nothing is restarted, so whatever fails is the fault of the instrument)
      passed: controls/ideal, naive: no loss; seen: 0 of 664 requests failed; false alarms: 0 (0 by construction: it answers everything until nothing is sent any more)
      passed: controls/ideal, prestop: no loss; seen: 0 of 664 requests failed; false alarms: 0 (0 by construction: it answers everything until nothing is sent any more)
      passed: controls/ideal, slow: no loss; seen: 0 of 624 requests failed; false alarms: 0 (0 by construction: it answers everything until nothing is sent any more)
      passed: controls/abrupt, naive: new connections refused; seen: 150 of 232 fresh requests refused; false alarms: below 0.0001 % (mu = fresh rate × propagation delay × terminations / (replicas + 1) = 100/s × 0.5 s × 3 / 4 = 37.5; rate = e^-mu)
      passed: controls/abrupt, slow: requests in flight cut; seen: 12 requests cut in flight (12 eof); false alarms: 0.00011 % (mu = K × persistent POST rate × window = 1.370 × 50/s × 0.2 s = 13.7; rate = e^-mu)
      passed: controls/hang-up, prestop: persistent POST lost where GET is resent without telling; seen: POST 75 of 116 lost; GET 0 of 116 lost, 75 resent; false alarms: 0.00011 % (mu = K × persistent POST rate × window = 1.370 × 50/s × 0.2 s = 13.7; rate = e^-mu)
      passed: controls/stubborn, naive: every pod killed at the end of grace; seen: 3 of 3 pods killed when grace was over; false alarms: 0 (0 by construction: it never reacts to SIGTERM)

    The instrument
      requests dropped by k6: 0 in 13 trials
      schedule lag, 99th percentile: at most 0.0 ms (controls/ideal/sham/1); limit 20 ms
      time of a trial against what cannot be avoided (warm-up + replicas × (start + probe period) + preStop + drain + tail + requests that are open then): at most 1.05 (3.40 s of 3.25 s, controls/ideal/naive/1); limit 1.30
      lab: at most 10.0 % of one core (controls/ideal/sham/1), 100 MB

    Remarks
      other/graceful: skipped: needs Go ≥ 1.24, not found

    Cluster
      embedded; pods are PID 1 of their own PID namespace; endpoints are removed 500 ms after deletion
      no container engine answered
      It is not a Kubernetes.

    Environment
      run 2026-11-20T10-00-00, started 2026-11-20T10:00:00.000Z, seed 7, 200 requests/s, 1 repetition
      lab 0.1.0, Node.js v24.0.0, k6 v2.2.0; apps: Node.js v24.0.0
      Linux x64 6.1.0, 2 × Toy CPU, 8.0 GiB
      time: builds 1 s, 13 planned trials 1 min 0 s

    Measure one row again
      npm run lab -- --only toy/bare --scenario naive --cluster embedded
      npm run lab -- --only toy/closing --scenario naive --cluster embedded
      npm run lab -- --only other/graceful --scenario naive --cluster embedded
    "
  `);
});

test('a run whose controls failed says so on top', () => {
  const none = syntheticRun((options) =>
    options.variant === 'controls/hang-up' ? { ...options, fail: () => undefined } : options,
  );
  const invalid = buildReport(none.info, findingsOf(none));
  expect(renderBanner(invalid, table)).toMatchInlineSnapshot(`
    "INVALID RUN: the lab did not see what its controls are built to show. Do not use the figures below.
      controls/hang-up, prestop: expected persistent POST lost where GET is resent without telling; seen: POST 0 of 116 lost; GET 0 of 116 lost, 0 resent
    "
  `);
  expect(renderTerminal(invalid, { colour: false }).startsWith('INVALID RUN')).toBe(true);
});

test('a run without controls says so on top', () => {
  const info = { ...run.info, options: { ...run.info.options, controls: false } };
  const own = findings.filter(({ trial }) => !trial.variant.startsWith('controls'));
  expect(renderBanner(buildReport(info, own), table)).toMatchInlineSnapshot(`
    "UNPROVEN RUN: it was asked to do without controls, so nothing shows that the lab would have seen a loss.
    "
  `);
});

test('invalid trials and flags are named', () => {
  const broken = syntheticRun((options) =>
    options.variant === 'toy/bare' && options.scenario === 'naive'
      ? {
          ...options,
          fail: ({ iteration }) => (iteration === 1 ? { errorCode: 1000, errorText: 'EOF' } : undefined),
        }
      : options,
  );
  const text = renderTerminal(buildReport(broken.info, findingsOf(broken)), { colour: false });
  expect(text).toContain(
    'toy/bare/naive/1 is invalid (baseline-not-clean): 4 failed before the restart began: 4 eof',
  );
});

test('colour only where it was asked for', () => {
  expect(renderTerminal(report, { colour: false })).not.toContain('\u001b[');
  expect(renderTerminal(report, { colour: true })).toContain('\u001b[31m150/232 refused');
});

test('what was lost only sometimes stands below what was lost each time', () => {
  const repeated = repeatedRun();
  const of = { run: repeated.info, colour: false };
  const { rows } = buildReport(repeated.info, findingsOf(repeated));
  expect([renderHeader(of), ...rows.map((row) => renderRow(of, row))].join('\n')).toMatchInlineSnapshot(`
    "                naive                                 prestop                               slow
    variant         fresh              persistent         fresh              persistent         fresh              persistent         drain         exit
    toy/bare        450/696 refused    75/348 eof 1 in 3  0/696 (≤28 %)      225/348 reset or eof or rejected  0/212 (≤63 %)  0/106 (≤63 %)  0.10 s  143
                    sometimes reset
      Toy 1.2.3 on Node.js http: no signal handler (9, 9, 3 terminations per scenario)
    toy/closing     0/232 (≤63 %)      n/a                0/232 (≤63 %)      n/a                –                  –                  0.10 s        0
      Toy 1.2.3 on Node.js http: closes after each answer (3 terminations per scenario)
    other/graceful  skipped: needs Go ≥ 1.24, not found"
  `);
});

test('a long cell moves those beside it, and what stands below them', () => {
  const row = rowOf(report, 'toy/bare');
  const repetitions = { valid: 3, withLoss: 3, all: 3 };
  const cells = row.cells.flatMap(({ columns, ...cell }) => {
    if (columns === null) return [];
    const { fresh, persistent } = columns;
    const changed: CellReport['columns'] = {
      fresh: {
        ...{ ...fresh, verdict: 'loses', repetitions },
        classes: { always: ['refused', 'truncated'], sometimes: ['eof'] },
      },
      persistent: {
        ...{ ...persistent, verdict: 'loses', repetitions },
        classes: { always: ['reset'], sometimes: ['eof', 'rejected'] },
      },
    };
    return [{ ...cell, columns: changed }];
  });
  const linesOf = (colour: boolean) => renderRow({ ...table, colour }, { ...row, cells }).split('\n');
  const [figures = '', below = ''] = linesOf(false);
  expect(`${figures}\n${below}`).toMatchInlineSnapshot(`
    "toy/bare        150/232 refused + truncated  0/116 reset               0/232 refused + truncated  75/116 reset              0/212 refused + truncated  0/106 reset               0.10 s  143
                    sometimes eof                sometimes eof + rejected  sometimes eof              sometimes eof + rejected  sometimes eof              sometimes eof + rejected"
  `);
  const beginsOf = (line: string, words: RegExp) => [...line.matchAll(words)].map(({ index }) => index);
  expect(beginsOf(below, /sometimes/g)).toEqual(beginsOf(figures, /\d+\/\d+/g));
  expect(linesOf(true).slice(0, 2).map(stripVTControlCharacters)).toEqual([figures, below]);
});

test('a row that was probed says what the probe saw', () => {
  const probes = [
    probed({
      probe: probeFindings({
        strategy: 'immediate hang-up (quiet), mixed: immediate hang-up + one more message (busy)',
        late: 'served, close announced until 1.0 s, then refused',
      }),
    }),
    probed({ variant: 'toy/closing', probe: null, failure: 'it did not listen within 10 s' }),
  ];
  const { rows } = buildReport(run.info, findings, { probed: probes });
  expect(rows.map((row) => renderRow(table, row)).join('\n')).toMatchInlineSnapshot(`
    "toy/bare        150/232 refused  0/116 (≤63 %)    0/232 (≤63 %)    75/116 reset     0/212 (≤63 %)    0/106 (≤63 %)    0.10 s        143
      Toy 1.2.3 on Node.js http: no signal handler (3 terminations per scenario)
      immediate hang-up (quiet), mixed: immediate hang-up + one more message (busy); in flight: served; new connections: served, close announced until 1.0 s, then refused; drain bound: waits for requests in flight
    toy/closing     0/232 (≤63 %)    n/a              0/232 (≤63 %)    n/a              –                –                0.10 s        0
      Toy 1.2.3 on Node.js http: closes after each answer (3 terminations per scenario)
      not probed: it did not listen within 10 s
    other/graceful  skipped: needs Go ≥ 1.24, not found"
  `);
});

test('the sections of a run with probes and repetitions', () => {
  const repeated = repeatedRun();
  const whole = buildReport(repeated.info, findingsOf(repeated), { probed: [probed()] });
  const lines = renderTerminal(whole, { colour: false }).split('\n');
  const from = lines.indexOf('How to read it');
  expect(lines.slice(from, lines.indexOf('Controls')).join('\n')).toMatchInlineSnapshot(`
    "How to read it
      lost/sent and the kinds of loss, most frequent first. Sent counts the requests started between the beginning of the restart and the stop of the load.
      a, sometimes b: each repetition lost a, and some of them b.
      a or b: each repetition lost something, but none of these in all of them.
      k in n: lost something in k of n repetitions.
      fresh: GET and POST, each on a new connection. persistent: POST on connections that stay open; n/a where the server closes after each answer.
      0/sent (≤x %): no loss seen. A server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. It is no proof of zero.
      Under 'What was lost', a share in brackets is the 95 % interval of Clopper and Pearson for terminations that lose something.
      Under 'What would have been seen', k of n: terminations that lost something; then the shortest time after SIGTERM in which a pod may lose whatever reaches it, in each termination, so that this load or this sweep sees a loss with 95 % confidence.
      strategy: what a probe with raw connections saw after SIGTERM, quiet and with requests in flight (busy); scripts/analysis/probe/README.md defines each.
      in flight: what became of those requests. new connections: what one gets that comes after SIGTERM, in order of time. drain bound: what the process waits for before it ends, and how long that took.
      drain: SIGTERM to exit of a pod, shortest to longest. exit: exit code; killed: by the lab, when the grace period was over.

    What was lost
      toy/bare, naive, fresh: 450 of 696: 375 refused, 75 reset; the pod was 360 gone, 72 no longer listening, 18 told to stop when it was to answer; 9 of 9 terminations (66 % to 100 %)
      toy/bare, naive, persistent: 75 of 348: 75 eof; the pod was 60 gone, 12 no longer listening, 3 told to stop when it was to answer; 3 of 9 terminations (7.5 % to 70 %)
      toy/bare, prestop, persistent: 225 of 348: 75 reset, 75 eof, 75 rejected; the pod was 180 gone, 36 no longer listening, 9 told to stop when it was to answer; 9 of 9 terminations (66 % to 100 %)
      toy/bare, prestop, persistent GET: 75 resent by the client without telling; another client would have lost them

    What would have been seen
      toy/bare: naive: fresh 9 of 9, 13 ms; persistent 3 of 9, 15 ms. prestop: fresh 0 of 9, 13 ms; persistent 9 of 9, 15 ms. slow: fresh 0 of 3, 40 ms; persistent 0 of 3, 44 ms. sweep: 0.30 ms
      toy/closing: naive: fresh 0 of 3, 40 ms. prestop: fresh 0 of 3, 40 ms

    Strategies
      toy/bare: one more message; the sweep lost none of 400 requests: 0.30 ms would have been found with 95 %
      toy/bare: one more message (quiet): quiet-idle.1#0, quiet-idle.1#1

    Probe against load
      toy/bare, naive, persistent: the probe predicts no loss, as the next request is answered and the close is announced (quiet-idle.1#0, quiet-idle.1#1); the load lost 75 of 348 (eof)
      toy/bare, prestop, persistent: the probe predicts no loss, as the next request is answered and the close is announced (quiet-idle.1#0, quiet-idle.1#1); the load lost 225 of 348 (reset)

    Repetitions that differ
      toy/bare, naive, fresh: refused; refused and reset; refused
      toy/bare, naive, persistent: nothing; eof; nothing
      toy/bare, prestop, persistent: reset; eof; rejected
    "
  `);
});
