import { execa } from 'execa';
import { parentDeathPrefix } from '../../support/contained.ts';

/**
 * Runs a command in a node container and ends it when the engine's client has gone: the engine itself leaves such
 * commands running. Its own standard input is what tells.
 */
const untilInputEnds = '"$@" & command=$!; cat > /dev/null; kill $command';

/** Lines of a command that goes on in a node container. Disposing it ends the command. */
export interface NodeFollowing extends AsyncDisposable {
  /** Resolves when the command, or the node, has ended. */
  readonly ended: Promise<void>;
}

export function followInNode(
  node: string,
  command: readonly string[],
  onLine: (line: string) => void,
): NodeFollowing {
  const words = ['docker', 'exec', '--interactive', node, 'sh', '-c', untilInputEnds, 'sh', ...command];
  const [program = '', ...args] = [...parentDeathPrefix(), ...words];
  const child = execa(program, args, {
    stdin: 'pipe',
    stderr: 'ignore',
    buffer: false,
    reject: false,
    detached: true,
  });
  const reading = (async () => {
    for await (const line of child.iterable({ from: 'stdout' })) onLine(line);
  })().catch(() => undefined);
  const ended = Promise.all([child, reading]).then(() => undefined);
  return {
    ended,
    async [Symbol.asyncDispose]() {
      child.stdin.end();
      const kill = setTimeout(() => child.kill('SIGKILL'), 2_000);
      await ended;
      clearTimeout(kill);
    },
  };
}
