import { execa } from 'execa';
import { styleText } from 'node:util';

interface Gate {
  title: string;
  command: string;
  arguments: string[];
}

const gates: Gate[] = [
  { title: 'formatting', command: 'prettier', arguments: ['--check', '.'] },
  { title: 'lint', command: 'eslint', arguments: ['.'] },
  { title: 'types', command: 'tsc', arguments: ['-p', 'tsconfig.json'] },
  { title: 'types of the load script', command: 'tsc', arguments: ['-p', 'scripts/load/k6/tsconfig.json'] },
  { title: 'imports between folders', command: 'depcruise', arguments: ['scripts'] },
  {
    title: 'exports that nothing uses',
    command: 'ts-unused-exports',
    // A type that is part of an exported one may be exported without anybody using its name.
    arguments: [
      'tsconfig.json',
      '--allowUnusedTypes',
      '--showLineNumber',
      '--excludePathsFromReport=.config.ts$;/test-setup.ts$',
    ],
  },
  { title: 'generated text is current', command: 'node', arguments: ['scripts/table.ts', '--check'] },
];

const failures: { gate: Gate; output: string }[] = [];
for (const gate of gates) {
  const output = await run(gate);
  const mark = output === undefined ? styleText('green', 'ok    ') : styleText('red', 'failed');
  console.log(`${mark} ${gate.title}`);
  if (output !== undefined) failures.push({ gate, output });
}
for (const { gate, output } of failures) {
  console.log(
    `\n${styleText('bold', gate.title)}: ${[gate.command, ...gate.arguments].join(' ')}\n\n${output}`,
  );
}
process.exitCode = failures.length === 0 ? 0 : 1;

/** What a gate that failed had to say, or undefined when it passed. */
async function run(gate: Gate): Promise<string | undefined> {
  const result = await execa(gate.command, gate.arguments, {
    cwd: `${import.meta.dirname}/..`,
    preferLocal: true,
    reject: false,
    all: true,
    env: process.stdout.isTTY ? { FORCE_COLOR: '1' } : {},
  });
  if (!result.failed) return undefined;
  return result.all === '' ? (result.shortMessage ?? '') : result.all;
}
