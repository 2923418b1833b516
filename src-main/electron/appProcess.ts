/**
 * The application as a utility process: started, asked for photos, given a port for each client, closed so that it
 * can save, and watched. What to do when it dies is the shell's decision.
 */
import { MessageChannelMain, utilityProcess } from 'electron';
import type { MessagePortMain, UtilityProcess } from 'electron';
import type { WireError } from '../../shared/contract.ts';
import type { FromShell, ToShell } from '../app/compute/launch.ts';
import type { ShellReport, ShellRequest } from '../app/main.ts';
import type { ComputeBroker } from './compute.ts';
import type { Photo } from './files.ts';

export interface AppProcessListeners {
  /** Each time it is ready to serve: at the start and after a restart. */
  ready(): void;
  /** It could not open its home. */
  failed(error: WireError): void;
  /** It ended without being asked to; `complaint` is the last line it wrote. */
  crashed(complaint: string): void;
  reveal(path: string): void;
}

export interface AppProcessOptions extends AppProcessListeners {
  /** Absolute path of the application's program. */
  entry: string;
  home: string;
  version: string;
  broker: ComputeBroker;
}

/** A trainer may need this long for its last step and its checkpoint; the application waits for it. */
const closeSeconds = 180;

export class AppProcess {
  readonly #options: AppProcessOptions;
  #child: UtilityProcess | null = null;
  #ready = false;
  #closing: Promise<void> | null = null;
  #waiting: MessagePortMain[] = [];
  readonly #photos = new Map<number, (photo: Photo | null) => void>();
  #nextPhoto = 1;

  constructor(options: AppProcessOptions) {
    this.#options = options;
  }

  /** @param repair the history is made again before */
  start(repair = false): void {
    const { entry, home, version, broker, failed, ready, reveal, crashed } = this.#options;
    const given = ['--home', home, '--kind', 'electron', '--version', version, ...(repair ? ['--repair'] : [])];
    this.#child?.kill(); // one that could not open its home
    const child = utilityProcess.fork(entry, given, {
      serviceName: 'Lookalike application',
      stdio: ['ignore', 'inherit', 'pipe'],
    });
    this.#child = child;
    this.#closing = null; // an update that could not be installed starts it again
    let complaints = '';
    let refused = false;
    const tell = (message: FromShell) => {
      if (this.#child === child) child.postMessage(message); // never to one that has ended: Electron would end with it
    };
    child.stderr?.on('data', (text: Buffer) => {
      process.stderr.write(text);
      complaints = (complaints + text.toString('utf8')).slice(-4000);
    });
    child.on('message', (message: ShellReport | ToShell) => {
      switch (message.type) {
        case 'ready':
          this.#ready = true;
          for (const port of this.#waiting.splice(0)) this.#give(port);
          ready();
          break;
        case 'failed':
          refused = true;
          failed(message.error);
          break;
        case 'image':
          this.#photos.get(message.id)?.(message.image);
          this.#photos.delete(message.id);
          break;
        case 'reveal':
          reveal(message.path);
          break;
        case 'closed':
        case 'stays':
          break; // its exit follows; only a command's stays
        default:
          broker.receive(message, tell);
      }
    });
    child.once('exit', () => {
      if (this.#child !== child) return; // another has taken its place
      this.#child = null;
      this.#ready = false;
      for (const answer of this.#photos.values()) answer(null);
      this.#photos.clear();
      if (!this.#closing && !refused) crashed(complaints.trim().split('\n').at(-1) ?? '');
    });
  }

  #give(port: MessagePortMain): void {
    this.#child?.postMessage({ type: 'client' } satisfies ShellRequest, [port]);
  }

  /** A new line to the application; what is sent before it is ready waits in the port. */
  connect(): MessagePortMain {
    const { port1, port2 } = new MessageChannelMain();
    if (this.#ready) this.#give(port1);
    else this.#waiting.push(port1);
    return port2;
  }

  photo = (imageId: string, size: number, run: string | null = null): Promise<Photo | null> => {
    const child = this.#child;
    if (!child || !this.#ready) return Promise.resolve(null);
    const id = this.#nextPhoto++;
    return new Promise((resolve) => {
      this.#photos.set(id, resolve);
      child.postMessage({ type: 'image', id, imageId, size, run } satisfies ShellRequest);
    });
  };

  /** Resolves when trainings are saved and the process is gone. One that does not come to an end is ended. */
  close(): Promise<void> {
    return (this.#closing ??= this.#close());
  }

  async #close(): Promise<void> {
    const child = this.#child;
    if (!child) return;
    const exited = new Promise<void>((resolve) => child.once('exit', () => resolve()));
    child.postMessage({ type: 'close' } satisfies ShellRequest);
    const limit = setTimeout(() => child.kill(), closeSeconds * 1000);
    await exited;
    clearTimeout(limit);
  }
}
