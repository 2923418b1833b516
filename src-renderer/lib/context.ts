/** The window's state and actions, given once by App.svelte and taken by every component. */
import { createContext, getContext, setContext } from 'svelte';
import type { App } from '../state/app.svelte.ts';
import type { ShellActions } from '../state/shell.svelte.ts';

export const [getApp, setApp] = createContext<App>();
export const [getShell, setShell] = createContext<ShellActions>();

const SEER = Symbol('run');
type Seer = () => string | null | undefined;

/** Photos below are shown as a run sees them: by its own rule of measured values, whatever the folder has now. */
export const seenBy = (run: Seer): void => void setContext(SEER, run);

/** The addresses of photos, as the run sees them whose these are (seenBy), else as their folder shows them. */
export function shownPictures(): (imageId: string, size: number) => string {
  const app = getApp();
  const run = getContext<Seer | undefined>(SEER);
  return (imageId, size) => app.image(imageId, size, run?.());
}
