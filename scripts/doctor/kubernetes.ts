import { chooseCluster } from '../cluster/choose.ts';
import { nodeContainers } from '../cluster/kind/containers.ts';
import { clusterName } from '../cluster/kind/kind.ts';
import { defaultKubernetes, nodeImageOf } from '../cluster/kind/node-image.ts';
import { kind, kubectlFor } from '../cluster/kind/tools.ts';
import { checkEngine } from '../support/engine.ts';
import { askEngine } from '../support/engine-command.ts';
import { LabError } from '../support/errors.ts';
import { searchProgram } from '../support/provide.ts';
import type { Check } from './check.ts';
import { wayTo } from './provided.ts';

/** Which cluster `npm run lab` would use, why, and what kind needs; nothing is built or started. */
export async function checkKubernetes(): Promise<Check[]> {
  const { name, reasons } = await chooseCluster(undefined);
  const engine = await checkEngine();
  const common = { area: 'cluster' } as const;
  const checks: Check[] = [
    { ...common, name: 'driver', status: 'ok', detail: `${name}: ${reasons.join('; ')}` },
  ];
  if ('reason' in engine) {
    const detail = `${engine.reason}; without one the lab uses the embedded cluster`;
    return [...checks, { ...common, name: 'container engine', status: 'limited', detail }];
  }
  return [
    ...checks,
    { ...common, name: 'container engine', status: 'ok', detail: `docker ${engine.version} answers` },
    { ...common, name: 'kind', ...wayTo(await searchProgram(kind)) },
    { ...common, name: 'kubectl', ...wayTo(await searchProgram(kubectlFor(defaultKubernetes))) },
    { ...common, name: 'node image', status: 'ok', detail: await describeNodeImage() },
    { ...common, name: 'kind cluster', status: 'ok', detail: await describeCluster() },
  ];
}

async function describeNodeImage(): Promise<string> {
  const image = nodeImageOf(defaultKubernetes);
  const { failed } = await askEngine(['image', 'inspect', '--format', '{{.Id}}', image]);
  return failed ? `${image} will be pulled, about 450 MB` : `${image} is there`;
}

async function describeCluster(): Promise<string> {
  try {
    const containers = await nodeContainers(clusterName);
    if (containers.length === 0) return `${clusterName} will be made, about 20 s`;
    const running = containers.every((container) => container.running);
    return `${clusterName} is there${running ? '' : ', but does not run: it will be made anew'}`;
  } catch (error) {
    if (error instanceof LabError) return error.message;
    throw error;
  }
}
