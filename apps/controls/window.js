// Loses what it reads in the first LOSS_WINDOW_MS milliseconds (default 1) after SIGTERM: it closes those connections
// without an answer. Everything before and after is answered, after SIGTERM with `Connection: close`. After 1 s it
// stops listening, finishes what is in flight, and exits with 0.
import { finish, startServer } from './hello.js';

const windowMs = Number(process.env.LOSS_WINDOW_MS ?? 1);
const servingOnMs = 1000;

let terminatedMs = Infinity;

const server = startServer((response, arrivedMs) => {
  const sinceMs = arrivedMs - terminatedMs;
  if (sinceMs >= 0 && sinceMs < windowMs) {
    response.destroy();
    return false;
  }
  if (terminatedMs < Infinity) response.setHeader('Connection', 'close');
});

process.on('SIGTERM', () => {
  terminatedMs = performance.now();
  setTimeout(() => finish(server), servingOnMs);
});
