/**
 * What the desktop shell gives its window beside the contract: the few things a page cannot do by itself. The
 * preload script exposes it as `window.lookalike`; in a browser it is not there. The message port arrives as a
 * window message with the data `desktopPortMessage`.
 */
export const fileKinds = ['image', 'labels', 'weights'] as const;
/** An image to ask about, a CSV file of labels, or weights to start from. */
export type FileKind = (typeof fileKinds)[number];

export interface PickedFile {
  name: string;
  path: string;
  /** Its content; null for weights, which the application reads from their path. */
  bytes: Uint8Array<ArrayBuffer> | null;
}

export interface Desktop {
  /** Asks for a (new) message port to the application. */
  requestPort(): void;
  /** The system's dialog; null when it was closed without a choice. */
  pickFolder(): Promise<string | null>;
  /** The same for one file. Rejected where the file cannot be read or is larger than any of its kind. */
  pickFile(kind: FileKind): Promise<PickedFile | null>;
  /** Path of a file or folder that was dropped on the window. */
  pathOf(file: unknown): string;
}

export const desktopPortMessage = 'lookalike:port';
