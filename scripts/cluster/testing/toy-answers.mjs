// How the toy answers `/`; its health check is always answered properly.
import { setTimeout as sleep } from 'node:timers/promises';

let turn = Promise.resolve();

function hello(response) {
  response.end('Hello World!\n');
}

/** By the value of ANSWER. */
export const answers = {
  well: (_, response) => hello(response),
  /** Ends every connection after its answer. */
  close(_, response) {
    response.setHeader('Connection', 'close');
    hello(response);
  },
  /** One request at a time, each takes ANSWER_MS (0.1 s). */
  serial(_, response) {
    turn = turn.then(() => sleep(Number(process.env.ANSWER_MS ?? 100))).then(() => hello(response));
  },
  500(_, response) {
    response.statusCode = 500;
    response.end('out of order\n');
  },
  /** Bytes that are no HTTP. */
  garbage: (request) => request.socket.end('\x00\x01\x02 what is this? \xff\r\n\r\n'),
  'hang-up': (request) => request.socket.destroy(),
};
