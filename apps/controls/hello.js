import { createServer } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const pod = process.env.HOSTNAME ?? '';
const defaultDelaySeconds = process.env.HELLO_REST_REQUEST_DELAY ?? '0';

/**
 * Starts the server that all controls share. `beforeAnswer` is called right before a response is sent: it may
 * set headers, or return false to leave the request without an answer for ever.
 */
export function startServer(beforeAnswer = () => true) {
  const server = createServer(async (request, response) => {
    try {
      const { status, body } = await respondTo(request);
      response.setHeader('X-Pod', pod);
      if (beforeAnswer(response) === false) return;
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
