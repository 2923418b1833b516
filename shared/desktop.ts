/**
 * What the desktop shell gives its window beside the contract: the few things a page cannot do by itself. The
 * preload script exposes it as `window.lookalike`; in a browser it is not there. The message port arrives as a
 * window message with the data `desktopPortMessage`.
 */
export interface Desktop {
  /** Asks for a (new) message port to the application. */
  requestPort(): void;
  /** The system's dialog; null when it was closed without a choice. */
  pickFolder(): Promise<string | null>;
  /** Path of a file or folder that was dropped on the window. */
  pathOf(file: unknown): string;
}

export const desktopPortMessage = 'lookalike:port';
