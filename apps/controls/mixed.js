// Does now one thing and now another. For 3 s after SIGTERM it accepts connections and answers every second request
// that begins, and the others with 503, all with `Connection: close`. Then it exits with 0.
import { finish, reject, startServer } from './hello.js';

const servingOnMs = 3000;

let terminatedMs = Infinity;
let rejectNext = false;

const server = startServer((response, arrivedMs) => {
  if (performance.now() > terminatedMs) response.setHeader('Connection', 'close');
  if (arrivedMs < terminatedMs) return true;
  rejectNext = !rejectNext;
  if (rejectNext) reject(response);
  return !rejectNext;
});

process.on('SIGTERM', () => {
  terminatedMs = performance.now();
  setTimeout(() => finish(server), servingOnMs);
});
