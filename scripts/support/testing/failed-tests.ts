import { relative } from 'node:path';
import type { Reporter, SerializedError, TestModule } from 'vitest/node';

/**
 * A reporter of vitest that names once more what failed, in one line each, after all else has been printed: of a long
 * record often only the end is at hand.
 */
export class FailedTests implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], unhandled: readonly SerializedError[]): void {
    const lines = [
      ...modules.flatMap(failuresOf),
      ...unhandled.map((error) => `outside of tests: ${lineOf(error)}`),
    ];
    if (lines.length > 0) console.log(['', 'Failed:', ...lines.map((line) => `  ${line}`)].join('\n'));
  }
}

/** Also of files that cannot be read and of hooks, whose tests are only skipped. */
function failuresOf(module: TestModule): string[] {
  const file = relative(process.cwd(), module.moduleId);
  const suites = [...module.children.allSuites()].flatMap((suite) =>
    suite.errors().map((error) => `${suite.fullName}: ${lineOf(error)}`),
  );
  const tests = [...module.children.allTests('failed')].map(
    (test) => `${test.fullName}: ${lineOf(test.result().errors?.[0])}`,
  );
  const own = module.errors().map(lineOf);
  return [...own, ...suites, ...tests].map((what) => `${file} > ${what}`);
}

const shownCharacters = 200;

function lineOf(error: SerializedError | undefined): string {
  const line = (error?.message ?? 'no message').split('\n')[0] ?? '';
  return line.length > shownCharacters ? `${line.slice(0, shownCharacters)}…` : line;
}
