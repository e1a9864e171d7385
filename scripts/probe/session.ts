import { setTimeout as sleep } from 'node:timers/promises';
import { unlessAborted } from '../support/interrupt.ts';
import type { ProbeHeader } from '../timeline/probe-records.ts';
import { Acts } from './acts.ts';
import { untilAnswering, warmUp } from './answering.ts';
import { ProbeConnection } from './connection.ts';
import { Lifetime } from './lifetime.ts';
import { prepare, type PlannedConnection } from './preparation.ts';
import type { ProbeContext, ProbeTarget } from './target.ts';
import { probeTimes } from './times.ts';

/**
 * Records one session: brings connections into the states of the header, sends SIGTERM, lets each connection
 * do what it is to do, and keeps every byte and every end until 50 ms after the server's exit. The server is
 * dead when it resolves. What goes wrong with the server, and an interrupt, is a `problem` record; it throws only
 * when the lab itself failed.
 */
export async function recordSession(
  target: ProbeTarget,
  header: ProbeHeader,
  context: ProbeContext,
): Promise<void> {
  context.record(header);
  const { host, port } = target;
  const lifetime = new Lifetime(target, context);
  const { failed } = lifetime;
  const wire = { address: { host, port }, now: () => lifetime.now(), record: context.record };
  const connections: PlannedConnection[] = header.connections.map((plan) => ({
    plan,
    connection: new ProbeConnection(plan.id, wire),
    ready: false,
  }));
  const acts = new Acts(wire.address);
  try {
    await lifetime.during(async () => {
      await untilAnswering(wire.address, context.answeringLimitMs ?? probeTimes.answeringLimitMs, failed);
      lifetime.answering();
      await warmUp(wire.address, failed);
      await unlessAborted(context.beforeTerminate(), failed);
      await prepare(connections, wire.address, failed);
      lifetime.terminate();
      acts.begin(connections);
      await Promise.race([lifetime.exited, sleep(header.graceMs, undefined, { signal: failed, ref: false })]);
      return 'grace was over';
    });
    acts.stop();
    await sleep(probeTimes.afterExitMs);
  } finally {
    acts.stop();
    for (const { connection } of connections) connection.close();
    lifetime.close();
  }
}
