// Loses what reaches it in the first LOSS_WINDOW_MS milliseconds (default 1) after SIGTERM: it closes those connections
// without an answer. Everything before and after is answered, after SIGTERM with `Connection: close`. A process that
// had to wait for the processor reads later what came meanwhile, so the window ends only after a look at what has
// come. After 1 s it stops listening, finishes what is in flight, and exits with 0. It speaks HTTP by itself, as little as it can do
// with: with the work of node:http for each request, hundreds that come within 40 ms would wait for each other,
// and the window would be longer than it says.
import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

const pod = process.env.HOSTNAME ?? '';
const defaultDelaySeconds = process.env.HELLO_REST_REQUEST_DELAY ?? '0';
const windowMs = Number(process.env.LOSS_WINDOW_MS ?? 1);
const servingOnMs = 1000;

let terminating = false;
let losing = false;
/** Closed when the window is over: to close each at once takes longer than to read from it. */
const lost = [];
/** Connections, and whether a request is in flight on each. */
const connections = new Map();

const server = createServer({ noDelay: true }, (socket) => {
  let text = '';
  connections.set(socket, false);
  socket.on('close', () => connections.delete(socket));
  socket.on('error', () => socket.destroy());
  socket.on('data', async (bytes) => {
    if (losing) return lost.push(socket);
    text += bytes.toString('latin1');
    const request = readRequest(text);
    if (request === undefined) return;
    text = text.slice(request.length);
    connections.set(socket, true);
    if (request.delaySeconds > 0) await sleep(request.delaySeconds * 1000);
    const closes = request.closes || terminating;
    socket.write(answerTo(request, closes));
    connections.set(socket, false);
    if (closes) socket.end();
  });
});
server.listen(Number(process.env.PORT ?? 8080), process.env.HOST ?? '0.0.0.0');

process.on('SIGTERM', () => {
  terminating = true;
  losing = true;
  endWindow(performance.now() + windowMs);
  setTimeout(() => {
    server.close();
    for (const [socket, inFlight] of connections) if (!inFlight) socket.end();
  }, servingOnMs);
});

/** Immediates follow upon reading: what had come by then has been read. */
function endWindow(atMs) {
  if (performance.now() < atMs) return void setImmediate(endWindow, atMs);
  losing = false;
  for (const socket of lost) socket.destroy();
}

/** The request at the beginning of the text; undefined while it is not whole. */
function readRequest(text) {
  const headLength = text.indexOf('\r\n\r\n') + 4;
  if (headLength < 4) return undefined;
  const head = text.slice(0, headLength);
  const bodyLength = Number(/\r\ncontent-length: *(\d+)/i.exec(head)?.[1] ?? 0);
  if (text.length < headLength + bodyLength) return undefined;
  const [method, target = '/'] = head.split(' ', 2);
  const [path] = target.split('?', 1);
  const delay = /[?&]delay=([^&]*)/.exec(target)?.[1] ?? (path === '/' ? defaultDelaySeconds : 0);
  return {
    route: `${method} ${path}`,
    delaySeconds: Number(delay),
    closes: /\r\nconnection: *close/i.test(head),
    length: headLength + bodyLength,
  };
}

function answerTo({ route }, closes) {
  const [status, body] = contentOf(route);
  const connection = closes ? 'Connection: close\r\n' : '';
  const length = `Content-Length: ${body.length}\r\n`;
  return `HTTP/1.1 ${status}\r\nX-Pod: ${pod}\r\nContent-Type: text/plain\r\n${length}${connection}\r\n${body}`;
}

function contentOf(route) {
  if (route === 'GET /health') return ['200 OK', 'ok'];
  if (route === 'GET /' || route === 'POST /') return ['200 OK', 'Hello World!\n'];
  return ['404 Not Found', 'not found\n'];
}
