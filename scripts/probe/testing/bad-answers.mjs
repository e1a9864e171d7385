// Ways to answer a request that are unusual or wrong, by the value of BAD. Each writes raw bytes to the socket.
import { Buffer } from 'node:buffer';
import { clearInterval, setImmediate, setInterval } from 'node:timers';

const body = 'Hello World!\n';
const head = `HTTP/1.1 200 OK\r\nContent-Length: ${body.length}\r\n\r\n`;

/** As it should be. */
export const hello = (socket) => socket.write(head + body);

/** Writes the same again and again until the client has gone; what the client does not read is not piled up. */
function forever(socket, bytes) {
  const writing = setInterval(() => {
    if (!socket.writableNeedDrain) socket.write(bytes);
  }, 5);
  const stop = () => {
    clearInterval(writing);
    socket.destroy();
  };
  socket.once('end', stop);
  socket.once('close', stop);
}

/** By the value of BAD. */
export const badAnswers = {
  /** The old protocol, which ends the connection with each answer. */
  http10: (socket) => socket.end(`HTTP/1.0 200 OK\r\nContent-Length: ${body.length}\r\n\r\n${body}`),

  /** In chunks with extensions, and with trailers after them. */
  chunked(socket) {
    socket.write(
      'HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\nTrailer: Digest\r\n\r\n6;part=1\r\nHello ',
    );
    socket.write('\r\n7 ; part="2;"\r\nWorld!\n\r\n0\r\nDigest: none\r\n\r\n');
  },

  /** Every byte in a packet of its own. */
  'single-bytes'(socket) {
    const bytes = [...(head + body)];
    const next = () => {
      const byte = bytes.shift();
      if (byte === undefined || socket.destroyed) return;
      socket.write(byte, () => setImmediate(next));
    };
    next();
  },

  /** Two answers before the answer. */
  interim(socket) {
    socket.write('HTTP/1.1 100 Continue\r\n\r\n');
    socket.write(`HTTP/1.1 103 Early Hints\r\nLink: </style.css>; rel=preload\r\n\r\n${head}${body}`);
  },

  'endless-head'(socket) {
    socket.write('HTTP/1.1 200 OK\r\n');
    forever(socket, 'X-Filler: 0123456789\r\n'.repeat(500));
  },

  /** A head of 100 KiB; nothing else is wrong with it. */
  'oversized-head': (socket) =>
    socket.write(head.replace('\r\n\r\n', `\r\nX-Filler: ${'x'.repeat(100 * 1024)}\r\n\r\n`) + body),

  /** Less than it says, and then FIN. */
  'short-body': (socket) => socket.end(`HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n${body}`),

  /** More than it says. */
  'long-body': (socket) => socket.write(`HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n${body}`),

  /** What a TLS server sends to a client that does not speak TLS: a fatal alert, `unexpected_message`. */
  tls: (socket) => socket.end(Buffer.from([0x15, 0x03, 0x01, 0x00, 0x02, 0x02, 0x0a])),

  'endless-body'(socket) {
    socket.write('HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n');
    forever(socket, `4000\r\n${'x'.repeat(0x4000)}\r\n`);
  },

  garbage: (socket) => socket.end(Buffer.from('\x00\x01\x02 what is this? \xff\r\n\r\n', 'latin1')),
};
