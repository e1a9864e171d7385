import { format } from 'prettier';
import { expect, test } from 'vitest';
import { buildReport } from './build.ts';
import { renderMarkdown, renderMarkdownTable } from './markdown.ts';
import { renderReadmeSection, replaceSection, tableMarkers } from './readme.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';

const run = syntheticRun();
const report = buildReport(run.info, findingsOf(run));

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
  expect(renderReadmeSection(report)).toMatchInlineSnapshot(`
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
