/**
 * What can be done from anywhere in the window: adding a folder (system dialog, or our own where the host has
 * none), starting with the sample photos, pausing with the space bar, and the other shortcuts.
 */
import type { Dataset } from '../../shared/contract.ts';
import { places } from '../../shared/places.ts';
import type { App } from './app.svelte.ts';

export interface PickRequest {
  what: 'folder' | 'weights';
  /** Name of the folder that was dropped, where its path is not known. */
  hint: string | null;
  /** Path of the folder or file. */
  done(path: string | null): void;
}

/** Keys by what they do, for the list of them; a place is reached by g and its own key (shared/places.ts). */
export const shortcuts = [
  { keys: ['/'], what: 'search' },
  { keys: ['Space'], what: 'pause' },
  { keys: ['?'], what: 'shortcuts' },
  { keys: ['←', '↑', '→', '↓'], what: 'grid' },
  { keys: ['Enter'], what: 'open' },
  { keys: ['Esc'], what: 'close' },
] as const;

export class ShellActions {
  picking = $state.raw<PickRequest | null>(null);
  showShortcuts = $state(false);
  adding = $state(false);
  readonly #app: App;
  #prefix = false;

  constructor(app: App) {
    this.#app = app;
  }

  /** A folder of the person's choice, null when they thought better of it. */
  pickFolder(hint: string | null = null): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return desktop.pickFolder();
    return this.#pick('folder', hint);
  }

  /** Path of a safetensors file to start from. */
  async pickWeights(): Promise<string | null> {
    const { host, desktop } = this.#app;
    if (host?.canPickFolder && desktop) return (await desktop.pickFile('weights'))?.path ?? null;
    return this.#pick('weights', null);
  }

  /** Our own dialog, where the host has none: a browser does not tell paths. */
  #pick(what: PickRequest['what'], hint: string | null): Promise<string | null> {
    return new Promise((resolve) => {
      this.picking = {
        what,
        hint,
        done: (path) => {
          this.picking = null;
          resolve(path);
        },
      };
    });
  }

  addFolder = async (hint: string | null = null): Promise<void> => {
    const folder = await this.pickFolder(hint);
    if (folder) await this.add(folder);
  };

  async add(folder: string): Promise<void> {
    const dataset = await this.#app.attempt(() => this.#app.library.add(folder));
    if (dataset) this.#app.router.go('library', dataset.id);
  }

  /** Renders the sample photos and adds them. */
  addSample = async (): Promise<Dataset | undefined> => {
    this.adding = true;
    const dataset = await this.#app.attempt(() => this.#app.library.addSample());
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

  async deleteRun(runId: string, name: string): Promise<void> {
    const { i18n, runs, toasts, report } = this.#app;
    const deleted = await this.#app.attempt(() => runs.delete(runId));
    if (!deleted) return;
    toasts.show('info', i18n.t('runs.deleted', { name, size: i18n.bytes(deleted.bytes) }), {
      // on a full disk it goes at once
      ...(deleted.undoSeconds > 0 && {
        seconds: deleted.undoSeconds,
        action: { label: i18n.t('common.undo'), run: () => void deleted.undo().catch(report) },
      }),
    });
  }

  keydown = (event: KeyboardEvent): void => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target as HTMLElement | null;
    if (target?.closest('input, textarea, select, [contenteditable], dialog')) return;
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
    if (event.key === 'g') this.#prefix = true;
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
