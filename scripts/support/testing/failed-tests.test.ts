import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { expect, test } from 'vitest';
import { projectRoot } from '../project.ts';

const vitest = join(projectRoot, 'node_modules/vitest/vitest.mjs');
const config = `
  import { FailedTests } from '${join(import.meta.dirname, 'failed-tests.ts')}';
  export default { test: { globals: true, reporters: ['default', new FailedTests()] } };`;

async function run(files: {
  [name: string]: string;
}): Promise<{ all: string; exitCode?: number | undefined }> {
  const folder = mkdtempSync(join(tmpdir(), 'failed-tests-'));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    writeFileSync(join(folder, 'vitest.config.mjs'), config);
    return await execa(process.execPath, [vitest, 'run'], { cwd: folder, reject: false, all: true });
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

test('what failed is named last, whether in a test, a hook or a file', async () => {
  const { all, exitCode } = await run({
    'a.test.js': `
      test('holds', () => {});
      describe('of a kind', () => test('does not hold', () => { throw new Error('first line\\nsecond line'); }));`,
    'b.test.js': `
      describe('prepared', () => {
        beforeAll(() => { throw new Error('no cluster'); });
        test('is skipped', () => {});
      });`,
    'c.test.js': 'const = 1;',
  });
  expect(exitCode).toBe(1);
  const end = all
    .slice(all.lastIndexOf('Failed:'))
    .split('\n')
    .map((line) => line.trim());
  expect(end.toSorted()).toEqual([
    'Failed:',
    'a.test.js > of a kind > does not hold: first line',
    'b.test.js > prepared: no cluster',
    expect.stringMatching(/^c\.test\.js > \S/),
  ]);
});

test('where nothing failed, it says nothing', async () => {
  const { all, exitCode } = await run({ 'a.test.js': "test('holds', () => {});" });
  expect(exitCode).toBe(0);
  expect(all).not.toContain('Failed:');
});
