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

const at = (arrivedMs: number, notBeforeMs = -Infinity) => ({ arrivedMs, notBeforeMs });

function open(): { endpoints: Endpoints; told: () => string[] } {
  const records: EndpointRecord[] = [];
  const endpoints = new Endpoints({ record: (record) => records.push(record), sinceMs: 50 });
  const told = () => records.map(({ event, pod, seen }) => `${event} ${pod} [${seen?.betweenMs.join()}]`);
  return { endpoints, told };
}

test('a pod is an endpoint while any slice names it as ready; unknown counts as ready', () => {
  const { endpoints, told } = open();
  for (const pod of ['a', 'b', 'c']) endpoints.meet(pod);
  endpoints.seen(slice('one', {}), true, at(60));
  endpoints.seen(slice('one', { a: true, b: false }), true, at(100));
  endpoints.seen(slice('two', { a: true, c: null }), true, at(200, 150));
  endpoints.seen(slice('one', { a: false, b: true }), true, at(300, 250));
  endpoints.seen(slice('two', { a: false, c: null }), true, at(400, 350));
  endpoints.seen(slice('two', {}), false, at(500, 450));
  expect(told()).toEqual([
    'added a [50,100]',
    'added c [150,200]',
    'added b [250,300]',
    'removed a [350,400]',
    'removed c [450,500]',
  ]);
});

test('of a pod that the watch of pods shows later, what was heard is told then', () => {
  const { endpoints, told } = open();
  endpoints.seen(slice('one', { a: true, b: true }), true, at(100));
  endpoints.seen(slice('one', { a: true }), true, at(200, 150));
  expect(told()).toEqual([]);
  endpoints.meet('b');
  expect(told()).toEqual(['added b [50,100]', 'removed b [150,200]']);
  endpoints.meet('b');
  endpoints.meet('a');
  expect(told().slice(2)).toEqual(['added a [50,100]']);
});

test('of a pod that is never met nothing is told: a slice may name one of the deployment before', () => {
  const { endpoints, told } = open();
  endpoints.seen(slice('of the service before', { earlier: true }), true, at(60));
  endpoints.meet('a');
  endpoints.seen(slice('one', { a: true }), true, at(100, 90));
  endpoints.seen(slice('of the service before', {}), false, at(200, 150));
  expect(told()).toEqual(['added a [90,100]']);
});

test('a slice without endpoints', () => {
  const { endpoints, told } = open();
  endpoints.seen({ metadata: { uid: 'one' }, endpoints: null }, true, at(1, 0));
  expect(told()).toEqual([]);
});
