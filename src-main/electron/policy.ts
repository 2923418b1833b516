/**
 * What the window may do, as pure functions and constants: its options, where it may go, which permissions,
 * requests and downloads it gets, and whose messages the shell listens to. The wiring (guard.ts, window.ts,
 * bridge.ts) only asks here. A window that is shown anything but our own files has no business in this program.
 */
import type { BrowserWindowConstructorOptions } from 'electron';
import { fileKinds, updateActions } from '../../shared/desktop.ts';
import type { FileKind, UpdateAction } from '../../shared/desktop.ts';
import { imageExtensions } from '../../shared/imageFormats.ts';
import { knownWeights } from '../../shared/knownWeights.ts';
import { weightEndings } from '../../shared/weights.ts';

export const scheme = 'app';
export const origin = 'app://lookalike';

/** The names of the messages a window may send to the shell, and of the one that brings it a port. */
export const channels = {
  requestPort: 'lookalike:request-port',
  pickFolder: 'lookalike:pick-folder',
  pickFile: 'lookalike:pick-file',
  openPage: 'lookalike:open-page',
  updates: 'lookalike:updates',
  port: 'lookalike:port',
} as const;

/** What a file dialog offers for each kind, and how much of it is handed to the page; 0: its path alone. */
export const pickable: Record<FileKind, { extensions: string[]; maxBytes: number }> = {
  image: {
    extensions: [...imageExtensions],
    maxBytes: 70 * 2 ** 20, // as base64 it still fits into one message
  },
  labels: { extensions: ['csv'], maxBytes: 70 * 2 ** 20 },
  // A dialog knows what stands behind the last dot alone.
  weights: { extensions: [...new Set(weightEndings.map((ending) => ending.split('.').at(-1)!))], maxBytes: 0 },
  encoder: { extensions: ['onnx'], maxBytes: 0 },
};

/** A page may ask for these kinds and no other: it names no path, no filter and no title. */
export const isFileKind = (kind: unknown): kind is FileKind => fileKinds.includes(kind as FileKind);

/** Addresses that a page may have opened outside, by the ids of what is behind them: it never names one itself. */
export const pageOf = (id: unknown): string | undefined => knownWeights.find((one) => one.id === id)?.page;

export const isUpdateAction = (action: unknown): action is UpdateAction =>
  updateActions.includes(action as UpdateAction);

/** Chromium's own switches where nothing may be sent: no name has an address, nothing is asked for in the background. */
export const offlineSwitches: readonly (readonly [string, string])[] = [
  ['host-resolver-rules', 'MAP * ~NOTFOUND'],
  ['disable-background-networking', ''],
  ['disable-component-update', ''],
  ['disable-domain-reliability', ''],
  ['no-pings', ''],
];

export const minimumSize = { width: 720, height: 520 };

export interface Bounds {
  x?: number;
  y?: number;
  width: number;
  height: number;
}

/** `preload`: absolute path of the compiled preload script. `dark`: what is painted before the page is there. */
export function windowOptions({
  preload,
  bounds,
  dark,
  icon,
}: {
  preload: string;
  bounds: Bounds;
  dark: boolean;
  icon?: string;
}): BrowserWindowConstructorOptions {
  return {
    ...bounds,
    minWidth: minimumSize.width,
    minHeight: minimumSize.height,
    show: false,
    title: 'Lookalike',
    backgroundColor: dark ? '#15181b' : '#fbfbfa',
    ...(icon ? { icon } : {}),
    webPreferences: {
      preload,
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      safeDialogs: true,
      spellcheck: false, // Chromium fetches dictionaries from the network
    },
  };
}

/** Whether `url` is of our own origin. `origin` of a custom scheme is the string 'null' in Node's URL. */
export function isOwn(url: string): boolean {
  const parsed = URL.parse(url);
  return (
    parsed !== null &&
    parsed.protocol === `${scheme}:` &&
    parsed.host === 'lookalike' &&
    parsed.username === '' &&
    parsed.password === ''
  );
}

/** Only our own page, under its one address: its places differ by the hash alone. */
export function mayNavigate(url: string): boolean {
  const parsed = URL.parse(url);
  return parsed !== null && isOwn(url) && parsed.pathname === '/';
}

/** What Electron tells of a message's sender. */
export interface Sender {
  /** Null when the frame has gone since it sent. */
  senderFrame: { url: string; parent: unknown } | null;
}

/** A message counts only from the main frame of our own page: any other frame there is was put there by someone else. */
export function isTrustedSender({ senderFrame }: Sender): boolean {
  return senderFrame !== null && senderFrame.parent === null && mayNavigate(senderFrame.url);
}

/**
 * The buttons that copy a report or some code need to write text to the clipboard; nothing else is granted.
 * `requestingUrl`: of the frame that asks.
 */
export function mayUse(permission: string, requestingUrl: string, isMainFrame: boolean): boolean {
  return permission === 'clipboard-sanitized-write' && isMainFrame && isOwn(requestingUrl);
}

/** Requests of the page: our files and photos, and data it holds itself. Nothing ever goes to the network. */
export function mayRequest(url: string, development = false): boolean {
  if (isOwn(url)) return true;
  const protocol = URL.parse(url)?.protocol;
  if (protocol === 'data:') return true;
  if (protocol === 'blob:') return isOwn(url.slice('blob:'.length));
  return development && protocol === 'devtools:';
}

/** A chart saved as a file was made by the page itself. */
export function mayDownload(url: string): boolean {
  return url.startsWith(`blob:${origin}/`);
}
