/** The one window: placed where it was, shown when it has something to show, hidden rather than lost. */
import { BrowserWindow, nativeTheme, screen } from 'electron';
import type { WebContents } from 'electron';
import { origin, windowOptions } from './policy.ts';
import { placeWindow, readWindowState, writeWindowState } from './windowState.ts';

export interface MainWindowOptions {
  /** Absolute paths. */
  preload: string;
  stateFile: string;
  icon: string;
  /** What closing means; called with what keeps the window open. */
  closing(keepOpen: () => void): void;
  /** Its page died and is loaded again. */
  pageCrashed(): void;
}

export class MainWindow {
  readonly #window: BrowserWindow;
  #shown = false;

  constructor({ preload, stateFile, icon, closing, pageCrashed }: MainWindowOptions) {
    const saved = readWindowState(stateFile);
    const primary = screen.getPrimaryDisplay();
    const displays = [primary, ...screen.getAllDisplays().filter(({ id }) => id !== primary.id)];
    const bounds = placeWindow(
      saved,
      displays.map(({ workArea }) => workArea),
    );
    const window = new BrowserWindow(windowOptions({ preload, bounds, dark: nativeTheme.shouldUseDarkColors, icon }));
    this.#window = window;
    if (saved?.maximized) window.maximize();
    window.on('close', (event) => {
      writeWindowState(stateFile, { ...window.getNormalBounds(), maximized: window.isMaximized() });
      closing(() => event.preventDefault());
    });
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit' || reason === 'killed') return;
      pageCrashed();
      void this.load('');
    });
  }

  get focused(): boolean {
    return this.#window.isFocused();
  }

  isOurs = (contents: WebContents): boolean => contents === this.#window.webContents;

  /** `hash`: a place of the window, such as '#/runs'; where the page is there already it stays and only moves. */
  async load(hash: string): Promise<void> {
    await this.#window.loadURL(`${origin}/${hash}`).catch(() => {}); // interrupted by the next load
  }

  show(): void {
    this.#shown = true;
    if (this.#window.isMinimized()) this.#window.restore();
    this.#window.show();
    this.#window.focus();
  }

  /** Once there is something to look at, unless someone showed or hid it before. */
  showWhenReady(): void {
    this.#window.once('ready-to-show', () => !this.#shown && this.show());
  }

  hide(): void {
    this.#shown = true;
    this.#window.hide();
  }

  go(hash: string): void {
    void this.load(hash);
    this.show();
  }

  setProgress(fraction: number | null): void {
    this.#window.setProgressBar(fraction ?? -1);
  }

  /** The window dialogs belong to. */
  get parent(): BrowserWindow {
    return this.#window;
  }
}
