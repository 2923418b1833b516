/**
 * The window's state as a whole: one object that the components get from their context. It gathers the parts,
 * loads them at each connection, and reports what goes wrong; it renders nothing.
 */
import type { AppResult, RunSummary, Settings } from '../../shared/contract.ts';
import { Settings as SettingsSchema } from '../../shared/contract.ts';
import { ContractError } from '../../shared/contract/wire.ts';
import { graceMilliseconds } from '../../shared/client.ts';
import type { Client } from '../../shared/client.ts';
import type { Desktop } from '../../shared/desktop.ts';
import { photoAddress } from '../../shared/photoAddress.ts';
import { I18n, preferredLanguage } from './i18n.svelte.ts';
import { Devices } from './devices.svelte.ts';
import { Library } from './library.svelte.ts';
import { PhotoNames } from './photo-names.svelte.ts';
import { Router } from './router.svelte.ts';
import type { Address } from './router.svelte.ts';
import { Runs } from './runs.svelte.ts';
import { PhotoActions } from './photo-actions.svelte.ts';
import { Selection } from './selection.svelte.ts';
import { Tags } from './tags.svelte.ts';
import { Tasks } from './tasks.svelte.ts';
import { Toasts } from './toasts.svelte.ts';
import { KeptSelection } from './kept-selection.ts';
import type { SessionStorage } from './kept-selection.ts';
import { Memory } from './memory.ts';
import type { Storage } from './memory.ts';
import { ChartView } from './chart-view.svelte.ts';

export type Host = AppResult<'system.host'>;

export interface AppOptions {
  client: Client;
  address: Address;
  languages: readonly string[];
  /** What the desktop shell adds; null in a browser. */
  desktop: Desktop | null;
  /** Where this browser keeps what it was last used for; null: nothing is remembered. */
  storage?: Storage | null;
  /** Where this tab keeps what a reload is not to lose; null: it loses it. */
  session?: SessionStorage | null;
}

export class App {
  readonly client: Client;
  readonly desktop: Desktop | null;
  readonly i18n = new I18n();
  readonly router: Router;
  readonly toasts = new Toasts();
  readonly library: Library;
  readonly runs: Runs;
  readonly tasks: Tasks;
  readonly devices: Devices;
  readonly charts = new ChartView();
  readonly names: PhotoNames;
  readonly selection = new Selection();
  readonly tags: Tags;
  readonly photoActions = new PhotoActions(this);
  readonly memory: Memory;
  readonly keptSelection: KeptSelection;
  settings = $state.raw<Settings>(SettingsSchema.parse({}));
  host = $state.raw<Host | null>(null);
  connected = $state(false);
  /**
   * Nobody answers, for longer than a moment: what is shown is as it was, and what runs, if anything, is not known.
   * Since when, milliseconds since 1970; null: all is well.
   */
  lostAt = $state<number | null>(null);
  /** This browser was shut out, or belongs to another home. */
  refused = $state(false);
  /** Id under which the host knows this browser; null in the desktop shell. */
  browserId = $state<string | null>(null);
  /** The first load is done: places know whether they are empty. */
  ready = $state(false);
  failed = $state.raw<unknown>(null);
  /** The notice that offers to take back what was done last to a folder or a run, by its id. */
  readonly #offers = new Map<string, number>();
  readonly #languages: readonly string[];
  #losing: ReturnType<typeof setTimeout> | undefined;

  constructor({ client, address, languages, desktop, storage = null, session = null }: AppOptions) {
    this.client = client;
    this.desktop = desktop;
    this.router = new Router(address);
    this.library = new Library(client, this.i18n);
    this.names = new PhotoNames(client);
    this.tags = new Tags(client, this.i18n);
    this.runs = new Runs(client, this.i18n);
    this.tasks = new Tasks(client);
    this.devices = new Devices(client);
    this.memory = new Memory(storage);
    this.keptSelection = new KeptSelection({
      ...{ client, selection: this.selection, library: this.library, storage: session },
      say: (why, count) => void this.toasts.show('info', this.i18n.t(`select.${why}`, { count })),
    });
    this.#languages = languages;
    this.#useSettings(this.settings);
  }

  /** Follows the application until the returned function is called. To be called before the client is attached. */
  start(): () => void {
    const stops = [
      this.router.listen(),
      this.library.listen(),
      this.runs.listen(),
      this.tasks.listen(),
      this.tags.listen(),
      this.devices.listen(),
      this.keptSelection.listen(),
      this.client.on('settings', ({ settings }) => this.#useSettings(settings)),
      this.client.on('fault', ({ error }) => this.report(new ContractError(error))),
      this.client.onConnection((connected) => {
        this.connected = connected;
        clearTimeout(this.#losing);
        if (connected) {
          this.lostAt = null;
          void this.load();
        } else {
          const at = Date.now();
          this.#losing = setTimeout(() => (this.lostAt = at), graceMilliseconds);
        }
      }),
    ];
    return () => {
      clearTimeout(this.#losing);
      stops.forEach((stop) => stop());
    };
  }

  /** Whether nobody answers or this browser is shut out, so that nothing that is asked for now is done. */
  get isAway(): boolean {
    return this.refused || this.lostAt !== null;
  }

  /** Takes back what was done last and can be; nothing while nobody answers, as it would be done whenever somebody does. */
  takeBack = (): boolean => !this.isAway && this.toasts.undo();

  /** The folder that the Library shows: the one that is named, else the one that was open last. */
  shownFolder = (id: string | null) =>
    this.library.get(id) ?? this.library.get(this.memory.get('lastFolder')) ?? this.library.datasets[0];
  keepFolder = (id: string): void => this.memory.set('lastFolder', id);

  /** Takes the id that the browser host gives this browser; null: it may not come in. */
  enter = (browserId: string | null): void => {
    this.refused = browserId === null;
    this.browserId = browserId;
  };

  load = async (): Promise<void> => {
    try {
      const [host, settings] = await Promise.all([
        this.client.call('system.host', null),
        this.client.call('system.settings', null),
        this.library.load(),
        this.runs.load(),
        this.tasks.load(),
        this.tags.load(),
      ]);
      this.host = host;
      void this.#offerUndo();
      void this.keptSelection.check();
      this.photoActions.followCopies(this.#addFolder);
      this.#useSettings(settings);
      this.failed = null;
      this.ready = true;
    } catch (error) {
      if (!this.ready) this.failed = error;
    }
  };

  #addFolder = async (folder: string): Promise<void> => {
    const added = await this.attempt(() => this.library.add(folder));
    if (added) this.router.go('library', added.id);
  };

  /** What was deleted a moment ago can be taken back, on whatever page that was. */
  async #offerUndo(): Promise<void> {
    for (const { run, seconds } of await this.client.call('runs.deleted', null).catch(() => []))
      this.offerRestore(this.i18n.named(run), seconds);
    for (const { id, parent, ...named } of await this.client.call('library.removed', null).catch(() => []))
      this.offerFolder(id, this.i18n.named(named).name, parent, () => this.library.restore(id));
    for (const moved of await this.client.call('library.moved', null).catch(() => [])) this.offerMoveBack(moved);
  }

  /** Says that a folder or a collection was taken out of the library, with its undo. */
  offerFolder(id: string, name: string, parent: string | null, undo: () => Promise<void>): void {
    this.#offer(id, this.i18n.t(parent === null ? 'library.removed' : 'collection.removed', { name }), 12, undo);
  }

  /**
   * Says what was done to a folder or a run, with its undo. One that was said before, as by this page before the
   * connection was lost for a moment, gives way: it can be taken back once.
   */
  #offer(id: string, text: string, seconds: number, undo: () => Promise<unknown>): void {
    const { toasts, i18n } = this;
    const shown = this.#offers.get(id);
    if (shown !== undefined) toasts.dismiss(shown);
    const action = { label: i18n.t('common.undo'), isUndo: true, run: () => void undo().catch(this.report) };
    this.#offers.set(id, toasts.show('info', text, { seconds, action }));
  }

  /** Says where a folder is now, and offers a way back; of one that moves twice the last move alone can be taken back. */
  offerMoveBack(folderMoved: AppResult<'library.moved'>[number]): void {
    const { id, name, folder, from } = this.i18n.named(folderMoved);
    this.#offer(id, this.i18n.t('library.moved', { name, folder }), 12, () => this.library.moveBack(id, from));
  }

  /** Says that a run was deleted, with its undo as long as there is one; on a full disk it goes at once. */
  offerRestore({ id, name, diskBytes }: Pick<RunSummary, 'id' | 'name' | 'diskBytes'>, seconds: number): void {
    const text = this.i18n.t('runs.deleted', { name, size: this.i18n.bytes(diskBytes) });
    if (seconds > 0) this.#offer(id, text, seconds, () => this.runs.restore(id));
    else this.toasts.show('info', text);
  }

  #useSettings(settings: Settings): void {
    this.settings = settings;
    this.i18n.language = settings.language === 'system' ? preferredLanguage(this.#languages) : settings.language;
  }

  async setSettings(change: Partial<Settings>): Promise<void> {
    this.#useSettings(await this.client.call('system.setSettings', change));
  }

  /**
   * Pauses or goes on with the run that trains. Does nothing while nobody answers: the call would wait and meet
   * whatever runs then.
   */
  async togglePause(): Promise<void> {
    const run = this.isAway ? undefined : this.runs.active;
    if (run?.state === 'running') await this.attempt(() => this.runs.pause(run.id));
    else if (run?.state === 'paused') await this.attempt(() => this.runs.resume(run.id));
  }

  /** Does something a person asked for; a failure becomes a notice. Gives undefined then. */
  async attempt<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work();
    } catch (error) {
      this.report(error);
      return undefined;
    }
  }

  report = (error: unknown): void => {
    if (error instanceof Error && 'code' in error && error.code === 'cancelled') return;
    this.toasts.show('error', this.i18n.error(error));
  };

  /** Where a photo's thumbnail is, by its id; the same address in a browser and in the desktop shell. `run`: as it sees it. */
  image = (imageId: string, size: number, run?: string | null): string =>
    photoAddress(imageId, size, run ? { run } : { by: this.library.shownBy(imageId) });
}
