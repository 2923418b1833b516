/** Browser tests: the real application and trainer behind the real host, in a Chromium that is already there. */
import { defineConfig } from '@playwright/test';
import { findChromium } from './test/browser/chromium.ts';

const { executablePath, args } = await findChromium();

export default defineConfig({
  testDir: 'test/browser',
  testMatch: '*.spec.ts',
  outputDir: 'test-results',
  workers: 1, // each host trains, and training takes the machine
  fullyParallel: false,
  // A busy machine is no failure: other tests run beside these (scripts/test.ts).
  timeout: 300_000,
  expect: { timeout: 30_000 },
  retries: 1, // told in the last lines of all checks, where it was needed (scripts/test.ts)
  reporter: [['list']],
  use: {
    viewport: { width: 1440, height: 900 },
    locale: 'en-US',
    timezoneId: 'UTC',
    launchOptions: { executablePath, args },
    trace: 'retain-on-failure',
    actionTimeout: 120_000, // what waits that long is named, where the test's own end would name nothing
  },
});
