/** The application for its hosts: open one, speak to an open one, and the transports to serve it over. */
export { createApp } from './app.ts';
export type { App } from './app.ts';
export type { AppOptions } from './options.ts';
export { defaultHome, homePaths, isHeld } from './home.ts';
export { renderSampleSet } from './sample/render.ts';
export { connectLocally } from './local.ts';
export { repairHome } from './recover.ts';
export { startApp } from './start.ts';
export { forkLauncher } from './compute/launch.ts';
export { Arriving } from './arriving.ts';
export { processTransport } from './transport.ts';
