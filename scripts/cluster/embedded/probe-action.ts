import { request } from 'node:http';
import { connect } from 'node:net';
import { execa } from 'execa';
import type { ProbeAction } from '../../catalogue/model.ts';
import { messageOf } from '../../support/errors.ts';
import type { Address } from './balancer/messages.ts';

/** Undefined when the probe passed, else what it met, in words for a log. */
export type ProbeResult = string | undefined;

function httpGet(
  address: Address,
  { path, headers }: { path: string; headers: { [name: string]: string } },
  timeoutMs: number,
) {
  return new Promise<ProbeResult>((resolve) => {
    const get = request({
      ...address,
      path,
      agent: false,
      timeout: timeoutMs,
      headers: { 'User-Agent': 'kube-probe/1.34', Connection: 'close', ...headers },
    });
    get.on('response', (response) => {
      response.resume();
      const status = response.statusCode ?? 0;
      resolve(
        status >= 200 && status < 400 ? undefined : `HTTP probe failed with status code ${String(status)}`,
      );
    });
    get.on('timeout', () => get.destroy(new Error(`no answer within ${String(timeoutMs)} ms`)));
    get.on('error', (error) => resolve(messageOf(error)));
    get.end();
  });
}

function tcpSocket(address: Address, timeoutMs: number) {
  return new Promise<ProbeResult>((resolve) => {
    const socket = connect({ ...address, timeout: timeoutMs });
    const end = (result: ProbeResult) => {
      socket.destroy();
      resolve(result);
    };
    socket.on('connect', () => end(undefined));
    socket.on('timeout', () => end(`no connection within ${String(timeoutMs)} ms`));
    socket.on('error', (error) => end(messageOf(error)));
  });
}

async function exec(command: string[], timeoutMs: number): Promise<ProbeResult> {
  const [program = '', ...args] = command;
  const result = await execa(program, args, {
    reject: false,
    timeout: timeoutMs,
    killDescendants: true,
    killSignal: 'SIGKILL',
    stdin: 'ignore',
    all: true,
  });
  if (!result.failed) return undefined;
  return result.timedOut
    ? `no end within ${String(timeoutMs)} ms`
    : `exit code ${String(result.exitCode)}: ${result.all}`;
}

/** Performs one probe as the kubelet does: a connection or a process of its own each time. */
export function performProbe(
  action: ProbeAction,
  target: { address: Address; enter: string[] },
  timeoutMs: number,
): Promise<ProbeResult> {
  switch (action.kind) {
    case 'httpGet':
      return httpGet(target.address, action, timeoutMs);
    case 'tcpSocket':
      return tcpSocket(target.address, timeoutMs);
    case 'exec':
      return exec([...target.enter, ...action.command], timeoutMs);
  }
}
