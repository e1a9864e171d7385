// Stands for the lab in a test that kills it: `node run-command.ts <folder> <script>`.
import { join } from 'node:path';
import { runCommand } from '../command.ts';

const [, , folder = '', script = ''] = process.argv;
await runCommand({
  purpose: 'trial',
  code: 'trial-failed',
  argv: ['sh', '-e', '-c', script],
  cwd: folder,
  logFile: join(folder, 'log'),
  signal: new AbortController().signal,
});
