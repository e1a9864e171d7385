// Hangs up on idle connections at once. On SIGTERM it stops listening and closes every connection that has no
// request; those in flight are answered, with `Connection: close`. Then it exits with 0.
import { finish, startServer } from './hello.js';

let terminating = false;

const server = startServer((response) => {
  if (terminating) response.setHeader('Connection', 'close');
});

process.on('SIGTERM', () => {
  terminating = true;
  finish(server);
});
