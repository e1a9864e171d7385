import { expect, test } from 'vitest';
import { apiAt } from './api.ts';
import { readObject } from './read-object.ts';
import { stubApi } from './testing/stub-api.ts';

const path = '/api/v1/nodes';

test('an object', async () => {
  await using stub = await stubApi((_request, response) => void response.end('{"items":[]}'));
  await using api = apiAt(stub.socket);
  expect(await readObject(api, path)).toEqual({ items: [] });
});

test.each([
  {
    name: 'a refusal',
    status: 403,
    body: '{"kind":"Status","message":"nodes is forbidden: User \\"bob\\" cannot list nodes"}',
    said: 'with status 403: nodes is forbidden: User "bob" cannot list nodes',
  },
  {
    name: "the proxy's own words",
    status: 502,
    body: 'dial tcp 127.0.0.1:6443: connect: connection refused\n',
    said: 'with status 502: dial tcp 127.0.0.1:6443: connect: connection refused\n',
  },
  { name: 'no JSON', status: 200, body: '<html>', said: 'with status 200: <html>' },
])('$name is told as it came', async ({ status, body, said }) => {
  await using stub = await stubApi((_request, response) => void response.writeHead(status).end(body));
  await using api = apiAt(stub.socket);
  await expect(readObject(api, path)).rejects.toMatchObject({
    code: 'api-failed',
    message: `The API server answers to GET ${path} ${said}`,
  });
});

test('nobody answers', async () => {
  const stub = await stubApi(() => undefined);
  await stub[Symbol.asyncDispose]();
  await using api = apiAt(stub.socket);
  await expect(readObject(api, path)).rejects.toMatchObject({
    code: 'api-failed',
    message: expect.stringMatching(
      /^The API server does not answer to GET \/api\/v1\/nodes: .*ENOENT/,
    ) as string,
  });
});
