import { setTimeout as sleep } from 'node:timers/promises';
import express from 'express';

const pod = process.env.HOSTNAME ?? '';
const defaultDelaySeconds = process.env.HELLO_REST_REQUEST_DELAY ?? '0';

export const app = express();

app.use((request, response, next) => {
  response.set('X-Pod', pod);
  next();
});

app.get('/health', (request, response) => {
  response.type('text').send('ok');
});

app.get('/', hello);
app.post('/', express.raw({ type: () => true }), hello);

async function hello(request, response) {
  const delaySeconds = Number(request.query.delay ?? defaultDelaySeconds);
  if (delaySeconds > 0) await sleep(delaySeconds * 1000);
  response.type('text').send('Hello World!\n');
}
