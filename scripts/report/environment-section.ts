import { minutesText } from '../support/minutes.ts';
import type { RunReport } from './model.ts';
import type { RunInfo } from './run-info.ts';

/** When, with which versions, and on which machine the run was made, and how long it took. */
export function environmentLines({ run }: RunReport): string[] {
  const { versions, host, options } = run;
  const toolchains = Object.entries(versions.toolchains).map(([name, version]) => `${name} ${version}`);
  const { buildMs, probesMs, trialsMs } = run.durations;
  const times = [
    ...(buildMs === null ? [] : [`builds ${minutesText(buildMs)}${buildsText(run.builds)}`]),
    ...(typeof probesMs === 'number' ? [`${(run.probes ?? []).length} probes ${minutesText(probesMs)}`] : []),
    ...(trialsMs === null ? [] : [`${run.trials.length} planned trials ${minutesText(trialsMs)}`]),
  ];
  return [
    `run ${run.id}, started ${run.started}, seed ${run.seed}, ${options.ratePerSecond} requests/s, ${options.repeat} ${options.repeat === 1 ? 'repetition' : 'repetitions'}`,
    `lab ${versions.lab}, Node.js ${versions.node}, k6 ${versions.k6}; apps: ${toolchains.join(', ')}`,
    `${host.platform} ${host.kernel}, ${host.cpus} × ${host.cpuModel}, ${(host.memoryBytes / 2 ** 30).toFixed(1)} GiB`,
    ...(times.length === 0 ? [] : [`time: ${times.join(', ')}`]),
  ];
}

/** Builds from the cache tell nothing about how long building takes. */
function buildsText(builds: RunInfo['builds']): string {
  if (builds === undefined || builds.length === 0) return '';
  const cached = builds.filter((build) => build.cached).length;
  return ` (${builds.length} apps, ${cached} from the cache)`;
}
