/**
 * Entry of the application as a process of its own: an Electron utility process, whose shell hands it a message
 * port for each window, or a forked child of Node, whose channel is a client. Arguments: --home DIR
 * --kind electron|server|cli --version V, and --repair to make a damaged history again first. The process of a command
 * lives as long as its last client: a command that ends takes nothing away from another. Everything else is in app.ts.
 */
import '../files/offline.ts'; // first: what follows may not send
import { parseArgs } from 'node:util';
import { serve } from '../../shared/client.ts';
import { toWireError } from '../../shared/contract.ts';
import type { WireError } from '../../shared/contract.ts';
import { portTransport } from '../../shared/transport.ts';
import type { PortLike } from '../../shared/transport.ts';
import { createApp } from './app.ts';
import type { App } from './app.ts';
import { shellLauncher } from './compute/launch.ts';
import type { ShellPort } from './compute/launch.ts';
import type { Host } from './context.ts';
import { defaultHome, homePaths } from './home.ts';
import { listenLocally } from './local.ts';
import type { LocalLine } from './local.ts';
import { repairHome } from './recover.ts';
import { endProcess } from '../files/index.ts';
import { processTransport } from './transport.ts';

/** Shell -> application, beside the compute messages of compute/launch.ts. `client` carries the port of one window. */
export type ShellRequest =
  | { type: 'client' }
  | { type: 'image'; id: number; imageId: string; size: number; run: string | null }
  | { type: 'close' };
/** Application -> shell. `stays`: asked to close by the command that started it, while others use it. */
export type ShellReport =
  | { type: 'ready' }
  | { type: 'stays' }
  | { type: 'failed'; error: WireError }
  | { type: 'image'; id: number; image: { bytes: Uint8Array; type: string } | null }
  | { type: 'reveal'; path: string }
  | { type: 'closed' };

const { values } = parseArgs({
  options: {
    home: { type: 'string' },
    kind: { type: 'string', default: 'server' },
    version: { type: 'string', default: '' },
    repair: { type: 'boolean', default: false },
  },
});
const home = values.home ?? defaultHome();
const host: Host = { kind: values.kind as Host['kind'], version: values.version };
const shell = (process as { parentPort?: ShellPort }).parentPort;

/** Opens the home and its local socket; `close` closes both, and who is connected hears how what runs has ended. */
async function open(
  options: Omit<Parameters<typeof createApp>[0], 'home' | 'host'>,
  onLeave?: () => void,
): Promise<{ app: App; line: LocalLine; close(): Promise<void> }> {
  if (values.repair) await repairHome(home);
  const app = await createApp({ home, host, ...options });
  process.on('unhandledRejection', app.tellFault);
  const line = await listenLocally(homePaths(home), app, onLeave).catch(async (error: unknown) => {
    await app.close();
    throw error;
  });
  const close = async () => {
    line.refuse();
    await app.close().finally(() => line.end());
  };
  return { app, line, close };
}

async function underShell(port: ShellPort): Promise<void> {
  const say = (report: ShellReport) => port.postMessage(report);
  host.reveal = (path) => say({ type: 'reveal', path });
  host.canPickFolder = true;
  try {
    // utility processes cannot fork once the shell's runAsNode fuse is off, so photos are decoded in threads
    const { app, close } = await open({ launch: shellLauncher(port), imageIsolation: 'thread' });
    const picture = async ({ id, imageId, size, run }: Extract<ShellRequest, { type: 'image' }>) => {
      const image = await app.image(imageId, size, run).catch((error: unknown) => (app.tellFault(error), null));
      say({ type: 'image', id, image }); // an answer in every case: the window waits for it
    };
    port.on('message', (event) => {
      const request = event.data as ShellRequest;
      if (request.type === 'client') serve(portTransport((event as unknown as { ports: PortLike[] }).ports[0]!), app);
      else if (request.type === 'image') void picture(request);
      else if (request.type === 'close')
        void close()
          .catch(app.tellFault)
          .then(() => (say({ type: 'closed' }), setTimeout(() => process.exit(0), 100)));
    });
    say({ type: 'ready' });
  } catch (error) {
    say({ type: 'failed', error: toWireError(error) });
  }
}

async function underNode(): Promise<void> {
  let parent = true;
  const leave = () => {
    if (parent || (host.kind === 'cli' && line.clients > 0)) return;
    end();
  };
  const end = () => void close().finally(() => endProcess(0));
  process.stderr.on('error', () => {}); // the terminal of who started it may be gone
  let line: LocalLine;
  let close: () => Promise<void>;
  try {
    const opened = await open({}, leave);
    ({ line, close } = opened);
    const transport = processTransport(process);
    serve(transport, opened.app);
    const left = () => {
      parent = false;
      leave();
    };
    transport.onClose(left);
    process.on('message', ({ type }: { type: string }) => {
      if (type !== 'close') return;
      if (line.clients > 0) process.send!({ type: 'stays' } satisfies ShellReport);
      left();
    });
    process.on('SIGTERM', end).on('SIGHUP', end);
    process.on('SIGINT', () => {}); // the parent decides what Ctrl-C means
    process.send!({ type: 'ready' } satisfies ShellReport);
  } catch (error) {
    process.send!({ type: 'failed', error: toWireError(error) } satisfies ShellReport, () => process.exit(1));
  }
}

if (shell) await underShell(shell);
else if (process.send) await underNode();
else {
  process.stderr.write('The application is started by its hosts: try "lookalike serve".\n');
  process.exitCode = 2;
}
