import { expect, test } from 'vitest';
import { getRequest, postRequest, slowRequest, splitRequest } from './requests.ts';

const address = { host: '127.0.0.1', port: 8080 };

test('requests are as short as HTTP/1.1 allows, with a body and without a word on the connection', () => {
  expect(postRequest(address)).toBe(
    'POST / HTTP/1.1\r\nHost: 127.0.0.1:8080\r\nContent-Length: 10\r\n\r\n0123456789',
  );
  expect(slowRequest(address)).toMatch(/^POST \/\?delay=1\.5 HTTP\/1\.1\r\n/);
  expect(getRequest(address, '/health')).toBe('GET /health HTTP/1.1\r\nHost: 127.0.0.1:8080\r\n\r\n');
});

test('half a head has no end of a head in it, half a body does', () => {
  const head = splitRequest(address, 'head');
  const body = splitRequest(address, 'body');
  expect(head.first + head.second).toBe(postRequest(address));
  expect(body.first + body.second).toBe(postRequest(address));
  expect(head.first).not.toContain('\r\n\r\n');
  expect(head.first.length).toBeGreaterThan('POST / HTTP/1.1\r\n'.length);
  expect(body.first).toMatch(/\r\n\r\n01234$/);
});
