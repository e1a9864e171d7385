import { expect, test } from 'vitest';
import { outcomeOf, type RequestEnd } from './classification.ts';

const end = (change: Partial<RequestEnd>): RequestEnd => ({
  status: 0,
  errorCode: 1000,
  errorText: '',
  bodyMatches: 0,
  ...change,
});

// The texts are those that k6 2.2 writes.
test.each([
  { name: 'FIN in place of an answer', errorText: 'EOF', class: 'eof' },
  { name: 'FIN seen before sending', errorText: 'http: server closed idle connection', class: 'eof' },
  { name: 'half a body', errorText: 'unexpected EOF', class: 'truncated' },
  {
    name: 'half a head',
    errorText: 'malformed MIME header: missing colon: "Conte"',
    class: 'truncated',
  },
  { name: 'request timeout', errorCode: 1050, errorText: 'request timeout', class: 'timeout' },
  { name: 'dial timeout', errorCode: 1211, errorText: 'dial: i/o timeout', class: 'timeout' },
  { name: 'timeout by its text', errorText: 'net/http: timeout awaiting headers', class: 'timeout' },
  { name: 'refused', errorCode: 1212, errorText: 'dial: connection refused', class: 'refused' },
  { name: 'reset on read', errorCode: 1220, errorText: 'read: connection reset by peer', class: 'reset' },
  { name: 'reset on dial', errorCode: 1220, errorText: 'dial: connection reset by peer', class: 'reset' },
  { name: 'broken pipe', errorCode: 1201, errorText: 'write: broken pipe', class: 'reset' },
  { name: 'reset by its text', errorText: 'readfrom: connection reset by peer', class: 'reset' },
  { name: '503', status: 503, errorCode: 1503, class: 'rejected', text: '503' },
  { name: '404', status: 404, errorCode: 1404, class: 'rejected', text: '404' },
  { name: 'a redirect', status: 302, errorCode: 0, class: 'rejected', text: '302' },
  {
    name: 'status in the code alone',
    errorCode: 1503,
    errorText: '',
    class: 'rejected',
    text: 'k6 error 1503',
  },
  { name: 'wrong body', status: 200, errorCode: 0, class: 'other', text: '200 with a wrong body' },
  { name: 'no status and no error', errorCode: 0, class: 'other', text: 'k6 error 0' },
  { name: 'no route', errorCode: 1213, errorText: 'dial: unknown errno `113`', class: 'other' },
  { name: 'a name with EOF in it', errorText: 'lookup EOF.example: no such host', class: 'other' },
  { name: 'an answer with an error', status: 200, errorText: 'unexpected EOF', class: 'truncated' },
])('failed: $name', ({ class: expected, text, status = 0, errorCode = 1000, errorText = '' }) => {
  expect(outcomeOf(end({ status, errorCode, errorText }))).toEqual({
    kind: 'failed',
    class: expected,
    text: text ?? errorText,
  });
});

test.each([200, 201, 204])('an answer %i with the right body is ok', (status) => {
  expect(outcomeOf(end({ status, errorCode: 0, bodyMatches: 1 }))).toEqual({ kind: 'ok' });
});

test.each(['context canceled', 'dial: operation was canceled'])('k6 cut it itself: %s', (errorText) => {
  expect(outcomeOf(end({ errorText }))).toEqual({ kind: 'cancelled', text: errorText });
});
