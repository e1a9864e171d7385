// Installs the packages once. npm runs this before every command (`prelab`, `pretest`, …), so it is plain
// JavaScript for whatever Node.js the machine has, needs no package, and costs next to nothing when there is
// nothing to do: the lock file is compared with a copy that is kept inside node_modules.
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const lowestNode = 20;
const lowestNpm = 9;
const setUpProblem = 3;

const root = fileURLToPath(new URL('..', import.meta.url));
const lockFile = join(root, 'package-lock.json');
const installedLockFile = join(root, 'node_modules', '.zero-downtime-lab-lock.json');

function fail(message) {
  console.error(`\n${message}\n`);
  process.exit(setUpProblem);
}

function read(file) {
  try {
    return readFileSync(file);
  } catch {
    return undefined;
  }
}

function majorOf(version) {
  return Number(version.split('.')[0]);
}

function requireNode() {
  if (majorOf(process.versions.node) >= lowestNode) return;
  fail(
    `The lab needs Node.js ${lowestNode} or newer to set itself up; found ${process.versions.node} (${process.execPath}).\n` +
      'Install a newer one from https://nodejs.org or with your version manager, then run the command again.',
  );
}

/** The npm that runs this script, else the one on the PATH. */
function npmCommand() {
  const script = process.env.npm_execpath;
  return script?.endsWith('npm-cli.js') ? [process.execPath, script] : ['npm'];
}

function requireNpm([program, ...rest]) {
  const result = spawnSync(program, [...rest, '--version'], { encoding: 'utf8', cwd: root });
  if (result.error || result.status !== 0) {
    fail(`The lab needs npm ${lowestNpm} or newer; \`npm --version\` did not work. npm comes with Node.js.`);
  }
  const version = result.stdout.trim();
  if (majorOf(version) < lowestNpm) {
    fail(
      `The lab needs npm ${lowestNpm} or newer; found ${version}. \`npm install --global npm\` updates it.`,
    );
  }
}

function install() {
  const [program, ...rest] = npmCommand();
  requireNpm([program, ...rest]);
  console.error('Installing packages with npm ci (once, and again when package-lock.json changes)');
  const result = spawnSync(program, [...rest, 'ci', '--no-audit', '--no-fund'], {
    stdio: 'inherit',
    cwd: root,
  });
  if (result.signal === 'SIGINT' || result.status === 130) process.exit(130);
  if (result.error || result.status !== 0) {
    const how =
      result.error?.message ?? (result.signal ? `signal ${result.signal}` : `exit code ${result.status}`);
    fail(
      `npm ci failed (${how}); its output above says why. It needs the package registry that npm is set to use\n` +
        '(`npm config get registry`). Run the command again when that is mended.',
    );
  }
  mkdirSync(dirname(installedLockFile), { recursive: true });
  copyFileSync(lockFile, installedLockFile);
}

const wanted = read(lockFile);
if (wanted === undefined) fail(`${lockFile} is missing: the lab runs from a full clone of its repository.`);
if (!read(installedLockFile)?.equals(wanted)) {
  requireNode();
  install();
}
