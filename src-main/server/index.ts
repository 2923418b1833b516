/** The browser host: `startServer` gives the window over loopback HTTP and WebSocket. */
export { startServer } from './server.ts';
export type { HostedApp, RunningServer, ServerOptions } from './server.ts';
export { RendererMissingError } from './files.ts';
