import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { ResponseReader, type ResponseState } from './http-response.ts';

const kibibyte = 1024;

interface Exchange {
  /** All that came. */
  bytes: string;
  method?: string;
  end?: 'FIN' | 'RST';
  /** Where the bytes are split. */
  cuts?: number[];
}

function read({ bytes, method = 'POST', end, cuts = [] }: Exchange): ResponseState {
  const reader = new ResponseReader({ method });
  const edges = [0, ...cuts.map((cut) => cut % (bytes.length + 1)).sort((a, b) => a - b), bytes.length];
  for (const [index, edge] of edges.slice(1).entries()) reader.push(bytes.slice(edges[index], edge));
  if (end) reader.end(end);
  return reader.state;
}

const plain = 'HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello';
const chunked = 'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n';
const untilClose = 'HTTP/1.1 200 OK\r\n\r\nhello';
const withHeader = (header: string) => `HTTP/1.1 200 OK\r\n${header}\r\nContent-Length: 0\r\n\r\n`;

describe('where an answer ends', () => {
  test.each<[name: string, exchange: Exchange, expected: Partial<ResponseState>]>([
    ['nothing came', { bytes: '' }, { phase: 'none', status: null, version: null }],
    ['nothing came before FIN', { bytes: '', end: 'FIN' }, { phase: 'none', problem: '' }],
    ['half a status line', { bytes: 'HTTP/1.1 2' }, { phase: 'head', status: null }],
    ['half a head', { bytes: 'HTTP/1.1 200 OK\r\nConte' }, { phase: 'head', status: 200 }],
    ['Content-Length', { bytes: plain }, { phase: 'complete', bodyBytes: 5, surplusBytes: 0 }],
    ['half a body', { bytes: plain.slice(0, -2) }, { phase: 'body', bodyBytes: 3 }],
    ['Content-Length: 0', { bytes: withHeader('A: b') }, { phase: 'complete', bodyBytes: 0 }],
    ['a whole answer and FIN', { bytes: plain, end: 'FIN' }, { phase: 'complete', problem: '' }],
    ['a whole answer and RST', { bytes: plain, end: 'RST' }, { phase: 'complete', problem: '' }],
    ['more than Content-Length', { bytes: `${plain}, world` }, { phase: 'complete', surplusBytes: 7 }],
    [
      'the same Content-Length twice',
      { bytes: `HTTP/1.1 200 OK\r\nContent-Length: 5\r\n${plain.slice(17)}` },
      { phase: 'complete', bodyBytes: 5 },
    ],
    ['HEAD', { bytes: plain.slice(0, -5), method: 'HEAD' }, { phase: 'complete', bodyBytes: 0 }],
    ['HEAD with a body', { bytes: plain, method: 'HEAD' }, { phase: 'complete', surplusBytes: 5 }],
    ['204', { bytes: 'HTTP/1.1 204 No Content\r\n\r\n' }, { phase: 'complete', closeAnnounced: false }],
    ['304', { bytes: 'HTTP/1.1 304 Not Modified\r\nContent-Length: 9\r\n\r\n' }, { phase: 'complete' }],
    [
      '101',
      { bytes: 'HTTP/1.1 101 Switching Protocols\r\n\r\n\x81\x00' },
      { phase: 'complete', status: 101, surplusBytes: 2 },
    ],
    [
      'a tunnel',
      { bytes: 'HTTP/1.1 200 OK\r\n\r\n', method: 'CONNECT' },
      { phase: 'complete', closeAnnounced: false },
    ],
    ['no chunk', { bytes: `${chunked}0\r\n\r\n` }, { phase: 'complete', bodyBytes: 0 }],
    [
      'chunks',
      { bytes: `${chunked}3\r\nabc\r\n0A\r\n0123456789\r\n0\r\n\r\n` },
      { phase: 'complete', bodyBytes: 13 },
    ],
    [
      'chunk extensions',
      { bytes: `${chunked}3 ;a="b;c";d\r\nabc\r\n0;last\r\n\r\n` },
      { phase: 'complete', bodyBytes: 3 },
    ],
    ['trailers', { bytes: `${chunked}0\r\nDigest: x\r\nB: c\r\n\r\n` }, { phase: 'complete' }],
    ['trailers that are not over', { bytes: `${chunked}0\r\nDigest: x\r\n` }, { phase: 'body' }],
    [
      'chunks, not Content-Length',
      { bytes: `HTTP/1.1 200 OK\r\nContent-Length: 1\r\n${chunked.slice(17)}3\r\nabc\r\n0\r\n\r\n` },
      { phase: 'complete', bodyBytes: 3, surplusBytes: 0 },
    ],
    [
      'gzip, then chunked',
      { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, Chunked\r\n\r\n0\r\n\r\n' },
      { phase: 'complete' },
    ],
    [
      'a transfer coding without an end of its own',
      { bytes: 'HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\nabc' },
      { phase: 'body', closeAnnounced: true },
    ],
    ['until close, still open', { bytes: untilClose }, { phase: 'body', bodyBytes: 5, closeAnnounced: true }],
    ['until close, and FIN', { bytes: untilClose, end: 'FIN' }, { phase: 'complete', bodyBytes: 5 }],
    ['bare line feeds', { bytes: plain.replaceAll('\r', '') }, { phase: 'complete', bodyBytes: 5 }],
    [
      'no reason and no space before it',
      { bytes: 'HTTP/1.1 503\r\nContent-Length: 0\r\n\r\n' },
      { phase: 'complete', status: 503 },
    ],
    [
      'HTTP/1.7',
      { bytes: 'HTTP/1.7 200 OK\r\nContent-Length: 0\r\n\r\n' },
      { phase: 'complete', version: '1.1' },
    ],
    ['a chunk without LF after it', { bytes: `${chunked}1\r\na\r` }, { phase: 'body', bodyBytes: 1 }],
  ])('%s', (_, exchange, expected) => {
    expect(read(exchange)).toMatchObject(expected);
  });
});

describe('interim answers', () => {
  const interim =
    'HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nConnection: close\r\nLink: x\r\n\r\n';

  test('do not count as the answer', () => {
    expect(read({ bytes: interim })).toMatchObject({ phase: 'head', status: null, interim: [100, 103] });
  });

  test('leave nothing of theirs in the answer', () => {
    const state = read({ bytes: interim + plain });
    expect(state).toMatchObject({
      phase: 'complete',
      status: 200,
      closeAnnounced: false,
      interim: [100, 103],
    });
    expect([...state.headers.keys()]).toEqual(['content-length']);
  });

  test('each head has the limit for itself, and its own headers to fold', () => {
    const early = `HTTP/1.1 103 Early Hints\r\nLink: ${'x'.repeat(40 * kibibyte)}\r\n\r\n`;
    const large = withHeader(`A: ${'b'.repeat(40 * kibibyte)}`);
    expect(read({ bytes: early + large })).toMatchObject({ phase: 'complete', interim: [103] });
    expect(read({ bytes: early + withHeader(' folded') }).problem).toBe('wrong header " folded"');
  });

  test('a status line of one is not the status', () => {
    expect(read({ bytes: 'HTTP/1.1 100 Continue\r\nA: b\r\n' })).toMatchObject({
      phase: 'head',
      status: null,
    });
  });
});

describe('whether close was announced', () => {
  test.each([
    ['HTTP/1.1 stays open', plain, false],
    ['Connection: close', withHeader('Connection: close'), true],
    ['one of several options, in any case', withHeader('connection: TE , CLOSE'), true],
    ['a second Connection header', withHeader('Connection: te\r\nConnection: close'), true],
    ['an option that only begins so', withHeader('Connection: closed'), false],
    ['close goes before keep-alive', withHeader('Connection: keep-alive, close'), true],
    ['HTTP/1.0', 'HTTP/1.0 200 OK\r\nContent-Length: 0\r\n\r\n', true],
    [
      'HTTP/1.0 with keep-alive',
      'HTTP/1.0 200 OK\r\nContent-Length: 0\r\nConnection: Keep-Alive\r\n\r\n',
      false,
    ],
    ['HTTP/1.0 with keep-alive, until close', 'HTTP/1.0 200 OK\r\nConnection: keep-alive\r\n\r\n', true],
    ['not before the head is whole', 'HTTP/1.1 200 OK\r\nConnection: close\r\n', false],
    ['a trailer cannot', `${chunked}0\r\nConnection: close\r\n\r\n`, false],
  ])('%s', (_, bytes, expected) => {
    expect(read({ bytes }).closeAnnounced).toBe(expected);
  });
});

test('many small chunks are no large one', () => {
  const bytes = `${chunked}${'1\r\na\r\n'.repeat(20 * kibibyte)}0\r\n\r\n`;
  expect(read({ bytes })).toMatchObject({ phase: 'complete', bodyBytes: 20 * kibibyte });
});

test('headers: lower case, trimmed, repeated ones joined, folded lines unfolded', () => {
  const bytes =
    'HTTP/1.1 200 OK\r\nA:  b \t\r\nSet-Cookie: x=1\r\nSET-COOKIE: y=2\r\n  ; z\r\nEmpty:\r\n\r\n';
  expect(Object.fromEntries(read({ bytes }).headers)).toEqual({
    a: 'b',
    'set-cookie': 'x=1, y=2 ; z',
    empty: '',
  });
});

describe('what is wrong is said', () => {
  const wrongLength = (value: string) => `HTTP/1.1 200 OK\r\nContent-Length: ${value}\r\n\r\nhello`;

  test.each<[name: string, exchange: Exchange, problem: string]>([
    ['FIN in the head', { bytes: 'HTTP/1.1 200 OK\r\nA: b\r\n', end: 'FIN' }, 'ended in the head, by FIN'],
    ['RST in the status line', { bytes: 'HT', end: 'RST' }, 'ended in the head, by RST'],
    [
      'FIN after an interim answer',
      { bytes: 'HTTP/1.1 100 Go on\r\n\r\n', end: 'FIN' },
      'ended after the interim answer 100, by FIN',
    ],
    [
      'FIN in the head after an interim answer',
      { bytes: 'HTTP/1.1 100 Go on\r\n\r\nHTTP', end: 'FIN' },
      'ended in the head, by FIN',
    ],
    [
      'Content-Length too large',
      { bytes: wrongLength('10'), end: 'FIN' },
      'ended in the body, by FIN: 5 of 10 bytes',
    ],
    [
      'RST in a body that ends with FIN',
      { bytes: untilClose, end: 'RST' },
      'ended in the body, by RST: 5 bytes of a body that only FIN completes',
    ],
    [
      'FIN in a chunk',
      { bytes: `${chunked}5\r\nab`, end: 'FIN' },
      'ended in the body, by FIN: 2 bytes, the last chunk is missing',
    ],
    [
      'FIN between chunks',
      { bytes: `${chunked}2\r\nab\r\n`, end: 'FIN' },
      'ended in the body, by FIN: 2 bytes, the last chunk is missing',
    ],
    ['no number', { bytes: wrongLength('five') }, 'wrong Content-Length "five"'],
    ['a negative length', { bytes: wrongLength('-5') }, 'wrong Content-Length "-5"'],
    ['an empty length', { bytes: wrongLength('') }, 'wrong Content-Length ""'],
    [
      'a length nobody can count',
      { bytes: wrongLength('99999999999999999999') },
      'wrong Content-Length "99999999999999999999"',
    ],
    [
      'two lengths that differ',
      { bytes: wrongLength('5\r\nContent-Length: 6') },
      'wrong Content-Length "5, 6"',
    ],
    ['a chunk size that is none', { bytes: `${chunked}xyz\r\n` }, 'chunk size "xyz"'],
    ['an empty chunk size', { bytes: `${chunked}\r\n` }, 'chunk size ""'],
    [
      'a chunk size nobody can count',
      { bytes: `${chunked}ffffffffffffffff\r\n` },
      'chunk size "ffffffffffffffff"',
    ],
    [
      'a chunk longer than its size',
      { bytes: `${chunked}2\r\nabc\r\n` },
      'chunk size smaller than its chunk',
    ],
    [
      'an endless chunk extension',
      { bytes: `${chunked}2;${'a'.repeat(5 * kibibyte)}` },
      'chunk size on a line larger than 4 KiB',
    ],
    ['a trailer that is none', { bytes: `${chunked}0\r\noops\r\n` }, 'wrong trailer "oops"'],
    [
      'endless trailers',
      { bytes: `${chunked}0\r\n${'A: b\r\n'.repeat(11 * kibibyte)}` },
      'trailers larger than 64 KiB',
    ],
    [
      'chunks in HTTP/1.0',
      { bytes: chunked.replace('1.1', '1.0') },
      'Transfer-Encoding in an HTTP/1.0 answer',
    ],
    [
      'an endless head',
      { bytes: `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(11 * kibibyte)}` },
      'head larger than 64 KiB',
    ],
    [
      'an oversized header',
      { bytes: withHeader(`A: ${'b'.repeat(70 * kibibyte)}`) },
      'head larger than 64 KiB',
    ],
    [
      'endless interim answers',
      { bytes: 'HTTP/1.1 102 Processing\r\n\r\n'.repeat(500) },
      'more than 100 interim answers',
    ],
    ['a header without colon', { bytes: withHeader('oops') }, 'wrong header "oops"'],
    ['a header with a space before the colon', { bytes: withHeader('A : b') }, 'wrong header "A : b"'],
    ['a folded line that follows nothing', { bytes: withHeader(' folded') }, 'wrong header " folded"'],
    ['NUL in a header', { bytes: withHeader('A: \0') }, 'wrong header "A: \\x00"'],
    ['a status that is none', { bytes: 'HTTP/1.1 OK\r\n' }, 'wrong status line "HTTP/1.1 OK"'],
    ['a status of four digits', { bytes: 'HTTP/1.1 2000 OK\r\n' }, 'wrong status line "HTTP/1.1 2000 OK"'],
    [
      'garbage',
      { bytes: '\x00\x01\x02 what is this? \xff\r\n\r\n' },
      'not HTTP: begins with "\\x00\\x01\\x02 what is this? \\xff\\x0d\\x0a\\x0d\\x0a"',
    ],
    ['much garbage', { bytes: 'x'.repeat(100 * kibibyte) }, `not HTTP: begins with "${'x'.repeat(40)}…"`],
    ['HTTP/2', { bytes: 'HTTP/2 200\r\n' }, 'not HTTP: begins with "HTTP/2 200\\x0d\\x0a"'],
    ['HTTP/0.9', { bytes: '<html>' }, 'not HTTP: begins with "<html>"'],
    ['a TLS alert', { bytes: '\x15\x03\x01\x00\x02\x02\x46' }, 'TLS, not HTTP'],
    ['a TLS handshake', { bytes: '\x16\x03\x03\x00\x7a\x02\x00\x00\x76' }, 'TLS, not HTTP'],
    [
      'garbage after an interim answer',
      { bytes: 'HTTP/1.1 100 Go on\r\n\r\noops' },
      'not HTTP: begins with "oops"',
    ],
  ])('%s', (_, exchange, problem) => {
    expect(read(exchange)).toMatchObject({ phase: 'broken', problem });
  });

  test('what comes after the end is not taken', () => {
    const reader = new ResponseReader({ method: 'POST' });
    reader.push(untilClose);
    reader.end('FIN');
    reader.push('more');
    reader.end('RST');
    expect(reader.state).toMatchObject({ phase: 'complete', bodyBytes: 5, surplusBytes: 0 });
  });

  test('a state does not change after it was read', () => {
    const reader = new ResponseReader({ method: 'POST' });
    reader.push('HTTP/1.1 200 OK\r\nA: b\r\n');
    const before = reader.state;
    reader.push('C: d\r\n\r\nhello');
    expect([before.phase, [...before.headers.keys()], before.bodyBytes]).toEqual(['head', ['a'], 0]);
  });
});

/** An answer and what must be found in it. */
interface Sample {
  bytes: string;
  expected: Partial<ResponseState>;
}

const token = fc.stringMatching(/^[A-Za-z][A-Za-z-]{0,8}$/).map((name) => `X-${name}`);
const value = fc.stringMatching(/^[!-~\x80-\xff]([\t -~\x80-\xff]{0,20}[!-~\x80-\xff])?$/);
const latin1 = (maxLength: number) =>
  fc.uint8Array({ maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));
const fields = fc
  .array(fc.tuple(token, value), { maxLength: 5 })
  .map((pairs) => pairs.map(([name, text]) => `${name}: ${text}\r\n`).join(''));
const interims = fc.array(fc.record({ status: fc.constantFrom(100, 102, 103), fields }), { maxLength: 3 });
const chunks = fc.array(
  latin1(20).filter((chunk) => chunk !== ''),
  { maxLength: 4 },
);

/** Framing header, body on the wire, and the length of the body. */
const framedBody = fc.oneof(
  latin1(40).map((body) => ({
    header: `Content-Length: ${body.length}\r\n`,
    wire: body,
    length: body.length,
  })),
  fc.tuple(chunks, fields).map(([parts, trailers]) => ({
    header: 'Transfer-Encoding: chunked\r\n',
    wire: `${parts.map((part) => `${part.length.toString(16)};x=y\r\n${part}\r\n`).join('')}0\r\n${trailers}\r\n`,
    length: parts.join('').length,
  })),
);

const valid: fc.Arbitrary<Sample> = fc
  .record({
    interims,
    status: fc.integer({ min: 200, max: 599 }).filter((status) => status !== 204 && status !== 304),
    fields,
    close: fc.boolean(),
    body: framedBody,
    surplus: latin1(10),
  })
  .map(({ interims: before, status, fields: own, close, body, surplus }) => ({
    bytes: [
      ...before.map((one) => `HTTP/1.1 ${one.status} Interim\r\n${one.fields}\r\n`),
      `HTTP/1.1 ${status} Some Reason\r\n${own}${close ? 'Connection: close\r\n' : ''}${body.header}\r\n`,
      body.wire,
      surplus,
    ].join(''),
    expected: {
      phase: 'complete',
      status,
      version: '1.1',
      closeAnnounced: close,
      bodyBytes: body.length,
      interim: before.map((one) => one.status),
      surplusBytes: surplus.length,
      problem: '',
    },
  }));

/** Bytes of a valid answer taken out, put in or replaced, and sometimes cut off. */
const broken = fc
  .record({
    sample: valid,
    at: fc.nat(),
    removed: fc.nat(6),
    added: fc.oneof(latin1(4), fc.constantFrom('\r', '\n', '\0', '\r\n\r\n', ':')),
  })
  .map(({ sample: { bytes }, at, removed, added }) => {
    const start = at % (bytes.length + 1);
    return bytes.slice(0, start) + added + bytes.slice(start + removed);
  });
const cutOff = fc.tuple(valid, fc.nat()).map(([{ bytes }, at]) => bytes.slice(0, at % bytes.length));

const ends = fc.constantFrom(undefined, 'FIN' as const, 'RST' as const);
const methods = fc.constantFrom('GET', 'POST', 'HEAD', 'CONNECT');
const cutting = fc.array(fc.nat(), { maxLength: 12 });

describe('however the bytes are split', () => {
  test('a valid answer is found whole', () => {
    fc.assert(
      fc.property(valid, cutting, ends, ({ bytes, expected }, cuts, end) => {
        expect(read({ bytes, cuts, ...(end && { end }) })).toMatchObject(expected);
      }),
    );
  });

  test('any answer, also a broken one, ends in the state of one push', () => {
    fc.assert(
      fc.property(
        fc.oneof(broken, cutOff, latin1(200)),
        methods,
        ends,
        cutting,
        (bytes, method, end, cuts) => {
          const exchange = { bytes, method, ...(end && { end }) };
          expect(read({ ...exchange, cuts })).toEqual(read(exchange));
        },
      ),
      { numRuns: 1000 },
    );
  });

  test('every split in two, and byte by byte', () => {
    const interim = 'HTTP/1.1 103 Early Hints\r\nLink: x\r\n\r\n';
    const samples = [
      `${interim}${chunked}3;a=b\r\nabc\r\n0\r\nT: x\r\n\r\nrest`,
      `${interim}${plain}`,
      untilClose,
      `${chunked}2\r\nabc\r\n`,
      '\x15\x03\x01\x00\x02\x02\x46',
      `${interim}what is this? ${'x'.repeat(120)}`,
      'HTTP/1.1 200 OK\r\nContent-Length: 5, 6\r\n\r\n',
    ];
    for (const bytes of samples) {
      for (const end of ['FIN', 'RST'] as const) {
        const whole = read({ bytes, end });
        const every = Array.from(bytes, (_, at) => at);
        for (const at of every) expect(read({ bytes, end, cuts: [at] })).toEqual(whole);
        expect(read({ bytes, end, cuts: every })).toEqual(whole);
      }
    }
  });

  test.each([
    ['head', `HTTP/1.1 200 OK\r\nA: ${'b'.repeat(64 * kibibyte)}\r\n\r\n`],
    ['head of many lines', `HTTP/1.1 200 OK\r\n${'A: b\r\n'.repeat(11 * kibibyte)}\r\n`],
    ['status line', `HTTP/1.1 200 ${'x'.repeat(64 * kibibyte)}\r\n\r\n`],
    ['chunk size', `${chunked}1;${'x'.repeat(4 * kibibyte)}\r\na\r\n0\r\n\r\n`],
    ['trailers', `${chunked}0\r\nA: ${'b'.repeat(64 * kibibyte)}\r\n\r\n`],
  ])('a limit is met at the same byte: %s', (_, bytes) => {
    const whole = read({ bytes });
    expect(whole.phase).toBe('broken');
    expect(read({ bytes, cuts: Array.from(bytes, (_byte, at) => at) })).toEqual(whole);
  });
});

test('nothing makes it throw, and a later state never takes back an end', () => {
  fc.assert(
    fc.property(fc.array(fc.oneof(latin1(60), broken), { maxLength: 8 }), methods, (pieces, method) => {
      const reader = new ResponseReader({ method });
      let final: string | undefined;
      for (const piece of pieces) {
        reader.push(piece);
        const { phase } = reader.state;
        if (final !== undefined) expect(phase).toBe(final);
        if (phase === 'complete' || phase === 'broken') final = phase;
      }
    }),
  );
});

test('a body without end is counted and not kept', () => {
  const reader = new ResponseReader({ method: 'POST' });
  reader.push(untilClose);
  const piece = 'x'.repeat(1024 * kibibyte);
  for (let count = 0; count < 3000; count += 1) reader.push(piece);
  expect(reader.state.bodyBytes).toBe(5 + 3000 * 1024 * kibibyte);
});
