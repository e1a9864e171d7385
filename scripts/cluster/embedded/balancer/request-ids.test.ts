import fc from 'fast-check';
import { expect, test } from 'vitest';
import { RequestIdScanner } from './request-ids.ts';

const head = (id: string) => `POST / HTTP/1.1\r\nHost: x\r\nX-Rid: ${id}\r\nContent-Length: 1\r\n\r\n1`;

function scanAll(text: string, cuts: number[]): string[] {
  const scanner = new RequestIdScanner();
  const edges = [0, ...cuts.map((cut) => cut % (text.length + 1)).sort((a, b) => a - b), text.length];
  return edges.slice(1).flatMap((edge, index) => scanner.scan(Buffer.from(text.slice(edges[index], edge))));
}

test('finds every id once, however the bytes are split', () => {
  const id = fc.stringMatching(/^(fresh|persistent)-(get|post)-[0-9]{1,7}$/);
  fc.assert(
    fc.property(fc.array(id, { maxLength: 5 }), fc.array(fc.nat(2000), { maxLength: 12 }), (ids, cuts) => {
      expect(scanAll(ids.map(head).join(''), cuts)).toEqual(ids);
    }),
  );
});

test.each([
  ['the header name in lower case', 'get / HTTP/1.1\r\nx-rid: a-1\r\n\r\n', ['a-1']],
  ['no such header', 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', []],
  ['a head that breaks off inside the id', 'GET / HTTP/1.1\r\nX-Rid: a-', []],
  ['an endless id is not kept', `X-Rid: ${'a'.repeat(10_000)}`, []],
])('%s', (_, text, ids) => {
  expect(new RequestIdScanner().scan(Buffer.from(text))).toEqual(ids);
});
