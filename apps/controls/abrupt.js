// Exits at once on SIGTERM: it stops listening, cuts what is in flight, and closes idle connections. The exit
// code is that of a process which SIGTERM ended, 128 + 15.
import { startServer } from './hello.js';

startServer();

process.on('SIGTERM', () => process.exit(143));
