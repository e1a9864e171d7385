import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { Population } from '../../timeline/records.ts';

/** One request as the server saw it. */
export interface SeenRequest {
  population: Population;
  iteration: number;
  method: string;
  body: string;
  connectionHeader: string;
  /** Counts the server's connections from 1. */
  connection: number;
}

/** A hello-world that keeps what it saw. */
export interface ToyServer extends AsyncDisposable {
  url: string;
  seen: SeenRequest[];
  /** Requests from now on are read and never answered. */
  swallow(population: Population): void;
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString();
}

async function listen(server: Server, host: string): Promise<string> {
  await new Promise<void>((resolve) => server.listen(0, host, resolve));
  return `http://${host}:${(server.address() as AddressInfo).port}`;
}

/** Starts a toy server on a free port of an address of this machine. */
export async function startToyServer(host = '127.0.0.1'): Promise<ToyServer> {
  const seen: SeenRequest[] = [];
  const swallowed = new Set<Population>();
  const connections = new WeakMap<object, number>();
  let connectionCount = 0;
  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await bodyOf(request).catch(() => '');
    const [, population = '', iteration] = /^(.*)-(\d+)$/.exec(String(request.headers['x-rid'])) ?? [];
    seen.push({
      population: population as Population,
      iteration: Number(iteration),
      method: request.method ?? '',
      body,
      connectionHeader: request.headers.connection ?? '',
      connection: connections.get(request.socket) ?? 0,
    });
    if (swallowed.has(population as Population)) return;
    response.setHeader('X-Pod', 'toy-1');
    response.end('Hello World!\n');
  }
  const server = createServer((request, response) => void answer(request, response));
  server.on('connection', (socket) => connections.set(socket, (connectionCount += 1)));
  server.keepAliveTimeout = 60_000;
  return {
    url: await listen(server, host),
    seen,
    swallow: (population) => swallowed.add(population),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}
