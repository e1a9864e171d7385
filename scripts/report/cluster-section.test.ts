import { expect, test } from 'vitest';
import type { TrialFindings } from '../analysis/findings.ts';
import { buildReport } from './build.ts';
import { clusterLines } from './cluster-section.ts';
import { renderMarkdown } from './markdown.ts';
import { findingsOf, syntheticRun } from './testing/synthetic-run.ts';
import { hookedTrial, kindRun } from './testing/kind-run.ts';

const kind = kindRun();
const findings = findingsOf(kind);
const report = buildReport(kind.info, findings);
const withoutHook = findings.filter(({ trial }) => trial.id !== hookedTrial);

test('kind: version, measured delay and where it was measured, reasons, limits', () => {
  expect(clusterLines(report)).toMatchInlineSnapshot(`
    [
      "kind, Kubernetes v1.34.4; pods are PID 1 of their own PID namespace",
      "propagation delay, from the deletion of a pod to the last new connection that reached it: median 0.37 s (quartiles 0.36 s and 0.37 s), 0.36 s to 0.38 s, in 3 terminations (toy/closing/prestop/1), each known to 0.02 s; 33 more ended too early to show it whole",
      "a container engine answered",
      "One node.",
    ]
  `);
});

test('a delay that no trial shows is missing for a reason', () => {
  const unknown = buildReport(kind.info, withoutHook);
  expect(clusterLines(unknown)[1]).toMatchInlineSnapshot(
    `"propagation delay, from the deletion of a pod to the last new connection that reached it: not measured, as none of 33 terminations shows it whole: their pods were told to stop, or gone, too early; a scenario with a preStop sleep shows it. What depends on it is not known"`,
  );
  const markdown = renderMarkdown(unknown);
  expect(markdown).toContain('toy/bare: naive: fresh at least 1 of 3, ?;');
  expect(markdown).toContain('?: not known, as it depends on how long new connections go on to come');
  expect(markdown).toContain('false alarms: not known (the propagation delay was not measured)');
});

test('the measured delay is what power is reckoned with', () => {
  const { rows } = report;
  const cell = rows.find(({ variant }) => variant === 'toy/bare')?.cells[0]?.columns?.fresh;
  expect(cell?.smallestWindowMs).toBeCloseTo(39.9, 0);
  expect(cell).not.toHaveProperty('smallestWindowUnknown');
});

test('the embedded cluster says what it always said', () => {
  const embedded = syntheticRun();
  expect(clusterLines(buildReport(embedded.info, findingsOf(embedded)))).toEqual([
    'embedded; pods are PID 1 of their own PID namespace; endpoints are removed 500 ms after deletion',
    'no container engine answered',
    'It is not a Kubernetes.',
  ]);
});

test('what only Kubernetes or only the embedded cluster has is told of that one only', () => {
  const embedded = syntheticRun();
  const texts = [
    renderMarkdown(report),
    renderMarkdown(buildReport(embedded.info, findingsOf(embedded))),
  ] as const;
  for (const [kindSays, embeddedSays] of [
    ['by the kubelet, when the grace period was over', 'by the lab, when the grace period was over'],
    ['--scenario naive --cluster kind', '--scenario naive\\n'],
    ['Nobody watches connections between k6 and the pods', 'endpoints are removed 500 ms'],
  ] as const) {
    expect(texts[0]).toContain(kindSays);
    expect(texts[1]).not.toContain(kindSays);
    expect(texts[0]).not.toContain(embeddedSays);
  }
});

test('losses that fit several terminations are counted as a lower bound', () => {
  // Its pods are deleted 0.6 s after each other, and each may still be in the Service for 2 s.
  const markdown = renderMarkdown(report);
  expect(markdown).toContain('when it was to answer; at least 1 of 3 terminations (0.84 % to 100 %)');
  expect(markdown).toContain('- at least: some losses fit several terminations');
  expect(markdown).toContain('toy/bare: naive: fresh at least 1 of 3');
  expect(markdown).toMatch(/persistent: 75 of 116: 75 reset;.* of 3 terminations/);
});

test('nothing is said of several terminations where every loss has its own', () => {
  const markdown = renderMarkdown(buildReport(kind.info, findings.filter(hasNoCandidates)));
  expect(markdown).not.toContain('at least: some losses');
});

function hasNoCandidates({ losses }: TrialFindings): boolean {
  return losses.every(({ candidates }) => candidates === undefined);
}
