// Stands for the lab in a test that kills it: `node build-toy-image.ts <app folder> <id> <log folder>`.
import { buildImage } from '../image.ts';

const [, , folder = '', id = '', logFolder = ''] = process.argv;
const words = { name: 'Toy', language: 'shell', homepage: 'https://example.com', version: '1.0.0' };
const framework = { id, ...words, folder, control: false, needs: [], build: '', variants: [] };
await buildImage(
  { name: id, framework, args: {}, variants: [] },
  { signal: new AbortController().signal, logFolder },
);
