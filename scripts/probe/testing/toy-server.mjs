// A server for tests of the probe, chosen by its environment:
// END     on SIGTERM: exit (at once), drain (serves what is in flight, then exits), ignore
// ANSWER  well, never, close (each connection ends with its answer), slow (takes 3.5 s once it is warm)
// DIES    ends with exit code 7 when it has answered so many requests
import { createServer } from 'node:http';
import { finished } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';

const { HOST, PORT, END = 'drain', ANSWER = 'well', DIES = 'never' } = process.env;
const slowMs = 3500;
const warmAfter = 21;
let answers = 0;
if (DIES === '0') process.exit(7);

const server = createServer(async (request, response) => {
  await finished(request.resume());
  if (ANSWER === 'never') return;
  if (ANSWER === 'close') response.setHeader('Connection', 'close');
  if (ANSWER === 'slow' && answers >= warmAfter) await sleep(slowMs);
  const { searchParams } = new URL(request.url, 'http://localhost');
  await sleep(Number(searchParams.get('delay')) * 1000);
  response.end('Hello World!\n');
  answers += 1;
  if (answers === Number(DIES)) process.exit(7);
});
server.keepAliveTimeout = 65_000;
server.listen(Number(PORT), HOST);

/** Closing spares connections that become idle later. */
function closeIdle() {
  server.closeIdleConnections();
  setTimeout(closeIdle, 50);
}

process.on('SIGTERM', () => {
  if (END === 'exit') process.exit(0);
  if (END !== 'drain') return;
  server.close(() => process.exit(0));
  closeIdle();
});
