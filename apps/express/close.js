import { server } from './server.js';

process.on('SIGTERM', () => server.close());
