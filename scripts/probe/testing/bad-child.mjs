// Takes the listening socket of the server that forked it and goes on serving when that has ended.
import { createServer } from 'node:http';

/** Longer than any test, so that nothing is left of one that was killed. */
const lifeMs = 60_000;

const http = createServer((_, response) => response.end('Hello World!\n'));
process.on('message', (_, server) => server.on('connection', (socket) => http.emit('connection', socket)));
process.on('SIGTERM', () => undefined);
setTimeout(() => process.exit(0), lifeMs);
