import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Kubectl } from '../../support/kubectl.ts';

/** A kubectl that does on this machine what it is told to do in a cluster. */
export interface FakeKubectl extends Disposable {
  kubectl: Kubectl;
  folder: string;
}

/** Makes one of a shell script; its words are those of kubectl behind the options for the place. */
export function fakeKubectl(script: string): FakeKubectl {
  const folder = mkdtempSync(join(tmpdir(), 'lab-kubectl-'));
  const program = join(folder, 'kubectl');
  writeFileSync(program, `#!/bin/sh\ncd "${folder}"\nshift 2\n${script}\n`);
  chmodSync(program, 0o755);
  return {
    kubectl: new Kubectl({ program, kubeconfig: undefined, context: 'none', namespace: 'none' }),
    folder,
    [Symbol.dispose]: () => rmSync(folder, { recursive: true, force: true }),
  };
}
