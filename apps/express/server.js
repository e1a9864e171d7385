import { app } from './app.js';

export const server = app.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0');

// Longer than the 60 s after which most load balancers give up an idle connection, so that they close first.
server.keepAliveTimeout = 65_000;
