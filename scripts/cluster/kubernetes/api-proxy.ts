import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { LabError, messageOf } from '../../support/errors.ts';
import type { Following, Kubectl } from '../../support/kubectl.ts';
import { timeouts } from '../../support/timeouts.ts';
import { apiAt, type Api } from './api.ts';

/**
 * The API through one `kubectl proxy`, which brings the credentials, on a socket that only this user can open: a
 * kubectl for every watch, log and question would take the processors that are to be measured. Disposing it ends
 * the proxy. Throws a LabError `cluster-unreachable`.
 */
export async function openApi(kubectl: Kubectl): Promise<Api> {
  await using undo = new AsyncDisposableStack();
  const folder = mkdtempSync(join(tmpdir(), 'lab-api-'));
  undo.defer(() => rmSync(folder, { recursive: true, force: true }));
  const socket = join(folder, 'socket');
  const proxy = undo.use(kubectl.in(undefined).follow(['proxy', `--unix-socket=${socket}`]));
  try {
    await listening(proxy);
  } catch (error) {
    throw new LabError('cluster-unreachable', `kubectl proxy does not start: ${messageOf(error)}`);
  }
  const api = undo.use(apiAt(socket));
  const end = undo.move();
  return { ...api, [Symbol.asyncDispose]: () => end.disposeAsync() };
}

async function listening(proxy: Following): Promise<void> {
  const started: PromiseWithResolvers<void> = Promise.withResolvers();
  // Its output is read to the end, although only the first line matters.
  const read = async () => {
    for await (const line of proxy.lines) if (line.startsWith('Starting to serve')) started.resolve();
  };
  read().catch(() => undefined);
  const failed = proxy.ended.then((reason) => Promise.reject(new Error(reason ?? 'it was ended')));
  failed.catch(() => undefined);
  const tooLate = sleep(timeouts.apiAnswerMs, undefined, { ref: false }).then(() =>
    Promise.reject(new Error('it does not listen in time')),
  );
  tooLate.catch(() => undefined);
  await Promise.race([started.promise, failed, tooLate]);
}
