import { statSync, truncateSync } from 'node:fs';
import { constrainedMemory } from 'node:process';
import { totalmem } from 'node:os';
import type { Manifest } from '../../catalogue/model.ts';
import { processTree, proportionalBytes, residentBytes } from './processes.ts';

const mebibyte = 1024 * 1024;
const lookEveryMs = 250;
/** The kubelet's default of `containerLogMaxSize`; it keeps old parts, which is too much for a lab. */
const logLimitBytes = 10 * mebibyte;
/** What stays of a log that is cut: its beginning, where a server says what it is. */
const logKeptBytes = mebibyte;
/** No server is killed for less where the manifest states no limit: a JVM takes that much. */
const leastLimitBytes = 512 * mebibyte;

/** For the limits of the cluster. */
export const guardSentence =
  "A pod that uses more memory than its manifest's resources.limits.memory is killed, as on Kubernetes; without a limit, one that uses more than its share of half of the machine's memory (at least 512 MiB).";

/** What the lab does to a container that takes too much of the machine. */
export interface Guard {
  /** Looks at the log once more: to be called when nothing writes to it any longer. */
  stop(): void;
}

/** What the limits of a pod depend on. */
export type Limits = Pick<Manifest, 'memoryLimitBytes' | 'replicas' | 'maxSurge'>;

export interface GuardRequest {
  /** First process of the container. */
  pid: number;
  manifest: Limits;
  logFile: string;
  /** The container is to be killed, for this reason. */
  onMemory: (detail: string) => void;
  /** The log was cut for the first time. */
  onLog: (detail: string) => void;
}

/** The limit of the manifest, else a share of half of the memory: the machine has to survive a leak. */
export function memoryLimit(manifest: Limits): number {
  if (manifest.memoryLimitBytes !== undefined) return manifest.memoryLimitBytes;
  // 0 or more than there is: no limit is set for this process.
  const constrained = constrainedMemory();
  const machine = constrained > 0 ? Math.min(constrained, totalmem()) : totalmem();
  const pods = manifest.replicas + manifest.maxSurge;
  return Math.max(leastLimitBytes, Math.floor(machine / 2 / pods));
}

function mebibytes(bytes: number): string {
  return `${String(Math.round(bytes / mebibyte))} MiB`;
}

/** Undefined, or why the container is to be killed. */
function overLimit({ pid, manifest }: GuardRequest, limitBytes: number): string | undefined {
  const pids = processTree(pid);
  // The exact figure is dear, and needed only when the rough one is too high.
  if (residentBytes(pids) <= limitBytes) return undefined;
  const usedBytes = proportionalBytes(pids);
  if (usedBytes <= limitBytes) return undefined;
  const whose =
    manifest.memoryLimitBytes === undefined ? "the lab's own limit" : 'its resources.limits.memory';
  return `OOMKilled: it used ${mebibytes(usedBytes)} of memory; ${whose} is ${mebibytes(limitBytes)}`;
}

/** Cuts a log that has grown too long; true when it did. The app appends, so it writes on behind what is left. */
function cutLog(file: string): boolean {
  try {
    if (statSync(file).size <= logLimitBytes) return false;
    truncateSync(file, logKeptBytes);
    return true;
  } catch {
    return false;
  }
}

/** Watches the memory and the log of a running container. */
export function guardContainer(request: GuardRequest): Guard {
  const limitBytes = memoryLimit(request.manifest);
  let logWasCut = false;
  const lookAtLog = () => {
    if (!cutLog(request.logFile) || logWasCut) return;
    logWasCut = true;
    const [limit, kept] = [mebibytes(logLimitBytes), mebibytes(logKeptBytes)];
    request.onLog(`the log grew above ${limit} and is cut to its first ${kept} whenever it does`);
  };
  const timer = setInterval(() => {
    const detail = overLimit(request, limitBytes);
    if (detail !== undefined) {
      clearInterval(timer);
      request.onMemory(detail);
    }
    lookAtLog();
  }, lookEveryMs);
  timer.unref();
  return {
    stop() {
      clearInterval(timer);
      // A fast disk takes hundreds of MiB between the last look and the end of the app.
      lookAtLog();
    },
  };
}
