import { createServer } from 'node:http';
import { Server } from 'node:net';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pod = process.env.HOSTNAME ?? '';
const defaultDelaySeconds = process.env.HELLO_REST_REQUEST_DELAY ?? '0';
const inFlightLimitMs = 5000;

/**
 * Starts the server that all controls share. `beforeAnswer` is called right before a response is sent, with the
 * time (`performance.now()`) at which the head of its request was read. It may set headers, or return false to
 * keep the response from being sent: the request then has no answer, or the one that `beforeAnswer` gave.
 */
export function startServer(beforeAnswer = () => true) {
  const server = createServer(async (request, response) => {
    const arrivedMs = performance.now();
    try {
      const { status, body } = await respondTo(request);
      response.setHeader('X-Pod', pod);
      if (beforeAnswer(response, arrivedMs) === false) return;
      response.writeHead(status, { 'Content-Type': 'text/plain', 'Content-Length': body.length });
      response.end(body);
    } catch {
      // The client left before its request was complete, or its target is no URL.
      response.destroy();
    }
  });
  server.keepAliveTimeout = 65_000;
  return server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0');
}

/** Answers that the server is shutting down, and closes the connection. */
export function reject(response) {
  const body = 'shutting down\n';
  const headers = { 'Content-Type': 'text/plain', 'Content-Length': body.length };
  response.writeHead(503, { Connection: 'close', ...headers }).end(body);
}

/** Stops listening, closes idle connections, and lets requests in flight finish within 5 s. */
export function finish(server) {
  server.close();
  setTimeout(() => server.closeAllConnections(), inFlightLimitMs).unref();
}

/** Stops listening and leaves every connection open; `close` of an HTTP server would close the idle ones. */
export function stopListening(server) {
  Server.prototype.close.call(server);
}

async function respondTo(request) {
  const { pathname, searchParams } = new URL(`http://localhost${request.url}`);
  const route = `${request.method} ${pathname}`;
  await finished(request.resume());
  if (route === 'GET /health') return { status: 200, body: 'ok' };
  if (route !== 'GET /' && route !== 'POST /') return { status: 404, body: 'not found\n' };
  const delaySeconds = Number(searchParams.get('delay') ?? defaultDelaySeconds);
  if (delaySeconds > 0) await sleep(delaySeconds * 1000);
  return { status: 200, body: 'Hello World!\n' };
}
