import { fileURLToPath } from 'node:url';

/** Absolute path of the project's root, where `apps/`, `manifests/` and `results/` are. */
export const projectRoot = fileURLToPath(new URL('../..', import.meta.url)).replace(/[/\\]$/, '');
