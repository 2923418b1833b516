/** Loads what a place's work has made, at each connection, and follows it for as long as the place is shown. */
import { untrack } from 'svelte';
import type { App } from '../state/app.svelte.ts';
import type { Records } from '../state/work.svelte.ts';

/** To be called while a component is initialised: it makes effects. */
export function followRecords<R extends { id: string; createdAt: number }, Request>(
  app: App,
  records: Records<R, Request>,
): void {
  $effect(() => records.listen());
  $effect(() => {
    if (app.connected) void untrack(() => app.attempt(() => records.load()));
  });
}
