import { availableParallelism } from 'node:os';
import { join } from 'node:path';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';
import { FailedTests } from './scripts/support/testing/failed-tests.ts';

/** Their trials and probes must be valid, or their figures right: nothing runs beside them. */
const measuring = [
  'scripts/load/k6-load.test.ts',
  'scripts/probe/sweep/sweep.test.ts',
  'scripts/run/blinded.blackbox.test.ts',
  'scripts/run/load-that-fits.blackbox.test.ts',
  'scripts/run/measured.blackbox.test.ts',
  'scripts/run/probe/controls.blackbox.test.ts',
];

/** They start real servers, clusters and labs and mostly wait: what these do counts, and not how quickly. Longest first. */
const waiting = [
  'scripts/run/kill-instrument.blackbox.test.ts',
  'scripts/run/kill-lab.blackbox.test.ts',
  'scripts/run/resume.blackbox.test.ts',
  'scripts/run/survival.blackbox.test.ts',
  'scripts/run/apps.contract.test.ts',
  'scripts/**/*.blackbox.test.ts',
  'scripts/cluster/embedded/embedded.test.ts',
  'scripts/catalogue/read-property.test.ts',
  'scripts/probe/*.test.ts',
];

/** They use the container engine and a real Kubernetes, and are skipped with a reason where there is none. Longest first. */
const engine = [
  'scripts/cluster/contract.test.ts',
  'scripts/cluster/kind/kind.test.ts',
  'scripts/cluster/kind/life.test.ts',
  'scripts/build/images.contract.test.ts',
  'scripts/load/k6-job.test.ts',
  'scripts/build/image.test.ts',
  'scripts/cluster/kind/node-images.test.ts',
];

/** Tests start the lab some two hundred times, and half of its start is compiling. */
const compileOnce = {
  NODE_COMPILE_CACHE: join(import.meta.dirname, 'node_modules/.cache/node-compile-cache'),
};

/** Without this, files that have never been run here would be ordered by their size. */
class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const place = ({ moduleId }: TestSpecification) => {
      const found = [...waiting, ...engine].findIndex((pattern) => moduleId.endsWith(pattern));
      return found < 0 ? waiting.length : found;
    };
    return (await super.sort(files)).toSorted((one, other) => place(one) - place(other));
  }
}

export default defineConfig({
  test: {
    globalSetup: ['scripts/test-setup.ts'],
    reporters: ['default', new FailedTests()],
    setupFiles: ['scripts/support/testing/own-temporary-folder.ts'],
    sequence: { sequencer: LongestFirst },
    // Against what hangs. A busy machine may take its time.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    projects: [
      {
        test: {
          name: 'unit',
          include: ['scripts/**/*.test.ts'],
          exclude: [...waiting, ...measuring, ...engine],
          sequence: { groupOrder: 1 },
          maxWorkers: availableParallelism(),
          env: compileOnce,
        },
      },
      {
        test: {
          name: 'waiting',
          include: waiting,
          exclude: measuring,
          sequence: { groupOrder: 2 },
          maxWorkers: Math.ceil(1.5 * availableParallelism()),
          env: compileOnce,
        },
      },
      {
        test: {
          name: 'measuring',
          include: measuring,
          globalSetup: ['scripts/cluster/testing/test-setup.ts'],
          sequence: { groupOrder: 3 },
          fileParallelism: false,
        },
      },
      {
        test: {
          name: 'engine',
          include: engine,
          globalSetup: ['scripts/cluster/testing/test-setup.ts'],
          sequence: { groupOrder: 4 },
          maxWorkers: availableParallelism(),
        },
      },
    ],
  },
});
