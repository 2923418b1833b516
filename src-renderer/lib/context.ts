/** The window's state and actions, given once by App.svelte and taken by every component. */
import { createContext } from 'svelte';
import type { App } from '../state/app.svelte.ts';
import type { ShellActions } from '../state/shell.svelte.ts';

export const [getApp, setApp] = createContext<App>();
export const [getShell, setShell] = createContext<ShellActions>();
