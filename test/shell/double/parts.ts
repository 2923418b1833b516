/** The parts of Electron's double: ports, processes, pages and sessions that remember what they were told. */
import { EventEmitter } from 'node:events';
import type { MessagePort } from 'node:worker_threads';
import type * as Electron from 'electron';

export type Events = 'on' | 'once' | 'off' | 'addListener' | 'removeListener';
/** The named members of one of Electron's interfaces, listening left to EventEmitter. */
export type Part<T, K extends Exclude<keyof T, Events>> = Pick<T, K>;

/** As MessagePortMain: messages wait for start(), and arrive as events with `data` and `ports`. */
export class PortDouble extends EventEmitter {
  readonly port: MessagePort;
  constructor(port: MessagePort) {
    super();
    this.port = port;
    port.on('close', () => this.emit('close'));
  }
  start(): void {
    this.port.on('message', (data) => this.emit('message', { data, ports: [] })); // Node starts a port that is listened to
  }
  postMessage(message: unknown): void {
    this.port.postMessage(message);
  }
  close(): void {
    this.port.close();
  }
}
export class UtilityDouble extends EventEmitter implements Part<Electron.UtilityProcess, 'postMessage' | 'kill'> {
  readonly entry: string;
  readonly args: readonly string[];
  readonly options: Electron.ForkOptions;
  readonly received: { message: { type: string; [key: string]: unknown }; ports: PortDouble[] }[] = [];
  readonly stderr = new EventEmitter();
  pid: number | undefined = undefined;
  alive = true;
  constructor(entry: string, args: readonly string[], options: Electron.ForkOptions) {
    super();
    this.entry = entry;
    this.args = args;
    this.options = options;
  }
  postMessage(message: unknown, ports: unknown[] = []): void {
    if (!this.alive) throw new Error('a message to a utility process that has ended crashes Electron');
    this.received.push({ message: structuredClone(message) as { type: string }, ports: ports as PortDouble[] });
  }
  kill(): boolean {
    this.end(15);
    return true;
  }
  /** The test as the process. */
  say(message: unknown): void {
    this.emit('message', message);
  }
  end(code: number): void {
    if (!this.alive) return;
    this.alive = false;
    this.emit('exit', code);
  }
  types = (): string[] => this.received.map(({ message }) => message.type);
}

export class ContentsDouble extends EventEmitter {
  readonly posted: { channel: string; message: unknown; ports: PortDouble[] }[] = [];
  readonly mainFrame = { url: '', parent: null as unknown };
  openHandler: ((details: { url: string }) => { action: string }) | null = null;
  setWindowOpenHandler(handler: (details: { url: string }) => { action: string }): void {
    this.openHandler = handler;
  }
  postMessage(channel: string, message: unknown, ports: unknown[] = []): void {
    this.posted.push({ channel, message, ports: ports as PortDouble[] });
  }
  /** The test as the page: whether it may go to `url`. Without a listener Electron lets it. */
  tries(
    event: 'will-navigate' | 'will-frame-navigate' | 'will-redirect' | 'will-attach-webview',
    url: string,
  ): 'allowed' | 'denied' {
    let verdict: 'allowed' | 'denied' = 'allowed';
    this.emit(event, { url, preventDefault: () => (verdict = 'denied') });
    return verdict;
  }
  /** Without a handler Electron opens the window. */
  opens(url: string): string {
    return this.openHandler?.({ url }).action ?? 'allow';
  }
}

export class SessionDouble extends EventEmitter {
  request:
    ((contents: unknown, permission: string, answer: (granted: boolean) => void, details: object) => void) | null =
    null;
  check: ((contents: unknown, permission: string, origin: string, details: object) => boolean) | null = null;
  device: ((details: object) => boolean) | null = null;
  before: ((details: { url: string }, answer: (how: { cancel?: boolean }) => void) => void) | null = null;
  setPermissionRequestHandler = (handler: never) => void (this.request = handler);
  setPermissionCheckHandler = (handler: never) => void (this.check = handler);
  setDevicePermissionHandler = (handler: never) => void (this.device = handler);
  webRequest = { onBeforeRequest: (handler: never) => void (this.before = handler) };
  /** What is granted when it is asked for, and what is said to be granted. Without a handler Electron grants. */
  grants(
    permission: string,
    requestingUrl = 'app://lookalike/',
    isMainFrame = true,
  ): { asked: boolean; checked: boolean } {
    let asked = true;
    this.request?.(null, permission, (answer) => (asked = answer), { requestingUrl, isMainFrame });
    return { asked, checked: this.check?.(null, permission, requestingUrl, { requestingUrl, isMainFrame }) ?? true };
  }
  lets(url: string): boolean {
    let cancelled = false;
    this.before?.({ url }, ({ cancel }) => (cancelled = cancel ?? false));
    return !cancelled;
  }
  downloads(url: string): boolean {
    let prevented = false;
    this.emit('will-download', { preventDefault: () => (prevented = true) }, { getURL: () => url });
    return !prevented;
  }
}
