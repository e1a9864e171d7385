import { createTerminus } from '@godaddy/terminus';
import { server } from './server.js';

createTerminus(server, { signal: 'SIGTERM', timeout: 10_000, useExit0: true });
