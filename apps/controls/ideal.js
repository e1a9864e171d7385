// Loses nothing. After SIGTERM it accepts and answers everything as before, but with `Connection: close`, for
// longer than new connections can arrive and than a client leaves its connection unused. Then it stops
// listening, finishes what is in flight, and exits with 0.
import { finish, startServer } from './hello.js';

const servingOnMs = 4000;

let terminating = false;

const server = startServer((response) => {
  if (terminating) response.setHeader('Connection', 'close');
});

process.on('SIGTERM', () => {
  terminating = true;
  setTimeout(() => finish(server), servingOnMs);
});
