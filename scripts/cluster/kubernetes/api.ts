import { once } from 'node:events';
import { Agent, request, type IncomingMessage, type RequestOptions } from 'node:http';
import { timeouts } from '../../support/timeouts.ts';

/** An answer of the API server. */
export interface ApiAnswer {
  status: number;
  body: string;
  /** Its `Date` header. */
  date: string | undefined;
}

/** A list, a log or a watch whose lines are read as they come. */
export interface ApiStream {
  status: number;
  /** Rejects when the connection breaks. */
  lines: AsyncIterable<string>;
}

/** The API of a cluster by plain HTTP, on connections that are kept. Disposing it closes them. */
export interface Api extends AsyncDisposable {
  /** Throws an Error when there is no answer in time. */
  get(path: string): Promise<ApiAnswer>;
  /** Deletes an object; the query says how. Throws as `get` does. */
  delete(path: string): Promise<ApiAnswer>;
  /** Throws an Error when there is no answer; ends when the signal is aborted. */
  stream(path: string, signal: AbortSignal): Promise<ApiStream>;
}

/** The API at a Unix socket, where credentials are not needed. */
export function apiAt(socketPath: string): Api {
  const agent = new Agent({ keepAlive: true });
  // kubectl's proxy refuses unknown names, so that no web page reaches it under one of its own.
  const options = { socketPath, agent, headers: { host: 'localhost' } };
  const ask = async (method: string, path: string): Promise<ApiAnswer> => {
    const signal = AbortSignal.timeout(timeouts.apiAnswerMs);
    const response = await respond({ ...options, method, path, signal });
    let body = '';
    for await (const chunk of response.setEncoding('utf8')) body += chunk as string;
    return { status: response.statusCode ?? 0, body, date: response.headers.date };
  };
  return {
    get: (path) => ask('GET', path),
    delete: (path) => ask('DELETE', path),
    async stream(path, signal) {
      const response = await respond({ ...options, path, signal });
      return { status: response.statusCode ?? 0, lines: linesOf(response) };
    },
    [Symbol.asyncDispose]() {
      agent.destroy();
      return Promise.resolve();
    },
  };
}

async function respond(options: RequestOptions): Promise<IncomingMessage> {
  const sent = request(options);
  sent.end();
  const [response] = (await once(sent, 'response')) as [IncomingMessage];
  return response;
}

async function* linesOf(response: IncomingMessage): AsyncIterable<string> {
  let rest = '';
  for await (const chunk of response.setEncoding('utf8')) {
    const lines = (rest + (chunk as string)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
