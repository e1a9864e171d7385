/** Starts a container that would run for a minute, tells where, and waits to be killed. */
import { startContainer } from '../container.ts';

const [, , folder = ''] = process.argv;
await startContainer({
  command: ['sh', '-c', 'sleep 61.25 & exec sleep 61.25'],
  folder,
  env: { PATH: process.env['PATH'] ?? '' },
  logFile: `${folder}/log`,
  temporaryFolder: `${folder}/pod.tmp`,
  visible: [],
  givesWay: true,
});
process.stdout.write('started\n');
setInterval(() => undefined, 1000);
