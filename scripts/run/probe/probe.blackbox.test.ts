import { existsSync, globSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, test } from 'vitest';
import { analyseProbe } from '../../analysis/probe/findings.ts';
import type { ProbeReport } from '../../report/probe/model.ts';
import { projectRoot } from '../../support/project.ts';
import { until } from '../../support/testing/until.ts';
import { readProbeSession } from '../../timeline/read-probe.ts';
import { processesNaming, startCommand, type LabProcess } from '../testing/lab-process.ts';
import { tinyLabs, type TinyLab } from '../testing/tiny-lab.ts';

const labs = tinyLabs();
const folders: string[] = [];

afterEach(() => {
  labs.remove();
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const toyFolder = join(projectRoot, 'scripts/cluster/testing');

function probe({ root, results }: TinyLab, ...words: string[]): LabProcess {
  return startCommand('probe', [...words, '--catalogue', root, '--results', results]);
}

/** A command is not of a catalogue. */
function probeCommand(words: string[], env: { [name: string]: string } = {}) {
  const results = mkdtempSync(join(tmpdir(), 'probe-'));
  folders.push(results);
  const run = startCommand('probe', [...words, '--results', results], { INIT_CWD: toyFolder, ...env });
  return { results, run };
}

function files(results: string, pattern: string): string[] {
  return globSync(`probes/*/${pattern}`, { cwd: results })
    .sort()
    .map((file) => join(results, file));
}

function readReport(file: string | undefined): ProbeReport {
  return JSON.parse(readFileSync(file ?? 'missing', 'utf8')) as ProbeReport;
}

describe('a probe', () => {
  test('stores what it saw, prints what follows, and the records alone give the same', async () => {
    const lab = labs.make([{ id: 'toy', variants: [{ name: 'exits', env: { END: 'exit' } }] }]);
    const { exitCode, stdout, stderr } = await probe(lab, 'toy/exits').ended;
    expect({ exitCode, stderr }).toMatchObject({ exitCode: 0 });
    expect(stdout).toContain('toy/exits\n  toy 1.0.0 on Node.js http: exits\n');
    expect(stdout).toMatch(/^Strategy: /m);
    expect(stdout).toMatch(/^ {2}busy-late .*exit code 0 at \+/m);
    expect(stdout).not.toContain('\u001B');

    const [folder] = files(lab.results, '');
    expect(stderr).toContain('Everything of this probe: ');
    expect(stderr).toContain(folder?.replace(/^.*\/probes\/|\/$/g, '') ?? 'no folder');
    const sessions = files(lab.results, '*.ndjson');
    expect(sessions.map((file) => file.replace(/^.*\//, ''))).toEqual([
      'busy-idle.1.ndjson',
      'busy-late.1.ndjson',
      'busy-partial.1.ndjson',
      'quiet-body.1.ndjson',
      'quiet-head-silent.1.ndjson',
      'quiet-head.1.ndjson',
      'quiet-idle.1.ndjson',
      'quiet-late.1.ndjson',
      'quiet-silent.1.ndjson',
    ]);
    expect(files(lab.results, 'pods/*.log')).toHaveLength(sessions.length);
    const stored = readReport(files(lab.results, 'findings.json')[0]);
    const read = await Promise.all(sessions.map((file) => readProbeSession(file)));
    const names = 'findings' in stored ? stored.findings.sessions.map(({ session }) => session) : [];
    const inOrder = names.map((name) => read.find(({ header }) => header.session === name)!);
    expect(stored).toMatchObject({ findings: JSON.parse(JSON.stringify(analyseProbe(inOrder))) as object });
    expect(readReport(files(lab.results, 'probe.json')[0])).toMatchObject({
      variant: 'toy/exits',
      interrupted: false,
      finished: expect.any(String) as string,
    });
    expect(processesNaming(lab.root)).toBe('');
  });

  test('repeats every session and prints JSON', async () => {
    const lab = labs.make([{ id: 'toy' }]);
    const { stdout } = await probe(lab, 'toy/server', '--repeat', '2', '--json').ended;
    const report = JSON.parse(stdout) as ProbeReport;
    expect(report).toEqual(readReport(files(lab.results, 'findings.json')[0]));
    expect(report.probe).toMatchObject({ variant: 'toy/server', repeat: 2, sweep: null });
    const sessions = 'findings' in report ? report.findings.sessions : [];
    expect(sessions.filter(({ repetition }) => repetition === 2)).toHaveLength(sessions.length / 2);
    expect(sessions).toHaveLength(18);
  });

  test('of a command runs it where it was typed, and sweeps', async () => {
    const { results, run } = probeCommand([
      '--command',
      'END=close node toy.mjs',
      '--sweep',
      '--connections',
      '30',
    ]);
    const { exitCode, stdout } = await run.ended;
    // On a machine that is too busy for the moments of the plan a sweep proves nothing.
    expect([0, 2]).toContain(exitCode);
    expect(stdout).toContain('END=close node toy.mjs\n\nSweep of idle connections around SIGTERM');
    // It is made again while the machine is too busy for it, up to three times.
    expect([1, 2, 3]).toContain(files(results, '*.ndjson').length);
    const report = readReport(files(results, 'findings.json')[0]);
    expect(report.probe.sweep).toEqual({ connections: 30 });
    expect('sweep' in report).toBe(true);
  });
});

describe('an app that does not answer', () => {
  test('costs one message with the end of its log', async () => {
    const lab = labs.make([{ id: 'toy', variants: [{ name: 'server', env: { START: 'crash' } }] }]);
    const { exitCode, stdout, stderr } = await probe(lab, 'toy/server').ended;
    expect({ exitCode, stdout }).toEqual({ exitCode: 3, stdout: '' });
    expect(stderr).toContain(
      'toy/server cannot be probed. The server ended before it answered any request: exit code 3.',
    );
    expect(stderr.match(/cannot find my configuration/g)).toHaveLength(1);
    expect(stderr).not.toMatch(/^ +at /m);
    expect(processesNaming(lab.root)).toBe('');
  });

  test('may be a command that does not exist', async () => {
    const { run } = probeCommand(['--command', 'no-such-server-here --port 1']);
    const { exitCode, stderr } = await run.ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('exit code 127 (command not found)');
  });

  test('may be one that does not build', async () => {
    const lab = labs.make([{ id: 'toy', build: 'echo no such library >&2; exit 4' }]);
    const { exitCode, stderr } = await probe(lab, 'toy/server').ended;
    expect(exitCode).toBe(3);
    expect(stderr).toContain('no such library');
    expect(files(lab.results, '*.ndjson')).toEqual([]);
  });
});

test.each([
  ['a typing error', 'toy/servr', 'Did you mean toy/server?'],
  ['a framework', 'toy', 'Did you mean toy/server?'],
  ['the name of a variant alone', 'server', 'Did you mean toy/server?'],
])('%s is no variant', async (_, name, hint) => {
  const lab = labs.make([{ id: 'toy' }]);
  const { exitCode, stdout, stderr } = await probe(lab, name).ended;
  expect({ exitCode, stdout }).toEqual({ exitCode: 64, stdout: '' });
  expect(stderr).toContain(`${JSON.stringify(name)}: expected the id of a variant`);
  expect(stderr).toContain(hint);
  expect(existsSync(lab.results)).toBe(false);
});

test('Ctrl+C keeps what was recorded and ends the pods; until then nobody else measures', async () => {
  const lab = labs.make([{ id: 'toy', variants: [{ name: 'server', env: { END: 'never' } }] }]);
  const run = probe(lab, 'toy/server');
  await until('a session has begun', () => files(lab.results, '*.ndjson').length > 0);
  const second = await probe(lab, 'toy/server').ended;
  expect(second.exitCode).toBe(3);
  expect(second.stderr).toContain(`process ${String(run.pid)} of `);

  run.kill('SIGINT');
  const { exitCode, stdout, stderr } = await run.ended;
  expect(exitCode).toBe(130);
  expect(stderr).toContain('Interrupted: ending the pods. What was recorded is kept.');
  expect(stdout).toContain('Interrupted: only what was recorded until then.');
  for (const file of files(lab.results, '*.ndjson')) {
    const { header, damaged } = await readProbeSession(file);
    expect({ variant: header.variant, damaged }).toEqual({ variant: 'toy/server', damaged: [] });
  }
  expect(readReport(files(lab.results, 'probe.json')[0])).toMatchObject({ interrupted: true });
  expect(processesNaming(lab.root)).toBe('');
});
