// Stands for the lab in a test that kills it: `node build-toy.ts <app folder> <log folder> <build script>`.
import { buildFramework } from '../native.ts';

const [, , folder = '', logFolder = '', build = ''] = process.argv;
const words = { name: 'Toy', language: 'shell', homepage: 'https://example.com', version: '1.0.0' };
await buildFramework(
  { id: 'toy', ...words, folder, control: false, needs: [], build, variants: [] },
  { signal: new AbortController().signal, logFolder },
);
