import { expect, test } from 'vitest';
import { commandSubject } from './command.ts';

test.each([
  ['one command takes the place of the shell', 'node server.js --port 1', 'exec env node server.js --port 1'],
  ['so does one with assignments before it', 'A="x y" node server.js', 'exec env A="x y" node server.js'],
  ['of several the shell runs what was written', 'cd app && exec node a.js', 'cd app && exec node a.js'],
])('%s', (_, typed, script) => {
  const subject = commandSubject(typed, '/somewhere');
  expect(subject).toMatchObject({ id: typed, command: ['sh', '-c', script], folder: '/somewhere' });
});
