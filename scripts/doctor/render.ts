import { styleText } from 'node:util';
import type { Check, Diagnosis } from './check.ts';

const marks: Record<Check['status'], string> = {
  ok: styleText('green', '✔'),
  limited: styleText('yellow', '!'),
  missing: styleText('red', '✖'),
};

/** The diagnosis as a page for a terminal: a line for each check, and what follows from all of them. */
export function renderDiagnosis({ canRun, checks }: Diagnosis): string {
  const width = Math.max(...checks.map(({ name }) => name.length));
  const areas = [...new Set(checks.map(({ area }) => area))];
  const sections = areas.map((area) => {
    const lines = checks.filter((check) => check.area === area).map((check) => renderCheck(check, width));
    return [styleText('bold', area), ...lines, ''].join('\n');
  });
  const limited = checks.filter(({ status }) => status === 'limited').length;
  const verdict = canRun ? 'The lab can run.' : 'The lab cannot run: see ✖ above.';
  const note = canRun && limited > 0 ? ` ${limited} of the checks limit it: see ! above.` : '';
  return `${sections.join('\n')}\n${verdict}${note}\n`;
}

function renderCheck({ name, status, detail }: Check, width: number): string {
  const [first = '', ...rest] = detail.split('\n');
  const indent = ' '.repeat(width + 6);
  return [`  ${marks[status]} ${name.padEnd(width)}  ${first}`, ...rest.map((line) => indent + line)].join(
    '\n',
  );
}
