// Swallows. On SIGTERM it stops listening; for 3 s it goes on reading requests on open connections but answers
// only those that were in flight. Then it exits with 0.
import { startServer, stopListening } from './hello.js';

const silentMs = 3000;

let terminatedMs = Infinity;

const server = startServer((response, arrivedMs) => arrivedMs < terminatedMs);

process.on('SIGTERM', () => {
  terminatedMs = performance.now();
  stopListening(server);
  setTimeout(() => process.exit(0), silentMs);
});
