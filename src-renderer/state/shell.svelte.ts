/**
 * What can be done from anywhere in the window: adding a folder (system dialog, or our own where the host has
 * none), starting with the sample photos, pausing with the space bar, and the other shortcuts.
 */
import type { Dataset, RunSummary } from '../../shared/contract.ts';
import { places } from '../../shared/places.ts';
import type { App } from './app.svelte.ts';
import { Battery } from './battery.svelte.ts';

export interface PickRequest {
  /** A folder of photos, one to write into (which may be new or empty), weights, or an encoder's ONNX file. */
  what: 'folder' | 'target' | 'weights' | 'encoder';
  /** Name of the folder or file that was dropped, where its path is not known. */
  hint: string | null;
  /** A folder that is looked for again: what is asked, and the path that it had, near which one begins. */
  lost?: { title: string; text: string; folder: string };
  /** What is typed, and was when the dialog was left with its place. */
  typed: string;
  /** Takes the path of the folder or file; null: the person gave up. */
  done(path: string | null): void;
}

/** Keys by what they do, for the list of them; a place is reached by g and its own key (shared/places.ts). */
export const shortcuts = [
  { keys: ['/'], what: 'search' },
  { keys: ['Space'], what: 'pause' },
  { keys: ['?'], what: 'shortcuts' },
  { keys: ['←', '↑', '→', '↓'], what: 'grid' },
  { keys: ['Enter'], what: 'open' },
  { keys: ['Space'], what: 'choose' },
  { keys: ['Ctrl'], what: 'oneMore' },
  { keys: ['Ctrl', 'A'], what: 'selectAll' },
  { keys: ['Shift'], what: 'range' },
  { keys: ['Ctrl', 'Z'], what: 'undo' },
  { keys: ['1', '…', '9'], what: 'tag' },
  { keys: ['y', 'n'], what: 'answer' },
  { keys: ['Esc'], what: 'close' },
] as const;

export class ShellActions {
  picking = $state.raw<PickRequest | null>(null);
  showShortcuts = $state(false);
  /** The run that a person is asked about before it is deleted; null: none. */
  deleting = $state.raw<RunSummary | null>(null);
  adding = $state(false);
  /** Paths that were typed into our own dialog and left behind with the place, by what was picked. */
  readonly #unsent = new Map<PickRequest['what'], string>();
  readonly battery = new Battery();
  readonly #app: App;
  #prefix = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** A folder of the person's choice, null when they thought better of it. */
  pickFolder(hint: string | null = null, lost?: PickRequest['lost']): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return desktop.pickFolder();
    return this.#pick('folder', hint, lost);
  }

  /** A folder to write into. */
  pickTarget(): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return desktop.pickFolder();
    return this.#pick('target', null);
  }

  /** Path of a file of weights to start from. */
  async pickWeights(hint: string | null = null): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return (await desktop.pickFile('weights'))?.path ?? null;
    return this.#pick('weights', hint);
  }

  /** Path of an ONNX file. */
  async pickEncoder(): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return (await desktop.pickFile('encoder'))?.path ?? null;
    return this.#pick('encoder', null);
  }

  /** Our own dialog, where the host has none: a browser does not tell paths. */
  #pick(what: PickRequest['what'], hint: string | null, lost?: PickRequest['lost']): Promise<string | null> {
    return new Promise((resolve) => {
      this.picking = {
        ...{ what, hint, ...(lost && { lost }) },
        typed: (!hint && !lost && this.#unsent.get(what)) || '',
        done: (path) => {
          this.picking = null;
          this.#unsent.delete(what);
          resolve(path);
        },
      };
    });
  }

  /** What was asked in the place that is left, as by Back, is asked no more; a path that was typed is there the next time. */
  leave(): void {
    const { picking } = this;
    picking?.done(null);
    if (picking?.typed) this.#unsent.set(picking.what, picking.typed);
    this.deleting = null;
    this.showShortcuts = false;
  }

  addFolder = async (hint: string | null = null): Promise<void> => {
    const folder = await this.pickFolder(hint);
    if (folder) await this.add(folder);
  };

  /** A folder that was dropped on the window, whose path a browser does not tell. */
  dropFolder(name: string, file: File | null): void {
    const { desktop } = this.#app;
    if (desktop && file) void this.add(desktop.pathOf(file));
    else void this.addFolder(name);
  }

  async add(folder: string): Promise<void> {
    const dataset = await this.#app.attempt(() => this.#app.library.add(folder));
    if (dataset) this.#app.router.go('library', dataset.id);
  }

  /** Renders the sample photos and adds them. */
  addSample = async (): Promise<Dataset | undefined> => {
    this.adding = true;
    const dataset = await this.#app.attempt(this.#app.library.addSample);
    this.adding = false;
    return dataset;
  };

  /** First of the two clicks from a first launch to a training. */
  trySample = async (): Promise<void> => {
    const dataset = await this.addSample();
    if (dataset) this.#app.router.go('new', null, { dataset: dataset.id });
  };

  /** Opens the form of a new run with an earlier run's settings, changed by an advice. */
  clone(runId: string, advice: string | null = null): void {
    this.#app.router.go('new', null, { clone: runId, ...(advice ? { advice } : {}) });
  }

  async deleteRun(id: string, name: string): Promise<void> {
    const deleted = await this.#app.attempt(() => this.#app.runs.delete(id));
    if (deleted) this.#app.offerRestore({ id, name, diskBytes: deleted.bytes }, deleted.undoSeconds);
  }

  keydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest('input, textarea, select, [contenteditable], dialog')) return;
    if (event.ctrlKey || event.metaKey) {
      if (event.key === 'z' && this.#app.takeBack()) event.preventDefault();
      return;
    }
    if (this.#prefix) {
      this.#prefix = false;
      const place = places.find(({ key }) => key === event.key)?.id;
      if (place) {
        event.preventDefault();
        this.#app.router.go(
          place,
          place === 'monitor' ? (this.#app.runs.active?.id ?? this.#app.runs.list[0]?.id ?? null) : null,
        );
        return;
      }
    }
    const tag = /^[1-9]$/.test(event.key) ? this.#app.tags.ofKey(Number(event.key)) : undefined;
    const { selection } = this.#app;
    if (tag && (selection.size > 0 || selection.isChoosing)) {
      event.preventDefault();
      void this.#app.photoActions.tag(tag.id);
    } else if (event.key === 'Escape') this.#app.selection.clear();
    else if (event.key === 'g') this.#prefix = true;
    else if (event.key === '?') this.showShortcuts = true;
    else if (event.key === '/') {
      const search = document.querySelector<HTMLInputElement>('main input[type=search]');
      if (!search) return;
      event.preventDefault();
      search.focus();
      search.select();
    } else if (event.key === ' ' && !target?.closest('button, a, summary, [role=option], [role=tab]')) {
      event.preventDefault();
      void this.#app.togglePause();
    }
  };
}
