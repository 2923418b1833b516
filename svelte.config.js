/** Svelte's options, shared by the build, the tests, the type check and the editor. */
import { vitePreprocess } from '@sveltejs/vite-plugin-svelte';

/** @type {import('@sveltejs/vite-plugin-svelte').SvelteConfig} */
export default { preprocess: vitePreprocess({ script: false, style: false }), compilerOptions: { runes: true } };
