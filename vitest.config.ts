/** Tests in plain Node; the Svelte plugin compiles the window's rune classes (*.svelte.ts). */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

export default defineConfig({
  plugins: [svelte()],
  test: {
    include: ['test/**/*.test.ts'],
    environment: 'node',
    testTimeout: 180_000, // a busy machine is no failure: only a hang is
  },
});
