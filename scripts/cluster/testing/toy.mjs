// A server whose ways of starting and ending are chosen by its environment.
import { createServer } from 'node:http';
import { writeFileSync } from 'node:fs';

const { HOST, PORT, HOSTNAME, START = 'well', END = 'exit', MARK } = process.env;

if (START === 'crash') {
  console.error('cannot find my configuration');
  process.exit(3);
}
const healthy = START !== 'unhealthy';
const server = createServer((request, response) => {
  response.setHeader('X-Pod', HOSTNAME);
  if (request.url === '/health') {
    response.statusCode = healthy ? 200 : 503;
    response.end('ok');
  } else if (request.url === '/crash') process.exit(9);
  else response.end('Hello World!\n');
});
server.listen(Number(PORT), HOST);
process.on('SIGTERM', () => {
  if (MARK) writeFileSync(MARK, 'SIGTERM');
  if (END === 'exit') process.exit(0);
  if (END === 'close') server.close(() => process.exit(0));
});
