import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { parentDeathPrefix } from '../../../support/contained.ts';
import { LabError, messageOf } from '../../../support/errors.ts';
import { timeouts } from '../../../support/timeouts.ts';
import type { Record } from '../../cluster.ts';
import type { Address, BalancerCommand, BalancerMessage } from './messages.ts';

/** The balancer's process as the lab sees it. Disposing it ends the process and all its connections. */
export interface Balancer extends AsyncDisposable {
  readonly pid: number;
  readonly address: Address;
  /** Aborted with a reason when the process ended although nobody asked it to. */
  readonly broken: AbortSignal;
  add(pod: string, address: Address): void;
  remove(pod: string): void;
}

const program = fileURLToPath(new URL('./main.ts', import.meta.url));

/** Starts a balancer on this address; rejects with `balancer-failed` when it cannot listen. */
export async function startBalancer(address: Address, originMs: number, record: Record): Promise<Balancer> {
  const [command, ...args] = [...parentDeathPrefix(), process.execPath, program];
  const balancer = spawn(command, args, {
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
    // A session of its own: a CPU group that the pods do not share, and no Ctrl+C from the terminal.
    detached: true,
  });
  const broken = new AbortController();
  let ending = false;
  const exited = once(balancer, 'exit').then(([exitCode, signal]: (number | string | null)[]) => {
    const how = String(signal ?? `exit code ${String(exitCode)}`);
    if (!ending) broken.abort(`the balancer ended by itself (${how})`);
  });
  const send = (message: BalancerCommand) => {
    // It may end between the two: what cannot be sent any more is not wanted any more.
    if (balancer.connected) balancer.send(message, () => undefined);
  };
  const end = async () => {
    ending = true;
    send({ command: 'end' });
    const kill = setTimeout(() => balancer.kill('SIGKILL'), timeouts.reapMs);
    await exited;
    clearTimeout(kill);
  };
  const { refusedHeadMs, flushBeforeResetMs } = timeouts;
  send({ command: 'listen', address, originMs, refusedHeadMs, flushBeforeResetMs });
  try {
    await listening(balancer, broken.signal, record);
  } catch (error) {
    await end();
    const where = `${address.host}:${String(address.port)}`;
    throw new LabError('balancer-failed', `The balancer cannot listen on ${where}: ${messageOf(error)}`);
  }
  return {
    pid: balancer.pid ?? 0,
    address,
    broken: broken.signal,
    add: (pod, podAddress) => send({ command: 'add', pod, address: podAddress }),
    remove: (pod) => send({ command: 'remove', pod }),
    [Symbol.asyncDispose]: end,
  };
}

/** Takes the balancer's messages from now on; resolves when it listens. */
function listening(balancer: ChildProcess, broken: AbortSignal, record: Record): Promise<void> {
  const { promise, resolve, reject }: PromiseWithResolvers<void> = Promise.withResolvers();
  const tooLate = setTimeout(() => reject(new Error('it did not start in time')), timeouts.balancerStartMs);
  balancer.on('message', (message: BalancerMessage) => {
    if (message.message === 'listening') resolve();
    else if (message.message === 'failed') reject(new Error(message.reason));
    else for (const seen of message.records) record(seen);
  });
  broken.addEventListener('abort', () => reject(new Error(String(broken.reason))));
  return promise.finally(() => clearTimeout(tooLate));
}
