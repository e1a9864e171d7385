import { manifestOf } from '../manifest.ts';
import type { Catalogue, Framework, Scenario, Variant } from '../model.ts';
import { validFiles } from './catalogue.ts';

/** Two frameworks, two controls (`stubborn` only in `naive`), `more` controls by their scenarios; two scenarios. */
export function planCatalogue(more: Record<string, string[]> = {}): Catalogue {
  return {
    frameworks: [
      framework('controls', { ideal: undefined, stubborn: ['naive'], ...more }),
      framework('express', { bare: undefined, close: undefined }),
      framework('gin', { naive: undefined }),
    ],
    broken: [],
    scenarios: [scenario('naive', 0), scenario('slow', 0.8)],
  };
}

function framework(id: string, variants: Record<string, string[] | undefined>): Framework {
  return {
    id,
    name: id,
    language: 'JavaScript',
    homepage: 'https://example.org',
    version: '1.0.0',
    folder: `/apps/${id}`,
    control: id === 'controls',
    needs: [],
    build: '',
    variants: Object.entries(variants).map(([name, scenarios]): Variant => ({
      id: `${id}/${name}`,
      framework: id,
      name,
      server: 'Node.js http',
      setting: name,
      start: ['node', `${name}.js`],
      env: {},
      startUpMs: 500,
      warmUpMs: 2000,
      image: undefined,
      scenarios,
    })),
  };
}

function scenario(id: string, requestDelaySeconds: number): Scenario {
  const { manifest } = manifestOf('manifests/hello.yaml', validFiles['manifests/hello.yaml']);
  if (manifest === undefined) throw new Error('the valid manifest has problems');
  return { id, title: id, manifest, requestDelaySeconds, onlyByName: false };
}
