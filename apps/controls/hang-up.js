// Hangs up on its clients. For 200 ms after SIGTERM it accepts connections and reads requests but answers none,
// not even those in flight; then it resets every connection and exits.
import { startServer } from './hello.js';

const silentMs = 200;

let terminating = false;
const connections = new Set();

const server = startServer(() => !terminating);

server.on('connection', (socket) => {
  connections.add(socket);
  socket.on('close', () => connections.delete(socket));
});

process.on('SIGTERM', () => {
  terminating = true;
  setTimeout(() => {
    for (const socket of connections) socket.resetAndDestroy();
    process.exit(0);
  }, silentMs);
});
