// Loses what arrives in a window of LOSS_WINDOW_MS milliseconds (default 1) after SIGTERM: it closes those
// connections without an answer. Everything before and after is answered, after SIGTERM with `Connection: close`.
// After 1 s it stops listening, finishes what is in flight, and exits with 0.
import { finish, startServer } from './hello.js';

const windowMs = Number(process.env.LOSS_WINDOW_MS ?? 1);
const servingOnMs = 1000;

let terminating = false;
let losing = false;

const server = startServer((response) => {
  if (terminating) response.setHeader('Connection', 'close');
});

server.on('request', (request) => {
  if (losing) request.socket.destroy();
});

process.on('SIGTERM', () => {
  terminating = true;
  losing = windowMs > 0;
  // What arrives while the process sleeps waits in the kernel, and all of it is read in the next turn of the event
  // loop. So the window is right however busy the machine is; with a clock, a process that is not scheduled for a
  // millisecond would lose nothing.
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, windowMs);
  // The first runs at the end of this turn, the second at the end of the next.
  setImmediate(() => setImmediate(() => (losing = false)));
  setTimeout(() => finish(server), servingOnMs);
});
