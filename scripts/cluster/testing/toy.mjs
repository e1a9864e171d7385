// A server whose ways of starting, answering and ending are chosen by its environment:
// START   well, crash, unhealthy, wrong-port (listens on another), all-addresses (listens on 0.0.0.0)
// ANSWER  see toy-answers.mjs
// TROUBLE see toy-troubles.mjs; it begins with the AFTER_REQUESTS-th request
// END     on SIGTERM: exit, speak (then exits), close, anything else ignores it
import { createServer } from 'node:http';
import { writeFileSync, writeSync } from 'node:fs';
import { answers } from './toy-answers.mjs';
import { troubles } from './toy-troubles.mjs';

const { HOST, PORT, HOSTNAME, MARK } = process.env;
const {
  START = 'well',
  ANSWER = 'well',
  TROUBLE = 'none',
  END = 'exit',
  AFTER_REQUESTS = '100',
} = process.env;

if (START === 'crash') {
  console.error('cannot find my configuration');
  process.exit(3);
}
const answer = answers[ANSWER];
let requests = 0;

const server = createServer((request, response) => {
  response.setHeader('X-Pod', HOSTNAME);
  if (request.url === '/health') {
    response.statusCode = START === 'unhealthy' ? 503 : 200;
    response.end('ok');
  } else if (request.url === '/crash') {
    process.exit(9);
  } else {
    answer(request, response);
    requests += 1;
    if (requests === Number(AFTER_REQUESTS)) troubles[TROUBLE](server);
  }
});
server.listen(START === 'wrong-port' ? 9999 : Number(PORT), START === 'all-addresses' ? '0.0.0.0' : HOST);
process.on('SIGTERM', () => {
  if (MARK) writeFileSync(MARK, 'SIGTERM');
  if (END === 'speak') writeSync(1, 'these are my last words\n');
  if (END === 'exit' || END === 'speak') process.exit(0);
  if (END === 'close') server.close(() => process.exit(0));
});
