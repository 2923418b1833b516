/** The application for its hosts: open one, speak to an open one, and the transports to serve it over. */
export { createApp } from './app.ts';
export type { App, AppOptions } from './app.ts';
export type { Host } from './context.ts';
export { AppError } from './errors.ts';
export { defaultHome, homePaths, isHeld } from './home.ts';
export type { HomePaths } from './home.ts';
export { renderSampleSet } from './sample/render.ts';
export { connectLocally, listenLocally } from './local.ts';
export type { LocalLine } from './local.ts';
export { startApp } from './start.ts';
export { forkLauncher } from './compute/launch.ts';
export type { FromShell, Launcher, ToShell } from './compute/launch.ts';
export type { ShellReport, ShellRequest } from './main.ts';
export { processTransport, socketTransport } from './transport.ts';
