import { expect, test } from 'vitest';
import { until } from '../../support/testing/until.ts';
import { apiAt } from './api.ts';
import { listWatch, type Change } from './list-watch.ts';
import { event, list, object, stubApi } from './testing/stub-api.ts';

const path = '/api/v1/namespaces/n/pods';

/** `ADDED a 5`: what was heard, in few words. */
function words({ type, object: told, resourceVersion = '-' }: Change): string {
  const { metadata } = told as { metadata: { name: string } };
  return `${type} ${metadata.name} ${resourceVersion}`;
}

function follow(socket: string) {
  const seen: string[] = [];
  const broken: string[] = [];
  const watching = listWatch({
    api: apiAt(socket),
    path,
    labelSelector: 'app=hello',
    onChange: (change) => seen.push(words(change)),
    onBroken: (reason) => broken.push(reason),
  });
  return { seen, broken, watching, [Symbol.asyncDispose]: () => watching[Symbol.asyncDispose]() };
}

test('lists, then tells every change that the stream has', async () => {
  await using api = await stubApi((url, response) => {
    if (!url.searchParams.has('watch')) response.end(list(10, object('a', 3)));
    else
      response.write(
        event('ADDED', object('b', 11)) +
          event('MODIFIED', object('a', 12)) +
          event('DELETED', object('b', 13)),
      );
  });
  await using following = follow(api.socket);
  const { seen, watching } = following;
  await watching.synced;
  await until('all changes are seen', () => seen.length === 4);
  expect(seen).toEqual(['ADDED a 3', 'ADDED b 11', 'MODIFIED a 12', 'DELETED b 13']);
  expect(api.asked).toEqual([
    `${path}?labelSelector=app%3Dhello`,
    `${path}?labelSelector=app%3Dhello&watch=1&resourceVersion=10&allowWatchBookmarks=true`,
  ]);
});

test('goes on from the last version, a bookmark too, when the stream ends or breaks', async () => {
  const streams = [
    (end: (text: string) => void) => end(event('ADDED', object('a', 11)) + event('BOOKMARK', object('', 20))),
    (end: (text: string) => void) => end(event('MODIFIED', object('a', 21)) + '{"type":"MODIF'),
  ];
  await using api = await stubApi((url, response) => {
    if (!url.searchParams.has('watch')) return response.end(list(10));
    const stream = streams.shift();
    if (stream) stream((text) => response.end(text));
    else response.write(event('DELETED', object('a', 22)));
  });
  await using following = follow(api.socket);
  const { seen, broken } = following;
  await until('all changes are seen', () => seen.length === 3);
  expect(seen).toEqual(['ADDED a 11', 'MODIFIED a 21', 'DELETED a 22']);
  expect(api.asked.map((asked) => /resourceVersion=(\d+)/.exec(asked)?.[1])).toEqual([
    undefined,
    '10',
    '20',
    '21',
  ]);
  expect(broken).toEqual([]);
});

test.each([
  [
    'as an event',
    (response: { write: (text: string) => void; statusCode: number }) =>
      response.write(event('ERROR', { kind: 'Status', code: 410, message: 'too old resource version' })),
  ],
  [
    'as an answer',
    (response: { write: (text: string) => void; statusCode: number }) => {
      response.statusCode = 410;
      response.write('{"kind":"Status","code":410}');
    },
  ],
])('410 %s: lists again and tells by comparison what was missed', async (_name, refuse) => {
  const lists = [list(10, object('a', 1), object('b', 2)), list(30, object('b', 25), object('c', 26))];
  let watches = 0;
  await using api = await stubApi((url, response) => {
    if (!url.searchParams.has('watch')) return response.end(lists.shift());
    watches += 1;
    if (watches === 1) {
      refuse(response);
      response.end();
    } else response.write(event('MODIFIED', object('c', 31)));
  });
  await using following = follow(api.socket);
  const { seen } = following;
  await until('all changes are seen', () => seen.length === 6);
  expect(seen).toEqual([
    'ADDED a 1',
    'ADDED b 2',
    'DELETED a -',
    'MODIFIED b 25',
    'ADDED c 26',
    'MODIFIED c 31',
  ]);
});

test('a server that has trouble is asked again', async () => {
  let answers = 0;
  await using api = await stubApi((url, response) => {
    answers += 1;
    if (answers <= 2) {
      response.statusCode = 503;
      response.end('etcd is not there');
    } else if (!url.searchParams.has('watch')) response.end(list(10));
    else response.write(event('ADDED', object('a', 11)));
  });
  await using following = follow(api.socket);
  const { seen, broken } = following;
  await until('all changes are seen', () => seen.length === 1);
  expect(broken).toEqual([]);
});

test('a server that forbids it is not asked again', async () => {
  await using api = await stubApi((_, response) => {
    response.statusCode = 403;
    response.end(
      JSON.stringify({ kind: 'Status', code: 403, message: 'pods is forbidden: User "bob" cannot list' }),
    );
  });
  await using following = follow(api.socket);
  const { broken, watching } = following;
  await expect(watching.synced).rejects.toThrow('pods is forbidden: User "bob" cannot list');
  expect(broken).toEqual([
    `the watch of ${path} broke: HTTP status 403: pods is forbidden: User "bob" cannot list`,
  ]);
  expect(api.asked).toHaveLength(1);
});

test(
  'a server that has gone for good breaks it, after it was asked for a while',
  { timeout: 60_000 },
  async () => {
    const api = await stubApi((url, response) => {
      if (!url.searchParams.has('watch')) response.end(list(10));
      else response.write(event('ADDED', object('a', 11)));
    });
    await using following = follow(api.socket);
    const { seen, broken } = following;
    await until('all changes are seen', () => seen.length === 1);
    await api[Symbol.asyncDispose]();
    await until('it is broken', () => broken.length > 0);
    expect(broken[0]).toMatch(/^the watch of .*pods broke: connect ENOENT/);
  },
);
