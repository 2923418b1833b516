/** The browser host: `startServer` gives the window over loopback HTTP and WebSocket. */
export { startServer } from './server.ts';
export type { RunningServer } from './server.ts';
export { RendererMissingError } from './files.ts';
