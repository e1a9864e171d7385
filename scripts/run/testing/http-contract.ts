import { expect } from 'vitest';
import { exchange } from './http-exchange.ts';

/** The answers that apps/README.md asks of a server that was started with a delay of 0.2 s. `pod` is the value of `X-Pod`. */
export async function checkAnswers(url: string, pod: string): Promise<void> {
  const headers = { 'x-pod': pod };
  expect(await exchange(`${url}/health`)).toMatchObject({ status: 200, headers });
  const hello = { status: 200, body: 'Hello World!\n', headers };
  const defaultDelay = await exchange(url);
  expect(defaultDelay).toMatchObject(hello);
  expect(defaultDelay.durationMs).toBeGreaterThanOrEqual(195);
  const post = await exchange(`${url}/?delay=0.5`, { method: 'POST', body: 'x'.repeat(100_000) });
  expect(post).toMatchObject(hello);
  expect(post.durationMs).toBeGreaterThanOrEqual(495);
  expect(await exchange(`${url}/not-here`)).toMatchObject({ status: 404, headers });
}
