import { setTimeout as sleep } from 'node:timers/promises';
import { monotonicMs } from '../support/clock.ts';
import type { ResponseState } from '../support/http-response.ts';
import { ProbeConnection } from './connection.ts';
import { SessionProblem } from './lifetime.ts';
import { getRequest, postRequest, type Address } from './requests.ts';
import { probeTimes } from './times.ts';

/** What speaks no HTTP so many times in a row will not learn it. */
const brokenAnswers = 3;
/** Enough for the code that serves a request to be loaded, and for a JVM to have compiled some of it. */
const warmUpRequests = 20;

/** How one request of the lab's own, which is no part of the record, went. */
interface Attempt {
  state: ResponseState | undefined;
  /** Why there was no connection, or how it ended; '' for nothing. */
  errno: string;
}

/**
 * Asks for `/health` until there is a whole response of whatever status. Throws the problem `not-answering` when
 * there was none within the limit, or what came is no HTTP.
 */
export async function untilAnswering(address: Address, limitMs: number, signal: AbortSignal): Promise<void> {
  const deadlineMs = monotonicMs() + limitMs;
  for (let broken = 0; ;) {
    const attempt = await ask(address, getRequest(address, '/health'), signal);
    signal.throwIfAborted();
    if (attempt.state?.phase === 'complete') return;
    broken = attempt.state?.phase === 'broken' ? broken + 1 : 0;
    if (broken === brokenAnswers || monotonicMs() > deadlineMs) {
      const met = `The last attempt met: ${howItFailed(attempt)}.`;
      const limit = `within ${String(limitMs / 1000)} s`;
      throw new SessionProblem(
        'not-answering',
        broken === brokenAnswers
          ? `The server answers GET /health, but not in HTTP/1. ${met}`
          : `The server gave no whole answer to GET /health ${limit}. ${met}`,
      );
    }
    await sleep(probeTimes.attemptEveryMs, undefined, { signal });
  }
}

/** Sends some requests, one after the other, so that the first that counts is not the first of its kind. */
export async function warmUp(address: Address, signal: AbortSignal): Promise<void> {
  const deadlineMs = monotonicMs() + probeTimes.warmUpLimitMs;
  for (let sent = 0; sent < warmUpRequests && monotonicMs() < deadlineMs; sent++) {
    const request = sent % 2 === 0 ? getRequest(address, '/') : postRequest(address);
    await ask(address, request, signal);
    signal.throwIfAborted();
  }
}

async function ask(address: Address, request: string, signal: AbortSignal): Promise<Attempt> {
  let errno = '';
  const connection = new ProbeConnection(0, {
    address,
    now: () => 0,
    record: (seen) => {
      if (seen[0] === 'error') errno = seen[3];
      if (seen[0] === 'fin') errno = 'FIN';
    },
  });
  const giveUp = () => connection.close();
  const timer = setTimeout(giveUp, probeTimes.attemptLimitMs);
  signal.addEventListener('abort', giveUp, { once: true });
  connection.dial();
  await connection.connected();
  connection.send('request', request);
  await connection.answered();
  clearTimeout(timer);
  signal.removeEventListener('abort', giveUp);
  connection.close();
  return { state: connection.answer, errno };
}

function howItFailed({ state, errno }: Attempt): string {
  if (state?.phase === 'broken') return state.problem;
  if (errno === 'FIN') return 'the connection was closed without an answer';
  if (errno !== '') return errno;
  return state === undefined ? 'no connection' : 'no whole answer in time';
}
