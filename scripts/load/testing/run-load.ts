// Stands for the lab in a test that kills it: `node run-load.ts <k6>` prints the process id of its k6.
import { openLoadTrial } from './load-trial.ts';

const trial = await openLoadTrial();
const load = await trial.start(process.argv[2] ?? '');
process.stdout.write(`${load.pid}\n`);
await load.firstRequest;
