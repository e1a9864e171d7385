// Takes the listening socket of the toy that forked it, and nothing but SIGKILL ends it.
import { createServer } from 'node:http';

const http = createServer((request, response) =>
  response.end(request.url === '/health' ? 'ok' : 'Hello World!\n'),
);
process.on('message', (_, server) => server.on('connection', (socket) => http.emit('connection', socket)));
process.on('SIGTERM', () => undefined);
