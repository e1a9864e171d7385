import { randomBytes } from 'node:crypto';
import { execa } from 'execa';
import type { Framework, Variant } from '../../catalogue/model.ts';
import { checkEngine } from '../../support/engine.ts';
import { toyFramework, type Workshop } from './toy.ts';

const engine = await checkEngine();

/** Why tests that build images are skipped; empty where they are not. */
export const withoutEngine = 'reason' in engine ? ` (skipped: ${engine.reason})` : '';
if (withoutEngine !== '')
  process.stderr.write(`Tests that need a container engine are skipped${withoutEngine}\n`);

/** A framework with a Dockerfile; by default its image is one file, made of nothing else, and has one variant. */
export async function toyImages(
  workshop: Workshop,
  options: { dockerfile?: string; variants?: { [name: string]: Variant['image'] } } = {},
): Promise<Framework> {
  const { dockerfile = 'FROM scratch\nCOPY source /\n', variants = { server: imageWith() } } = options;
  const id = `toy-${randomBytes(4).toString('hex')}`;
  const files = { source: `${id}\n`, Dockerfile: dockerfile };
  const framework = await toyFramework(workshop, { id, build: '', files });
  framework.variants = Object.entries(variants).map(([name, image]) => ({
    id: `${id}/${name}`,
    framework: id,
    name,
    server: 'none',
    setting: '',
    start: ['server'],
    env: {},
    startUpMs: 0,
    warmUpMs: 0,
    image,
    scenarios: undefined,
  }));
  return framework;
}

/** Settings of an image with these build arguments. */
export function imageWith(args: { [name: string]: string } = {}): Variant['image'] {
  return { args, command: undefined, exitCode: 0 };
}

/** Names of the images of a toy. */
export async function imageNames({ id }: Framework): Promise<string[]> {
  const filter = `reference=zero-downtime-lab/${id}`;
  const format = '{{.Repository}}:{{.Tag}}';
  const { stdout } = await execa('docker', ['image', 'ls', '--filter', filter, '--format', format]);
  return stdout.split('\n').filter((name) => name !== '');
}

/** Removes the images of a toy. */
export async function removeImages(toy: Framework): Promise<void> {
  const names = await imageNames(toy);
  if (names.length > 0) await execa('docker', ['image', 'rm', '--force', ...names]);
}
