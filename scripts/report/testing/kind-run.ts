import { asKubernetes } from '../../analysis/testing/kubernetes.ts';
import type { SyntheticOptions } from '../../analysis/testing/synthetic.ts';
import { syntheticRun, type SyntheticRun } from './synthetic-run.ts';

/** The trial whose pods run a preStop hook, so that it shows the propagation delay. */
export const hookedTrial = 'toy/closing/prestop/1';

/** `syntheticRun` on kind; `change` may alter its trials before their records are made. */
export function kindRun(
  change: (options: SyntheticOptions) => SyntheticOptions = (options) => options,
): SyntheticRun {
  const { info, trials } = syntheticRun((options) => {
    const hooked = options.variant === 'toy/closing' && options.scenario === 'prestop';
    return change(hooked ? { ...options, durationMs: 6000 } : options);
  });
  const translated = [...trials].map(
    ([id, records]) => [id, asKubernetes(records, { hookMs: id === hookedTrial ? 1000 : 0 })] as const,
  );
  return {
    info: {
      ...info,
      id: '2026-11-22T10-00-00',
      started: '2026-11-22T10:00:00.000Z',
      cluster: {
        name: 'kind',
        kubernetes: 'v1.34.4',
        pid1: true,
        propagationDelayMs: null,
        limits: ['One node.'],
        reasons: ['a container engine answered'],
      },
    },
    trials: new Map(translated),
  };
}
