import { appendFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { openCacheFolder, partialName } from '../support/cache.ts';
import { monotonicMs } from '../support/clock.ts';
import { runCommand } from '../support/command.ts';
import { LabError } from '../support/errors.ts';
import { cacheEntry, copyLog, prune, removeFolder } from './build-cache.ts';
import type { ImageJob } from './image-jobs.ts';
import { hasImage } from '../support/engine-images.ts';
import { markAsUsed, pruneImages } from './image-store.ts';
import type { BuildOptions } from './native.ts';
import { copySources, hashSources, listSources, type SourceFile } from './sources.ts';

/** An image that the engine of this machine has. */
export interface BuiltImage {
  /** `zero-downtime-lab/gin:0f3a5c7e9b1d2f40` */
  image: string;
  cached: boolean;
  durationMs: number;
}

/** Changes when the way of building changes, so that older images are not taken for new ones. */
const imageFormat = 1;

/**
 * Builds an image with the container engine, or finds it there: its tag is a hash of the sources, the Dockerfile and
 * the build arguments. Throws a LabError `build-failed` or `engine-failed`, or the signal's reason.
 */
export async function buildImage(job: ImageJob, options: BuildOptions): Promise<BuiltImage> {
  const startedMs = monotonicMs();
  const { framework, args, name } = job;
  const files = await listSources(framework.folder);
  const hash = (await hashSources(framework.folder, files, { imageFormat, args })).slice(0, 16);
  const image = `zero-downtime-lab/${framework.id}:${hash}`;
  const logs = await openCacheFolder('images');
  const { logFile } = cacheEntry(logs, framework.id, hash);
  const runLog = join(options.logFolder, `${name.replace('/', '-')}.log`);
  const cached = await hasImage(image, options.signal);
  if (cached) {
    await markAsUsed(image, options.signal);
  } else {
    await buildFrom(files, { job, image, logFile, runLog, options });
    const removed = await pruneImages(image, labelOf(job), options.signal);
    for (const tag of removed) await rm(cacheEntry(logs, framework.id, tag).logFile, { force: true });
    await prune(logs, framework.id);
  }
  await copyLog(logFile, runLog);
  return { image, cached, durationMs: monotonicMs() - startedMs };
}

interface ImageBuild {
  job: ImageJob;
  image: string;
  logFile: string;
  /** The copy of the log that belongs to the run. */
  runLog: string;
  options: BuildOptions;
}

/** Builds a copy, so that the image has what its tag says even when a source is edited meanwhile. */
async function buildFrom(files: SourceFile[], build: ImageBuild): Promise<void> {
  const { job, logFile, runLog } = build;
  const partial = partialName(logFile.replace(/\.log$/, ''));
  const partialLog = `${partial}.log`;
  await removeFolder(partial);
  await rm(partialLog, { force: true });
  try {
    await copySources(job.framework.folder, files, partial);
    await appendFile(partialLog, '');
    await runBuild(build, { folder: partial, log: partialLog });
    await rename(partialLog, logFile);
  } catch (error) {
    if (error instanceof LabError && !build.options.signal.aborted) {
      await rename(partialLog, logFile);
      await copyLog(logFile, runLog);
    }
    throw error;
  } finally {
    await removeFolder(partial);
    await rm(partialLog, { force: true });
  }
}

async function runBuild(
  { job, image, logFile, options }: ImageBuild,
  { folder, log }: { folder: string; log: string },
): Promise<void> {
  const { signal, onProgress } = options;
  const args = Object.entries(job.args).flatMap(([name, value]) => ['--build-arg', `${name}=${value}`]);
  await runCommand({
    purpose: `build of the image of ${job.name}`,
    code: 'build-failed',
    argv: ['docker', 'build', '--tag', image, '--label', labelOf(job), ...args, '.'],
    cwd: folder,
    shownFolder: job.framework.folder,
    // `kind load` takes only what is for one platform, and an attestation counts as another.
    env: { NO_COLOR: '1', BUILDX_NO_DEFAULT_ATTESTATIONS: '1' },
    logFile: log,
    shownLogFile: logFile,
    signal,
    ...(onProgress && { onProgress }),
  });
  if (await hasImage(image, signal)) return;
  const message = `build of the image of ${job.name} failed: docker build ended well, but ${image} is not among the engine's images. A builder that keeps what it builds to itself is in use; choose the engine's own: docker buildx use default`;
  throw new LabError('build-failed', message);
}

/** What older images of the same framework and build arguments have too. */
function labelOf({ framework, args }: ImageJob): string {
  const words = Object.entries(args).map(([name, value]) => `${name}=${value}`);
  return `zero-downtime-lab.image=${[framework.id, ...words].join(' ')}`;
}
