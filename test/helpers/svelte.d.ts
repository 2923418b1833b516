/** Components of the window, for tests that render them to text: their properties are checked by svelte-check alone. */
declare module '*.svelte' {
  import type { Component } from 'svelte';
  const component: Component<Record<string, unknown>>;
  export default component;
}
