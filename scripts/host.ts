/** Which host `npm start` opens, as pure functions: Electron where its binary and a display can be had, else the browser. */
import { join } from 'node:path';

/** Where Node keeps the modules that it compiled for a program that is started from its checkout. */
export const compiledModules = join(import.meta.dirname, '../node_modules/.cache/compiled');

export interface Surroundings {
  platform: NodeJS.Platform;
  env: Record<string, string | undefined>;
}

export type HostChoice = { host: 'electron' } | { host: 'browser'; reason: string };

/** Before anything is fetched: Electron needs a display, and not to have been asked for the browser. */
export function chooseHost({ platform, env }: Surroundings, args: readonly string[]): HostChoice {
  if (args.includes('--browser')) return { host: 'browser', reason: '--browser was given' };
  if (platform === 'linux' && !env.DISPLAY && !env.WAYLAND_DISPLAY)
    return { host: 'browser', reason: 'there is no display (neither DISPLAY nor WAYLAND_DISPLAY is set)' };
  return { host: 'electron' };
}

/** Electron as root cannot use its sandbox on Linux and refuses to start. */
export const isRootOnLinux = (platform: NodeJS.Platform, uid: number | undefined): boolean =>
  platform === 'linux' && uid === 0;
