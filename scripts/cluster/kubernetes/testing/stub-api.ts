import { mkdtempSync, rmSync } from 'node:fs';
import { createServer, type ServerResponse } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An API server of which a test says every answer; on a Unix socket, as the proxy of kubectl. */
export interface StubApi extends AsyncDisposable {
  socket: string;
  /** Paths with their queries, in the order in which they were asked for. */
  asked: string[];
}

export async function stubApi(answer: (request: URL, response: ServerResponse) => void): Promise<StubApi> {
  const folder = mkdtempSync(join(tmpdir(), 'stub-api-'));
  const socket = join(folder, 'socket');
  const asked: string[] = [];
  const server = createServer((request, response) => {
    asked.push(request.url ?? '');
    answer(new URL(request.url ?? '', 'http://localhost'), response);
  });
  await new Promise<void>((resolve) => server.listen(socket, resolve));
  return {
    socket,
    asked,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      await new Promise<void>((resolve) => server.close(() => resolve()));
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** An object of which only what the watch itself needs is there. */
export function object(name: string, resourceVersion: number): object {
  return { metadata: { name, uid: name, resourceVersion: String(resourceVersion) } };
}

/** A list as the API writes it. */
export function list(resourceVersion: number, ...items: object[]): string {
  return JSON.stringify({ metadata: { resourceVersion: String(resourceVersion) }, items });
}

/** A line of a watch. */
export function event(type: string, told: object): string {
  return `${JSON.stringify({ type, object: told })}\n`;
}
