import { defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['scripts/**/*.test.ts'],
    globalSetup: ['scripts/test-setup.ts'],
    // Tests start real servers, clusters and k6. Side by side they would starve each other on two cores.
    fileParallelism: false,
    testTimeout: 60_000,
    hookTimeout: 60_000,
  },
});
