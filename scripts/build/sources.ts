import { createHash } from 'node:crypto';
import { chmod, copyFile, mkdir, readFile, readdir, readlink, stat, symlink } from 'node:fs/promises';
import { dirname, join } from 'node:path';

/** One file of an app that its build may read. */
export interface SourceFile {
  /** Relative to the app's folder, with `/`. */
  path: string;
  kind: 'file' | 'link';
}

const ignoredAnywhere = new Set(['node_modules', '.git', '.venv', '__pycache__']);
// Output of builds by hand. Further down these names may hold sources (`src/bin` of Cargo).
const ignoredAtTop = new Set(['target', 'dist', 'bin', 'app.yaml']);

/**
 * Files of an app in a fixed order, without what builds leave behind and without `app.yaml`, of which only
 * the build script matters here. Exactly these are hashed and copied, so that no build depends on more.
 */
export async function listSources(folder: string): Promise<SourceFile[]> {
  const found: SourceFile[] = [];
  async function walk(below: string): Promise<void> {
    for (const entry of await readdir(join(folder, below), { withFileTypes: true })) {
      const path = below === '' ? entry.name : `${below}/${entry.name}`;
      if (ignoredAnywhere.has(entry.name) || ignoredAtTop.has(path)) continue;
      if (entry.isDirectory()) await walk(path);
      else if (entry.isSymbolicLink()) found.push({ path, kind: 'link' });
      else if (entry.isFile()) found.push({ path, kind: 'file' });
    }
  }
  await walk('');
  return found.sort((a, b) => (a.path < b.path ? -1 : 1));
}

/** SHA-256 over paths, contents and executable bits of the files, and over `context`. */
export async function hashSources(folder: string, files: SourceFile[], context: unknown): Promise<string> {
  const hash = createHash('sha256').update(JSON.stringify(context));
  for (const { path, kind } of files) {
    const absolute = join(folder, path);
    const content = kind === 'link' ? Buffer.from(await readlink(absolute)) : await readFile(absolute);
    const executable = kind === 'file' && (await isExecutable(absolute));
    hash.update(JSON.stringify([path, kind, executable, content.length])).update(content);
  }
  return hash.digest('hex');
}

/** Copies the files into a new folder. */
export async function copySources(folder: string, files: SourceFile[], target: string): Promise<void> {
  await mkdir(target, { recursive: true });
  for (const { path, kind } of files) {
    const [from, to] = [join(folder, path), join(target, path)];
    await mkdir(dirname(to), { recursive: true });
    if (kind === 'link') {
      await symlink(await readlink(from), to);
      continue;
    }
    await copyFile(from, to);
    // A read-only source must not make a folder that its build cannot write to.
    await chmod(to, (await isExecutable(from)) ? 0o755 : 0o644);
  }
}

async function isExecutable(file: string): Promise<boolean> {
  return ((await stat(file)).mode & 0o111) !== 0;
}
