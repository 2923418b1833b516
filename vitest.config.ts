/** Tests in plain Node; the Svelte plugin compiles the window's rune classes (*.svelte.ts). */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Longest first: a file that takes minutes and begins last is waited for alone. */
const longest = [
  ...['app/devices', 'app/deviceRuns', 'app/methods', 'shell/mutation', 'app/labKill', 'app/manual', 'engine/webgpu'],
  ...['app/softwareVulkan', 'app/trainerKill', 'app/cli', 'app/trainer', 'app/lab', 'engine/tensorflow'],
  ...['app/evaluate', 'app/trainerBaselines', 'app/commands', 'app/homes', 'app/runs', 'app/checksums'],
].map((name) => `test/${name}.test.ts`);

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]) {
    const place = ({ moduleId }: TestSpecification) => {
      const found = longest.findIndex((name) => moduleId.endsWith(name));
      return found < 0 ? longest.length : found;
    };
    return (await super.sort(files)).sort((a, b) => place(a) - place(b));
  }
}

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    sequence: { sequencer: LongestFirst },
    // A busy machine is no failure: only a hang is.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
