/** Builds the window (src-renderer) into dist/renderer, which the browser host and Electron serve. */
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vite';
import { onlyListedPackages } from './vite.licences.ts';

export default defineConfig({
  root: 'src-renderer',
  base: './', // the same files are served from http://127.0.0.1 and from app://
  plugins: [svelte({ configFile: '../svelte.config.js' }), onlyListedPackages()],
  build: {
    outDir: '../dist/renderer',
    emptyOutDir: true,
    target: 'chrome120',
    assetsInlineLimit: 0,
    chunkSizeWarningLimit: 2000, // kB, from this computer's own disk
  },
});
