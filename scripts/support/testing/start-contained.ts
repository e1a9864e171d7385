// Stands for the lab in a test that kills it: `node start-contained.ts contained|single <seconds>` starts a `sleep`.
import { spawn } from 'node:child_process';
import { containedPrefix, parentDeathPrefix } from '../contained.ts';

const [, , kind = '', seconds = ''] = process.argv;
const prefix = kind === 'contained' ? containedPrefix() : parentDeathPrefix();
const [program, ...words] = [...prefix, 'sleep', seconds];
spawn(program, words, { stdio: 'ignore', detached: true });
process.stdout.write('started\n');
setInterval(() => undefined, 1000);
