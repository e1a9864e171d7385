import { recordSession } from '../../probe/session.ts';
import { probeSessions, type PlannedSession } from '../../probe/sessions.ts';
import type { ProbeRecord, ProbeSession } from '../../timeline/probe-records.ts';
import { readProbeSession } from '../../timeline/read-probe.ts';
import { runSession, type ProbeRequest, type SessionRequest } from './run-session.ts';
import { limitTo, makeGate, type Gate } from './turns.ts';

/** More would slow each other down so much that a start could be taken for a failure. */
export const startingAtOnce = 2;
/** Servers need up to 150 ms from SIGTERM to their first reaction; the next one may then take the processors. */
export const terminationsApartMs = 250;

/**
 * Probes the states of connections: all sessions side by side, each with a pod of its own, one repetition
 * after the other. Returns what can be read back of their records; after an interrupt, what there is until then.
 *
 * @throws LabError `app-not-answering` (exit code 3) when the app answers no request, so that nothing can be seen.
 */
export async function probeVariant(request: ProbeRequest): Promise<ProbeSession[]> {
  const files: string[] = [];
  for (let repetition = 1; repetition <= request.repeat; repetition += 1) {
    if (request.signal.aborted) break;
    files.push(...(await probeOnce(request, repetition)));
  }
  return await Promise.all(files.map((file) => readProbeSession(file)));
}

async function probeOnce(request: ProbeRequest, repetition: number): Promise<string[]> {
  const planned = probeSessions(request.subject.graceMs);
  const failing = new AbortController();
  const signal = AbortSignal.any([request.signal, failing.signal]);
  const shared = {
    ...request,
    signal,
    repetition,
    enter: limitTo(startingAtOnce),
    gate: makeGate(planned.length, terminationsApartMs, signal),
    steps: new Steps(request, `${repetition} of ${request.repeat}`),
    podsAtOnce: planned.length,
  };
  const results = await Promise.allSettled(
    planned.map(async (session) => {
      try {
        return await probeSession(shared, session);
      } catch (error) {
        failing.abort(error);
        throw error;
      }
    }),
  );
  const files: string[] = [];
  for (const result of results) {
    if (result.status === 'rejected') throw result.reason;
    if (result.value !== undefined) files.push(result.value);
  }
  return files;
}

interface Shared extends Omit<SessionRequest, 'planned' | 'work' | 'seen' | 'mustAnswer'> {
  enter: () => Promise<() => void>;
  gate: Gate;
  steps: Steps;
}

/** Waits until few others start, starts a pod, and once it is warm waits for all others. */
async function probeSession(
  { enter, gate, steps, ...request }: Shared,
  planned: PlannedSession,
): Promise<string | undefined> {
  const started = await enter();
  let leave = () => gate.leave();
  try {
    if (request.signal.aborted) return undefined;
    return await runSession({
      ...request,
      planned,
      seen: (record) => steps.note(record),
      mustAnswer: () => !steps.anyAnswered,
      work: (pod, header, record) =>
        recordSession(pod, header, {
          record,
          signal: request.signal,
          async beforeTerminate() {
            started();
            leave = () => undefined;
            await gate.pass();
          },
        }),
    });
  } finally {
    started();
    leave();
  }
}

/** How many sessions have come how far. */
class Steps {
  readonly #counts = { started: 0, answering: 0, sigterm: 0, exited: 0 };
  readonly #tell: (counts: string) => void;

  constructor({ subject, progress }: ProbeRequest, round: string) {
    this.#tell = (counts) => progress.show(`${subject.id}, repetition ${round}: ${counts}`);
  }

  get anyAnswered(): boolean {
    return this.#counts.answering > 0;
  }

  note(record: ProbeRecord): void {
    if (!('type' in record) || record.type !== 'process') return;
    const counts = this.#counts;
    if (!isCounted(record.event, counts)) return;
    counts[record.event] += 1;
    const { started, answering, sigterm, exited } = counts;
    this.#tell(`pods: ${started} started, ${answering} answer, ${sigterm} got SIGTERM, ${exited} have ended`);
  }
}

function isCounted<Counts extends object>(event: PropertyKey, counts: Counts): event is keyof Counts {
  return event in counts;
}
