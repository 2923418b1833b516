/** Tests in plain Node; the Svelte plugin compiles the window's rune classes (*.svelte.ts). */
import { globSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';
import { BaseSequencer } from 'vitest/node';
import type { TestSpecification } from 'vitest/node';

/** Longest first: a file that takes minutes and begins last is waited for alone. */
const longest = [
  ...[
    'app/manual',
    'app/clusterTorch',
    'shell/mutation',
    'app/methods',
    'app/devices',
    'app/softwareVulkan',
    'app/cli',
  ],
  ...['engine/webgpu', 'app/deviceRuns', 'app/deviceTests', 'app/labKill', 'app/trainer', 'app/frozen', 'app/evaluate'],
  ...['app/lab', 'app/labTurns', 'app/trainerPhotos', 'engine/tensorflow', 'app/runs', 'app/bands', 'engine/memory'],
  ...['app/trainerBaselines', 'app/cliRefusals', 'engine/methods', 'app/trainerKill', 'app/homes', 'app/checksums'],
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

const those = (folders: string, says: RegExp) =>
  globSync(`test/${folders}/**/*.test.ts`, { cwd: import.meta.dirname })
    .map((path) => path.replaceAll('\\', '/'))
    .filter((path) => says.test(readFileSync(join(import.meta.dirname, path), 'utf8')));
/** What loads modules of the window has them compiled by Vite, and what puts something in a module's place needs it. */
const window = those('unit', /src-renderer/);
const mocking = those('{unit,app,engine,shell}', /vi\.(mock|doMock)\(/);
/** What leans on a module that asks for hooks when it is loaded wants it fresh. */
const fresh = those('unit', /photosInCache|helpers\/(browserHost|database|deviceApp|photoFolder)/);
/** All else is run by Node as it stands, as the application is. */
const native = { experimental: { viteModuleRunner: false, nodeLoader: false } };

export default defineConfig({
  plugins: [svelte()],
  test: {
    projects: [
      // a process for several files, which load the same modules: half of the processor time of most
      { extends: true, test: { name: 'window', include: window, isolate: false } },
      {
        extends: true,
        test: {
          ...{ name: 'unit', include: ['test/unit/**/*.test.ts'], exclude: [...fresh, ...mocking, ...window] },
          ...{ isolate: false, ...native },
        },
      },
      {
        extends: true,
        test: { name: 'alone', include: ['test/{app,engine}/**/*.test.ts', ...fresh], exclude: mocking, ...native },
      },
      // the shell's have a double in the place of Electron
      { extends: true, test: { name: 'doubles', include: ['test/shell/*.test.ts', ...mocking], exclude: window } },
    ],
    environment: 'node',
    sequence: { sequencer: LongestFirst },
    // A busy machine is no failure: only a hang is.
    testTimeout: 180_000,
    hookTimeout: 120_000,
    expect: { poll: { timeout: 20_000 } },
  },
});
