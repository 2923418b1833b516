/**
 * What the desktop shell gives its window beside the contract: the few things a page cannot do by itself. The
 * preload script exposes it as `window.lookalike`; in a browser it is not there. The message port arrives as a
 * window message with the data `desktopPortMessage`.
 */
export const fileKinds = ['image', 'labels', 'weights', 'encoder'] as const;
/** An image to ask about, a CSV file of labels, weights to start from, or an ONNX file to be used as it is. */
export type FileKind = (typeof fileKinds)[number];

export interface PickedFile {
  name: string;
  path: string;
  /** Its content; null for weights and encoders, which the application reads from their path. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Desktop {
  /** Asks for a (new) message port to the application. */
  requestPort(): void;
  /** The system's dialog; null when it was closed without a choice. */
  pickFolder(): Promise<string | null>;
  /** The same for one file. Rejected where the file cannot be read or is larger than any of its kind. */
  pickFile(kind: FileKind): Promise<PickedFile | null>;
  /** Opens the page of known weights (knownWeights.ts) in the person's browser, by their id. */
  openPage(id: string): Promise<void>;
  /** What there is of updates, after what was asked is done or under way. */
  updates(action: UpdateAction): Promise<UpdateState>;
  /** Path of a file or folder that was dropped on the window. */
  pathOf(file: unknown): string;
}

export const desktopPortMessage = 'lookalike:port';

/** What a person may ask of updates; `state` alone changes nothing. */
export const updateActions = ['state', 'check', 'download', 'install'] as const;
export type UpdateAction = (typeof updateActions)[number];

/** Why there are none: it may not send, it runs from a checkout, or it was built without an address or a key. */
export type UpdatesOff = 'offline' | 'checkout' | 'not-built-in';

export interface UpdateOffer {
  version: string;
  /** At most: a part of it where the installed version has the rest. */
  bytes: number;
  /** Address. */
  from: string;
}

export type UpdateState =
  | { kind: 'off'; why: UpdatesOff; lastCheck: null }
  | { kind: 'idle' | 'checking'; lastCheck: number | null }
  | { kind: 'offered' | 'ready'; offer: UpdateOffer; lastCheck: number | null }
  | { kind: 'downloading'; offer: UpdateOffer; fraction: number; lastCheck: number | null }
  | {
      kind: 'failed';
      why: 'failed' | 'not-signed' | 'no-room';
      /** As the updater words it, for who looks into it. */
      detail: string;
      lastCheck: number | null;
    };
