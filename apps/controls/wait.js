// Waits for its clients. On SIGTERM it stops listening; on connections that are open it goes on answering as
// before, and exits with 0 only when the last client has closed its connection.
import { startServer, stopListening } from './hello.js';

const server = startServer();

process.on('SIGTERM', () => stopListening(server));
