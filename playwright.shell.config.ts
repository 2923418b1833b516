/** Smoke tests of the desktop program in a real Electron, where its binary is installed; test/shell/*.test.ts need none. */
import { defineConfig } from '@playwright/test';

export default defineConfig({
  testDir: 'test/shell',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  workers: 1,
  timeout: 240_000,
  reporter: [['list']],
});
