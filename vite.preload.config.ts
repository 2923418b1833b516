/** Bundles the preload script into one CommonJS file, as a sandboxed one must be. */
import { defineConfig } from 'vite';

export default defineConfig({
  build: {
    outDir: 'dist/main/src-main/electron',
    emptyOutDir: false,
    target: 'chrome140',
    minify: false,
    lib: { entry: 'src-main/electron/preload.ts', formats: ['cjs'], fileName: () => 'preload.cjs' },
    rollupOptions: { external: ['electron'] },
  },
  publicDir: false,
});
