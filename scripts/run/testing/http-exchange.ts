import { Agent, request, type IncomingHttpHeaders } from 'node:http';

/** What came back, and whether it came over a connection that had carried a request before. */
export interface Exchange {
  status: number;
  headers: IncomingHttpHeaders;
  body: string;
  durationMs: number;
  reusedConnection: boolean;
}

/** Sends one request over the agent's connections and reads the whole answer. */
export function exchange(
  url: string,
  { agent, body, method = 'GET' }: { agent?: Agent; body?: string; method?: string } = {},
): Promise<Exchange> {
  const startedMs = performance.now();
  return new Promise((resolve, reject) => {
    const sent = request(url, { agent: agent ?? false, method }, (response) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () =>
        resolve({
          status: response.statusCode ?? 0,
          headers: response.headers,
          body: Buffer.concat(chunks).toString(),
          durationMs: performance.now() - startedMs,
          reusedConnection: sent.reusedSocket,
        }),
      );
    });
    sent.on('error', reject);
    sent.end(body);
  });
}
