import { createHash } from 'node:crypto';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { execa } from 'execa';

const folder = import.meta.dirname;
const dockerfile = `FROM node:24-bookworm-slim
WORKDIR /app
COPY *.mjs ./
USER 1000
ENTRYPOINT ["node", "toy.mjs"]
`;

/** Builds the toys of this folder as an image and returns its name, which says what is in it. */
export async function buildToyImage(): Promise<string> {
  const hash = createHash('sha256').update(dockerfile);
  for (const name of readdirSync(folder).filter((file) => file.endsWith('.mjs')))
    hash.update(readFileSync(join(folder, name)));
  const image = `zero-downtime-lab-test/toy:${hash.digest('hex').slice(0, 12)}`;
  await execa('docker', ['build', '--quiet', '--tag', image, '--file', '-', folder], { input: dockerfile });
  return image;
}
