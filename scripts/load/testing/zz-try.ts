import { setTimeout as sleep } from 'node:timers/promises';
import { Kubectl } from '../../support/kubectl.ts';
import { openLoadTrial } from './load-trial.ts';
import { startToyServer } from './toy-server.ts';

const kubectl = new Kubectl({ program: process.argv[2] ?? '', kubeconfig: undefined, context: 'x', namespace: 'y' });
await using server = await startToyServer();
await using trial = await openLoadTrial();
const t0 = Date.now(); const say = (...x: unknown[]) => console.log(Date.now() - t0, ...x);
{
  await using load = await trial.start('', { url: server.url, place: { from: 'cluster', kubectl } });
  say('started');
  await load.firstRequest; say('first', load.clock);
  say('usage', await load.usage());
  await sleep(3000); say(load.pressure());
  await load.settled(trial.nowMs()); say('settled');
  say('usage', await load.usage());
  await load.stop(); say('stopped');
  console.log(JSON.stringify(trial.events), trial.clocks, trial.started.length, trial.ended.length, load.broken.aborted);
}
say('disposed');
