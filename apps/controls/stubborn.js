// Ignores SIGTERM and goes on serving until it is killed.
import { startServer } from './hello.js';

startServer();

process.on('SIGTERM', () => {});
