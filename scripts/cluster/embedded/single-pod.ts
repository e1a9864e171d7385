import { containment } from '../../support/contained.ts';
import { makeFolder } from '../../support/write-whole.ts';
import { makeAddresses, makeOwnPorts } from './addresses.ts';
import type { Address } from './balancer/messages.ts';
import { startContainer, type Container, type ContainerExit } from './container.ts';
import { guardContainer, type Limits } from './guard.ts';
import { watchListeners, type Listeners } from './listeners.ts';
import { describeLog } from './pod-messages.ts';
import { placePod } from './pods.ts';
import { keepToOneProcessor } from './processors.ts';
import { listensElsewhere } from './sockets.ts';

/** What a pod without Deployment and Service is started with. */
export interface SinglePodRequest {
  /** Beginning of its name. */
  base: string;
  /** In exec form. */
  command: string[];
  /** Folder in which the command runs. */
  folder: string;
  /** What manifest and variant set. */
  env: { [name: string]: string };
  /** Undefined for a server that may not know HOST: it gets a port that nobody else has, on 127.0.0.1. */
  port: number | undefined;
  limits: Limits;
  logFolder: string;
  /** The lab had to interfere: its log was cut, or it was killed for the memory it took. */
  onWarning: (detail: string) => void;
}

/** One pod that nobody probes, restarts or sends load to. Disposing it ends it and all it has started. */
export interface SinglePod extends AsyncDisposable {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly logFile: string;
  /** The app's first process, as the lab sees it; 0 when it ended at once. */
  readonly pid: number;
  readonly exited: Promise<ContainerExit>;
  /** Leaves the other processors, where there are any, to whoever measures it. */
  keepToOneProcessor(): Promise<void>;
  /** Sends SIGTERM to the first process. */
  terminate(): void;
  /** Sends SIGKILL, which ends every process of the pod. */
  kill(): void;
  /** Tells once when the kernel no longer shows a listening socket on the address; never where it does not tell. */
  watchListener(onClosed: () => void): void;
  /** Where it listens instead of at its address, in words; undefined when that is not known to be so. */
  listensElsewhere(): string | undefined;
  /** What it was told and the end of what it said, in lines. */
  describeLog(): Promise<string>;
}

/** Starts pods one by one, each as a Deployment of the embedded cluster would. */
export interface SinglePods {
  /** True when every pod is PID 1 of its own PID namespace, as in a container. */
  readonly pid1: boolean;
  start(request: SinglePodRequest): Promise<SinglePod>;
}

/** `visible` are folders that pods must see although each has its own /tmp. */
export function makeSinglePods(visible: string[]): SinglePods {
  const places = { addresses: makeAddresses(), ownPorts: makeOwnPorts() };
  const listeners = watchListeners();
  return {
    pid1: containment().pidNamespace,
    async start(request) {
      const { port = 0 } = request;
      const anyHost = request.port === undefined;
      makeFolder(request.logFolder);
      const addresses = anyHost ? places.ownPorts : places.addresses;
      // Nothing competes with it, and it must notice SIGTERM at once: in a sweep milliseconds count.
      const placed = await placePod({ ...request, port, addresses, visible, givesWay: false });
      const container = await startContainer(placed.container);
      return runningPod(request, {
        ...placed,
        logFile: placed.container.logFile,
        container,
        listeners,
        anyHost,
      });
    },
  };
}

interface Started {
  name: string;
  address: Address;
  logFile: string;
  container: Container;
  listeners: Listeners;
  /** It may listen at any address. */
  anyHost: boolean;
}

function runningPod({ limits, onWarning }: SinglePodRequest, started: Started): SinglePod {
  const { name, address, logFile, container, listeners, anyHost } = started;
  const { pid, exited } = container;
  const kill = () => container.signal('SIGKILL');
  const listener = watchEnd(listeners, { ...address, anyHost });
  const onMemory = (detail: string) => {
    onWarning(detail);
    kill();
  };
  const guard = guardContainer({ pid, manifest: limits, logFile, onMemory, onLog: onWarning });
  return {
    name,
    ...address,
    logFile,
    pid,
    exited,
    keepToOneProcessor: () => keepToOneProcessor(pid),
    terminate: () => container.signal('SIGTERM'),
    kill,
    watchListener: (onClosed) => listener.onClosed(onClosed),
    listensElsewhere: () => (listener.listening() ? undefined : listensElsewhere(pid, address)),
    describeLog: () => describeLog(started),
    async [Symbol.asyncDispose]() {
      kill();
      await exited.catch(() => undefined);
      guard.stop();
      listener.stop();
    },
  };
}

/** Watches from the start, so that the end is noticed however soon after the wish to know it comes. */
function watchEnd(listeners: Listeners, address: Parameters<Listeners['watch']>[0]) {
  let listening = false;
  let callbacks: (() => void)[] = [];
  const watched = listeners.watch(address, (now) => {
    listening = now;
    if (now) return;
    for (const callback of callbacks) callback();
    callbacks = [];
  });
  return {
    listening: () => listening,
    onClosed(callback: () => void) {
      callbacks.push(callback);
      watched.closely();
    },
    stop: () => watched.stop(),
  };
}
