import { expect, test } from 'vitest';
import type { EndpointRecord } from '../../timeline/records.ts';
import { Endpoints } from './endpoints.ts';

function slice(uid: string, pods: { [name: string]: boolean | null }): object {
  const endpoints = Object.entries(pods).map(([name, ready]) => ({
    addresses: ['10.244.0.5'],
    conditions: { ready, serving: true, terminating: ready === false },
    targetRef: { kind: 'Pod', name },
  }));
  return { metadata: { uid, resourceVersion: '1' }, endpoints };
}

const isEarlier = (pod: string) => pod.startsWith('earlier');

test('a pod is an endpoint while any slice names it as ready; unknown counts as ready', () => {
  const records: EndpointRecord[] = [];
  const endpoints = new Endpoints({ record: (record) => records.push(record), sinceMs: 50, isEarlier });
  const at = (arrivedMs: number, notBeforeMs = -Infinity) => ({ arrivedMs, notBeforeMs });
  endpoints.seen(slice('one', {}), true, at(60));
  endpoints.seen(slice('one', { a: true, b: false }), true, at(100));
  endpoints.seen(slice('two', { a: true, c: null }), true, at(200, 150));
  endpoints.seen(slice('one', { a: false, b: true }), true, at(300, 250));
  endpoints.seen(slice('two', { a: false, c: null }), true, at(400, 350));
  endpoints.seen(slice('two', {}), false, at(500, 450));
  expect(records.map(({ event, pod, seen }) => `${event} ${pod} [${seen?.betweenMs.join()}]`)).toEqual([
    'added a [50,100]',
    'added c [150,200]',
    'added b [250,300]',
    'removed a [350,400]',
    'removed c [450,500]',
  ]);
  expect([...endpoints.ready]).toEqual(['b']);
});

test('pods of an earlier deployment are none, ready or not', () => {
  const records: EndpointRecord[] = [];
  const endpoints = new Endpoints({ record: (record) => records.push(record), sinceMs: 0, isEarlier });
  endpoints.seen(slice('one', { 'earlier-a': true, a: true }), true, { arrivedMs: 1, notBeforeMs: 0 });
  endpoints.seen(slice('one', { a: true }), true, { arrivedMs: 2, notBeforeMs: 1 });
  expect(records.map(({ event, pod }) => `${event} ${pod}`)).toEqual(['added a']);
  expect([...endpoints.ready]).toEqual(['a']);
});

test('a slice without endpoints', () => {
  const endpoints = new Endpoints({ record: () => undefined, sinceMs: 0, isEarlier });
  endpoints.seen({ metadata: { uid: 'one' }, endpoints: null }, true, { arrivedMs: 1, notBeforeMs: 0 });
  expect(endpoints.ready.size).toBe(0);
});
