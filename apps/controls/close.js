// Has no persistent connections: every answer closes its connection, before SIGTERM and after. On SIGTERM it
// stops listening, finishes what is in flight, and exits with 0.
import { finish, startServer } from './hello.js';

const server = startServer((response) => {
  response.setHeader('Connection', 'close');
});

process.on('SIGTERM', () => finish(server));
