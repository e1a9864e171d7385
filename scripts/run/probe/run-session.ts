import { join } from 'node:path';
import type { SinglePod, SinglePods } from '../../cluster/embedded/single-pod.ts';
import type { PlannedSession } from '../../probe/sessions.ts';
import { LabError } from '../../support/errors.ts';
import { probeSchema, type ProbeHeader, type ProbeRecord } from '../../timeline/probe-records.ts';
import { openTimeline } from '../../timeline/writer.ts';
import type { ProbeSubject } from './subject.ts';

export interface ProbeRequest {
  subject: ProbeSubject;
  pods: SinglePods;
  /** For the records of the sessions, and `pods/` with the logs. */
  folder: string;
  /** How often every session is repeated. */
  repeat: number;
  signal: AbortSignal;
  progress: ProbeProgress;
}

/** Where people are told what happens. */
export interface ProbeProgress {
  /** What is done now. */
  show(text: string): void;
  /** Something to be kept in mind. */
  print(text: string): void;
}

export interface SessionRequest extends ProbeRequest {
  planned: PlannedSession;
  repetition: number;
  /** Pods of this subject that run side by side and share the memory. */
  podsAtOnce: number;
  /** Hears every record. */
  seen: (record: ProbeRecord) => void;
  /** False once another pod of the subject has answered: a failure is then no news of the app. */
  mustAnswer: () => boolean;
  /** Has the session recorded; the pod is removed afterwards. */
  work: (pod: SinglePod, header: ProbeHeader, record: (record: ProbeRecord) => void) => Promise<void>;
}

/**
 * Starts a pod for one session and has it recorded. Returns the file.
 *
 * @throws LabError `app-not-answering` (exit code 3) when the app could not be brought to answer: the other
 * sessions would go the same way.
 */
export async function runSession(request: SessionRequest): Promise<string> {
  const { planned, repetition, folder, seen, mustAnswer, work } = request;
  const file = join(folder, `${planned.session}.${repetition}.ndjson`);
  const pod = await startPod(request);
  await using end = new AsyncDisposableStack();
  end.use(pod);
  const timeline = end.use(openTimeline<ProbeRecord>(file));
  let failure: string | undefined;
  await work(pod, headerOf(request), (record) => {
    timeline.append(record);
    seen(record);
    if (mustAnswer()) failure ??= startFailure(record, pod);
  });
  if (failure !== undefined) throw await notAnswering(request.subject, pod, failure);
  return file;
}

function startPod({ subject, pods, planned, repetition, folder, podsAtOnce, progress }: SessionRequest) {
  const { base, command, env, port, memoryLimitBytes } = subject;
  return pods.start({
    base: `${base}-${planned.session}-${repetition}`,
    command,
    folder: subject.folder,
    env,
    port,
    limits: { memoryLimitBytes, replicas: podsAtOnce, maxSurge: 0 },
    logFolder: join(folder, 'pods'),
    onWarning: (detail) => progress.print(`${subject.id}, ${planned.session} ${repetition}: ${detail}`),
  });
}

function headerOf({ subject, planned, repetition, pods }: SessionRequest): ProbeHeader {
  return {
    type: 'header',
    schema: probeSchema,
    variant: subject.id,
    session: planned.session,
    condition: planned.condition,
    repetition,
    started: new Date().toISOString(),
    pid1: pods.pid1,
    graceMs: subject.graceMs,
    connections: planned.connections,
  };
}

/** Why the app cannot be probed; asked at once, as what is looked at will be gone. */
function startFailure(record: ProbeRecord, pod: SinglePod): string | undefined {
  if (!('type' in record) || record.type !== 'problem' || record.code !== 'not-answering') return undefined;
  const elsewhere = pod.listensElsewhere();
  return elsewhere === undefined ? record.detail : `${record.detail} Note: ${elsewhere}.`;
}

async function notAnswering({ id }: ProbeSubject, pod: SinglePod, why: string): Promise<LabError> {
  return new LabError('app-not-answering', `${id} cannot be probed. ${why}\n${await pod.describeLog()}`);
}
