import { expect, test } from 'vitest';
import { fullName } from './node-images.ts';

test.each([
  ['hello', 'docker.io/library/hello:latest'],
  ['hello:1', 'docker.io/library/hello:1'],
  ['grafana/k6:2.2.0', 'docker.io/grafana/k6:2.2.0'],
  ['zero-downtime-lab/express:abc', 'docker.io/zero-downtime-lab/express:abc'],
  ['gcr.io/distroless/static:nonroot', 'gcr.io/distroless/static:nonroot'],
  ['localhost/app', 'localhost/app:latest'],
  ['localhost:5000/app:1', 'localhost:5000/app:1'],
])('%s is %s', (image, full) => {
  expect(fullName(image)).toBe(full);
});
