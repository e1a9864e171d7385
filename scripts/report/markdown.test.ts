import { format } from 'prettier';
import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { renderMarkdown, renderMarkdownTable, renderProbeTable } from './markdown.ts';
import { findings as probeFindings } from './probe/testing/findings.ts';
import { renderReadmeSection, replaceSection, tableMarkers } from './readme.ts';
import { probed } from './testing/probed.ts';
import { findingsOf, repeatedRun, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const findings = findingsOf(run);
const report = buildReport(run.info, findings);

test('the table', () => {
  expect(renderMarkdownTable(report)).toMatchInlineSnapshot(`
    "| Framework                    | Server       | Version | Setting                                 | naive: fresh                        | naive: persistent | prestop: fresh | prestop: persistent | slow: fresh   | slow: persistent | Terminations | Drain  | Exit |
    | ---------------------------- | ------------ | ------- | --------------------------------------- | ----------------------------------- | ----------------- | -------------- | ------------------- | ------------- | ---------------- | ------------ | ------ | ---- |
    | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/bare\`: no signal handler           | 150/232 refused                     | 0/116 (≤63 %)     | 0/232 (≤63 %)  | 75/116 reset        | 0/212 (≤63 %) | 0/106 (≤63 %)    | 3            | 0.10 s | 143  |
    | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/closing\`: closes after each answer | 0/232 (≤63 %)                       | n/a               | 0/232 (≤63 %)  | n/a                 | –             | –                | 3            | 0.10 s | 0    |
    | [Other](https://toy.example) | Node.js http | 1.2.3   | \`other/graceful\`: graceful \\| shutdown  | skipped: needs Go ≥ 1.24, not found |                   |                |                     |               |                  |              |        |      |"
  `);
});

test('the section of README', () => {
  expect(renderReadmeSection(report, 'results/embedded.md')).toMatchInlineSnapshot(`
    "- \`naive\`: no preStop hook
    - \`prestop\`: preStop sleep of 2 s
    - \`slow\`: preStop sleep of 2 s, requests take 0.2 s

    | Framework                    | Server       | Version | Setting                                 | naive: fresh                        | naive: persistent | prestop: fresh | prestop: persistent | slow: fresh   | slow: persistent | Terminations | Drain  | Exit |
    | ---------------------------- | ------------ | ------- | --------------------------------------- | ----------------------------------- | ----------------- | -------------- | ------------------- | ------------- | ---------------- | ------------ | ------ | ---- |
    | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/bare\`: no signal handler           | 150/232 refused                     | 0/116 (≤63 %)     | 0/232 (≤63 %)  | 75/116 reset        | 0/212 (≤63 %) | 0/106 (≤63 %)    | 3            | 0.10 s | 143  |
    | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/closing\`: closes after each answer | 0/232 (≤63 %)                       | n/a               | 0/232 (≤63 %)  | n/a                 | –             | –                | 3            | 0.10 s | 0    |
    | [Other](https://toy.example) | Node.js http | 1.2.3   | \`other/graceful\`: graceful \\| shutdown  | skipped: needs Go ≥ 1.24, not found |                   |                |                     |               |                  |              |        |      |

    Measured on 2026-11-20 on the embedded cluster, 200 requests/s, k6 v2.2.0, 2 × Toy CPU. Each cell: lost/sent and the most frequent kind of loss; \`0/sent (≤x %)\`: a server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. Controls, evidence and limits: [results/embedded.md](results/embedded.md)."
  `);
});

/** Texts as long as they get. */
const probes = [
  probed({
    probe: probeFindings({
      strategy: 'immediate hang-up (quiet), mixed: immediate hang-up + one more message (busy)',
      inFlight: '3 served, close announced, 3 cut',
      late: 'accepted and reset until 1.0 s, then refused (quiet); rejected with 503 | refused (busy)',
      drainBound: {
        bounds: ['requests in flight', 'half-sent requests', 'a time of its own'],
        text: 'waits for requests in flight and half-sent requests, and has a time of its own (0.00 to 5.00 s)',
      },
    }),
  }),
  probed({ variant: 'toy/closing', probe: null, failure: 'it did not listen within 10 s' }),
];

const probedReport = buildReport(run.info, findings, { probed: probes });

test('a run with probes: the strategy in the table, the rest in one of its own', () => {
  expect(`${renderMarkdownTable(probedReport)}\n\n${renderProbeTable(probedReport) ?? ''}`)
    .toMatchInlineSnapshot(`
      "| Framework                    | Server       | Version | Setting                                 | Strategy                                                                      | naive: fresh                        | naive: persistent | prestop: fresh | prestop: persistent | slow: fresh   | slow: persistent | Terminations | Drain  | Exit |
      | ---------------------------- | ------------ | ------- | --------------------------------------- | ----------------------------------------------------------------------------- | ----------------------------------- | ----------------- | -------------- | ------------------- | ------------- | ---------------- | ------------ | ------ | ---- |
      | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/bare\`: no signal handler           | immediate hang-up (quiet), mixed: immediate hang-up + one more message (busy) | 150/232 refused                     | 0/116 (≤63 %)     | 0/232 (≤63 %)  | 75/116 reset        | 0/212 (≤63 %) | 0/106 (≤63 %)    | 3            | 0.10 s | 143  |
      | [Toy](https://toy.example)   | Node.js http | 1.2.3   | \`toy/closing\`: closes after each answer | not probed                                                                    | 0/232 (≤63 %)                       | n/a               | 0/232 (≤63 %)  | n/a                 | –             | –                | 3            | 0.10 s | 0    |
      | [Other](https://toy.example) | Node.js http | 1.2.3   | \`other/graceful\`: graceful \\| shutdown  | not probed                                                                    | skipped: needs Go ≥ 1.24, not found |                   |                |                     |               |                  |              |        |      |

      | Variant    | In flight                        | New connections                                                                           | Drain bound                                                                                     |
      | ---------- | -------------------------------- | ----------------------------------------------------------------------------------------- | ----------------------------------------------------------------------------------------------- |
      | \`toy/bare\` | 3 served, close announced, 3 cut | accepted and reset until 1.0 s, then refused (quiet); rejected with 503 \\| refused (busy) | waits for requests in flight and half-sent requests, and has a time of its own (0.00 to 5.00 s) |"
    `);
  expect(renderProbeTable(report)).toBeUndefined();
  expect(renderProbeTable(buildReport(run.info, findings, { probed: probes.slice(1) }))).toBeUndefined();
});

test('the section of README of a run with probes and repetitions', () => {
  const repeated = repeatedRun();
  const section = renderReadmeSection(
    buildReport(repeated.info, findingsOf(repeated), { probed: probes }),
    'results/embedded.md',
  );
  expect(section.slice(section.indexOf('Measured on'))).toMatchInlineSnapshot(`
    "Measured on 2026-11-20 on the embedded cluster, 200 requests/s, k6 v2.2.0, 2 × Toy CPU. Each cell: lost/sent and the kinds of loss, most frequent first; \`0/sent (≤x %)\`: a server that loses something in more than x % of pod terminations would have been caught with 95 % confidence. \`a, sometimes b\`: each repetition lost a, and some of them b. \`a or b\`: each repetition lost something, but none of these in all of them. \`k in n\`: lost something in k of n repetitions. Controls, evidence and limits: [results/embedded.md](results/embedded.md).

    What a server does when it is told to stop, seen by a probe with raw connections in known states: what becomes of requests in flight, what a new connection gets, and what the process waits for before it ends.

    | Variant    | In flight                        | New connections                                                                           | Drain bound                                                                                     |
    | ---------- | -------------------------------- | ----------------------------------------------------------------------------------------- | ----------------------------------------------------------------------------------------------- |
    | \`toy/bare\` | 3 served, close announced, 3 cut | accepted and reset until 1.0 s, then refused (quiet); rejected with 503 \\| refused (busy) | waits for requests in flight and half-sent requests, and has a time of its own (0.00 to 5.00 s) |"
  `);
});

test('the document of a run with probes has both tables above its sections', () => {
  const text = renderMarkdown(probedReport);
  const places = ['| Framework', '| Variant', '## How to read it', '## What would have been seen'].map(
    (words) => text.indexOf(words),
  );
  expect(places.every((place) => place > 0)).toBe(true);
  expect(places).toEqual(places.toSorted((a, b) => a - b));
});

test('what others wrote is not read as Markdown', async () => {
  const setting = 'a | b *c* <d> [e](f)';
  const rows = report.rows.map((row) => ({ ...row, setting }));
  const remarks = ['_x_ <script> `y`'];
  const text = renderMarkdown({ ...report, rows, remarks });
  expect(text).toContain('\\_x\\_ \\<script\\> \\`y\\`');
  const columns = (line: string) => line.replaceAll('\\|', '').split('|').length;
  const lines = text.split('\n').filter((line) => line.startsWith('|'));
  expect(new Set(lines.map(columns)).size).toBe(1);
  expect(await format(text, { parser: 'markdown' })).toContain('\\_x\\_');
});

test('a section replaces what stands between the markers, and nothing else', () => {
  const document = `before\n\n${tableMarkers.begin}\n\nold\n\n${tableMarkers.end}\n\nafter\n`;
  const replaced = replaceSection(document, tableMarkers, 'new\n');
  expect(replaced).toBe(`before\n\n${tableMarkers.begin}\n\nnew\n\n${tableMarkers.end}\n\nafter\n`);
  expect(replaceSection(replaced!, tableMarkers, 'new')).toBe(replaced);
  expect(replaceSection('no markers', tableMarkers, 'new')).toBeUndefined();
  expect(replaceSection(`${tableMarkers.end} ${tableMarkers.begin}`, tableMarkers, 'new')).toBeUndefined();
});
