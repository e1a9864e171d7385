// What the toy does in the middle of its work.
import { fork } from 'node:child_process';
import { writeSync } from 'node:fs';
import { Buffer } from 'node:buffer';
import { clearInterval, setInterval } from 'node:timers';

const mebibyte = 1024 * 1024;

/** By the value of TROUBLE. */
export const troubles = {
  none: () => undefined,
  dies: () => process.exit(7),
  /** 400 MiB a second, all of it touched, until it is killed. */
  leaks() {
    const kept = [];
    setInterval(() => kept.push(Buffer.alloc(8 * mebibyte, 1)), 20);
  },
  /** A child in a session of its own takes the listening socket, serves with it and outlives its parent. */
  'leaves-a-child'(server) {
    const child = fork(new URL('toy-child.mjs', import.meta.url), { detached: true });
    child.send('serve', server, () => {
      child.disconnect();
      child.unref();
    });
  },
  /** 100 MiB of log. */
  logs() {
    const lines = 'the quick brown fox jumps over the lazy dog; he does it again\n'.repeat(mebibyte / 64);
    let written = 0;
    const writing = setInterval(() => {
      writeSync(1, lines);
      written += 1;
      if (written === 105) clearInterval(writing);
    }, 1);
  },
};
