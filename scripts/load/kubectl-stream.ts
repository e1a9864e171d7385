import { execa } from 'execa';
import { parentDeathPrefix } from '../support/contained.ts';
import type { Kubectl } from '../support/kubectl.ts';

/**
 * Starts a kubectl command that is read byte by byte and may be written to, in a session of its own, so that Ctrl+C
 * in the terminal does not reach it. It ends with the lab where the system can do that.
 */
export function spawnKubectl(kubectl: Kubectl, args: readonly string[]) {
  const [program = '', ...words] = [...parentDeathPrefix(), ...kubectl.argv(args)];
  return execa(program, words, {
    stdin: 'pipe',
    stdout: 'pipe',
    stderr: 'pipe',
    encoding: 'buffer',
    buffer: false,
    reject: false,
    detached: true,
  });
}

export type KubectlProcess = ReturnType<typeof spawnKubectl>;
