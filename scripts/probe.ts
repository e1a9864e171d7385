/** `npm run probe`: sends SIGTERM to a pod with connections in known states, and prints what each of them met. */
import { lockMachine } from './run/lock.ts';
import { finishProbe } from './run/probe/finish.ts';
import { probeVariant } from './run/probe/probe-variant.ts';
import { planProbe, startProbe } from './run/probe/start.ts';
import { sweepVariant } from './run/probe/sweep-variant.ts';
import { runCommandLine } from './support/command-line.ts';
import { watchInterrupts } from './support/interrupt.ts';
import { parseProbeOptions } from './support/probe-options.ts';

await runCommandLine(parseProbeOptions, async (options) => {
  const planned = await planProbe(options);
  using held = new DisposableStack();
  held.use(await lockMachine(planned.folder));
  using interrupts = watchInterrupts(() => {
    process.stderr.write(
      '\nInterrupted: ending the pods. What was recorded is kept. Once more ends at once.\n',
    );
  });
  const probe = await startProbe(planned, interrupts.signal);
  const { sweep } = options;
  const sessions = await (sweep ? sweepVariant({ ...probe, ...sweep }) : probeVariant(probe));
  return finishProbe(probe, sessions, options.json);
});
