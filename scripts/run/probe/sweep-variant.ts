import { analyseSweep } from '../../analysis/probe/sweep.ts';
import { planSweep } from '../../probe/sweep/plan.ts';
import { recordSweep } from '../../probe/sweep/sweep.ts';
import type { ProbeSession } from '../../timeline/probe-records.ts';
import { readProbeSession } from '../../timeline/read-probe.ts';
import { runSession, type ProbeRequest } from './run-session.ts';

export interface SweepVariantRequest extends ProbeRequest {
  /** Of each sweep. */
  connections: number;
  /** How often each may be made until it is valid; 3 if absent. */
  triesEach?: number;
}

/** Seeds need not be kept: the header of a record has the moments that were drawn. */
const drawSeed = () => Math.floor(Math.random() * 2 ** 32);

/**
 * Sweeps idle connections around SIGTERM: one pod after the other, so that nothing else takes the processors.
 * One that is not valid is made again. Returns what can be read back of the records; after an interrupt, what there is until then.
 *
 * @throws LabError `app-not-answering` (exit code 3) when the app answers no request, so that nothing can be seen.
 */
export async function sweepVariant(request: SweepVariantRequest): Promise<ProbeSession[]> {
  // One is made again when the machine was too busy for it; what it lost plays no part in that.
  const { subject, repeat, connections, triesEach = 3, signal, progress } = request;
  const sessions: ProbeSession[] = [];
  let valid = 0;
  for (let repetition = 1; repetition <= repeat * triesEach && valid < repeat; repetition += 1) {
    if (signal.aborted) break;
    progress.show(`${subject.id}, sweep ${valid + 1} of ${repeat}`);
    const file = await runSession({
      ...request,
      planned: planSweep({ connections, seed: drawSeed() }),
      repetition,
      podsAtOnce: 1,
      seen: () => undefined,
      mustAnswer: () => sessions.length === 0,
      work: (pod, header, record) =>
        recordSweep(pod, header, { record, signal, beforeTerminate: () => Promise.resolve() }),
    });
    const session = await readProbeSession(file);
    sessions.push(session);
    if (analyseSweep([session]).invalid.length === 0) valid += 1;
  }
  return sessions;
}
