// A server that does one thing wrong, chosen by its environment:
// BAD            exits, never-listens, a way of answering (bad-answers.mjs) or a trouble (below)
// HEALTH         well: GET /health is answered properly all the same
// AFTER_REQUESTS dies-before-sigterm: so many requests are answered (10)
// On SIGTERM it exits at once; requests in flight are cut.
import { fork } from 'node:child_process';
import { createServer } from 'node:net';
import { clearTimeout, setInterval } from 'node:timers';
import { badAnswers, hello } from './bad-answers.mjs';

const { HOST, PORT, BAD, HEALTH, AFTER_REQUESTS = '10' } = process.env;

/** What happens beside answers that are well. */
const troubles = {
  'closes-at-once': {
    connected: (socket) => socket.end(),
  },
  /** Ends with exit code 1, and with the request it was to answer. */
  'dies-before-sigterm': {
    requested(count) {
      if (count <= Number(AFTER_REQUESTS)) return;
      console.error('out of luck');
      process.exit(1);
    },
  },
  /** A child takes the listening socket, serves with it and outlives its parent, but not a test. */
  'leaves-child': {
    listening(server) {
      const child = fork(new URL('bad-child.mjs', import.meta.url));
      // From then on only the child accepts, so that all connections are its own.
      child.send('serve', server, () => server.close());
    },
  },
};

if (BAD === 'exits') {
  console.error('cannot find my configuration');
  process.exit(3);
}
const trouble = troubles[BAD] ?? {};
let requests = 0;

/** Reads requests as the probe sends them: a head, and a body of the length it says. */
function serve(socket) {
  let read = '';
  socket.on('data', (chunk) => {
    read += chunk.toString('latin1');
    for (;;) {
      const headEnd = read.indexOf('\r\n\r\n') + 4;
      if (headEnd < 4) return;
      const bodyBytes = Number(/\r\ncontent-length: (\d+)/i.exec(read.slice(0, headEnd))?.[1] ?? 0);
      if (read.length < headEnd + bodyBytes) return;
      const [, path] = read.slice(0, headEnd).split(' ');
      read = read.slice(headEnd + bodyBytes);
      answer(socket, path);
    }
  });
  socket.on('end', () => socket.end());
  socket.on('error', () => socket.destroy());
  trouble.connected?.(socket);
}

function answer(socket, path) {
  requests += 1;
  trouble.requested?.(requests);
  const bad = badAnswers[BAD];
  const respond = bad === undefined || (HEALTH === 'well' && path === '/health') ? hello : bad;
  const delayMs = Number(new URL(path, 'http://pod').searchParams.get('delay') ?? 0) * 1000;
  const timer = setTimeout(() => respond(socket), delayMs);
  socket.once('close', () => clearTimeout(timer));
}

process.on('SIGTERM', () => process.exit(0));
if (BAD === 'never-listens') {
  setInterval(() => undefined, 1000);
} else {
  const server = createServer({ allowHalfOpen: true, noDelay: true }, serve);
  server.listen(Number(PORT), HOST, () => trouble.listening?.(server));
}
