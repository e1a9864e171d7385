// Rejects. For 3 s after SIGTERM it accepts connections and answers every request that begins with 503; those in
// flight are answered as before. Then it exits with 0.
import { finish, reject, startServer } from './hello.js';

const rejectingMs = 3000;

let terminatedMs = Infinity;

const server = startServer((response, arrivedMs) => {
  if (arrivedMs < terminatedMs) return true;
  reject(response);
  return false;
});

process.on('SIGTERM', () => {
  terminatedMs = performance.now();
  setTimeout(() => finish(server), rejectingMs);
});
