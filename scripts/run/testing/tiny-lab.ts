import { randomUUID } from 'node:crypto';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { until } from '../../support/testing/until.ts';
import { resultFiles, startCommand, type LabProcess } from './lab-process.ts';
import { processesThat, type FoundProcess } from './processes.ts';
import { writeTinyCatalogue, type TinyManifest, type ToyFramework } from './tiny-catalogue.ts';

/** A catalogue of its own with its results, and the commands that use it. */
export interface TinyLab {
  root: string;
  results: string;
  /** Words that make the lab use it. */
  words: string[];
  files: (pattern: string) => string[];
  run: (...more: string[]) => LabProcess;
  /** As `run`, in a changed environment. */
  runWith: (env: { [name: string]: string }, ...more: string[]) => LabProcess;
  report: (...more: string[]) => LabProcess;
  /** Lab, k6, balancers and pods of this catalogue that run now; those of other labs on the machine do not count. */
  processes: () => FoundProcess[];
  /** Waits until none of them is left, and fails with those that are. What nobody ends would stay for ever. */
  gone: () => Promise<void>;
}

/** Parts of a run that most tests can do without, and that take time. */
export interface TinyParts {
  /** The controls of its catalogue, or else the project's. */
  controls?: boolean;
  probe?: boolean;
}

function tinyLab(root: string, { controls = false, probe = false }: TinyParts): TinyLab {
  const results = join(root, 'results');
  // Without controls no figure has to be right, and half of the usual load leaves room for other labs.
  const fewer = [...(controls ? [] : ['--no-controls', '--rate', '100']), ...(probe ? [] : ['--no-probe'])];
  const words = ['--cluster', 'embedded', '--catalogue', root, '--results', results, ...fewer];
  // The balancer inherits it; pods are known by the names of their logs, and k6 by the files that it writes.
  const token = `LAB_TEST=${randomUUID()}`;
  const [name = '', value = ''] = token.split('=');
  const files = (pattern: string) => resultFiles(results, pattern);
  const processes = () => {
    const pods = files('**/pods/*.log').map((file) => `HOSTNAME=${file.replace(/^.*\/|\.log$/g, '')}`);
    const variables = new Set([...pods, token]);
    return processesThat(
      ({ command, environment }) =>
        command.includes(root) || environment.some((entry) => variables.has(entry)),
    );
  };
  return {
    root,
    results,
    words,
    files,
    processes,
    gone: () =>
      until(
        () => ['none of these is left:', ...processes().map(shown)].join('\n  '),
        () => processes().length === 0,
        10_000,
      ),
    run: (...more) => startCommand('lab', [...words, ...more], { [name]: value }),
    runWith: (env, ...more) => startCommand('lab', [...words, ...more], { ...env, [name]: value }),
    report: (...more) => startCommand('report', ['latest', '--results', results, ...more]),
  };
}

function shown({ pid, command }: FoundProcess): string {
  return `${String(pid)} ${command}`;
}

/** Ends the lab that a test left running when it failed, and all pods with it. */
function endProcesses(lab: TinyLab): void {
  for (const { pid } of lab.processes()) {
    try {
      process.kill(pid, 'SIGKILL');
    } catch {
      // It has ended meanwhile.
    }
  }
}

/** Makes tiny labs for a test file, which removes them after each test. */
export function tinyLabs() {
  const labs: TinyLab[] = [];
  return {
    /** Without controls and probes, unless they are asked for. */
    make(frameworks: ToyFramework[], manifest: TinyManifest = {}, parts: TinyParts = {}): TinyLab {
      const root = writeTinyCatalogue(frameworks, manifest);
      const lab = tinyLab(root, parts);
      labs.push(lab);
      return lab;
    },
    remove() {
      for (const lab of labs.splice(0)) {
        endProcesses(lab);
        rmSync(lab.root, { recursive: true, force: true, maxRetries: 5 });
      }
    },
  };
}

/** Writes a shell script that stands in for a program, and returns its folder, for the PATH. */
export function writeProgram({ root }: TinyLab, name: string, script: string): string {
  const folder = join(root, 'programs');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, name), `#!/bin/sh\n${script}\n`, { mode: 0o755 });
  return folder;
}
