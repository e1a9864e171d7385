import type { Variant } from '../../catalogue/model.ts';

/** A variant of which a test says only what matters to it. */
export function variantOf(id: string, changes: Partial<Variant> = {}): Variant {
  const [framework = '', name = ''] = id.split('/');
  return {
    id,
    framework,
    name,
    server: 'Node.js http',
    setting: '',
    start: [],
    env: {},
    startUpMs: 0,
    warmUpMs: 0,
    image: undefined,
    scenarios: undefined,
    ...changes,
  };
}
