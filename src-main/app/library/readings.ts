/**
 * The readings of folders, at most one of each at a time. What is done before one begins, or between its end and the
 * next, is the library's (library.ts).
 */
import type { ErrorValue } from '../../../shared/contract.ts';
import type { DatasetRow } from '../../db/index.ts';
import type { AppContext } from '../context.ts';
import { Pace } from './pace.ts';
import { Reading } from './reading.ts';
import type { Thumbnails } from './thumbnails.ts';

/** What the readings ask and tell the library. */
interface Folders {
  dataset(id: string): DatasetRow;
  /** A folder has changed. */
  announce(id: string): void;
  /** The same where its photos may have: they are counted some at a time. */
  announceCounted(id: string): Promise<unknown>;
  /** Asks whether it is there, before what is told of it. */
  look(id: string): Promise<void>;
}

export class Readings {
  /** Told of runs that begin, by which readings go. */
  readonly pace = new Pace();
  readonly #context: AppContext;
  readonly #thumbnails: Thumbnails;
  readonly #folders: Folders;
  readonly #running = new Map<string, Reading>();
  /** Ids of the folders whose reading was cut short by their removal, with whether it decoded. */
  readonly #cut = new Map<string, boolean>();
  readonly #failed = new Map<string, ErrorValue>();

  constructor(context: AppContext, thumbnails: Thumbnails, folders: Folders) {
    this.#context = context;
    this.#thumbnails = thumbnails;
    this.#folders = folders;
  }

  /** A collection is read with its folder. */
  #of = (id: string): Reading | undefined => this.#running.get(this.#context.store.images.folderOf(id));

  isListing = (id: string): boolean => this.#of(id)?.isListing ?? false;

  /** Resolves when no listing of the folder is under way: its photos are known, as far as they can be. */
  async listed(id: string): Promise<void> {
    for (let reading = this.#of(id); reading?.isListing; reading = this.#of(id)) await reading.listed;
  }

  /**
   * Begins a reading; one that is still listing serves, and one that decodes gives way: what it has decoded stays.
   * @param decodes photos are decoded as well as listed
   */
  begin(datasetId: string, decodes: boolean): void {
    const id = this.#context.store.images.folderOf(datasetId);
    const running = this.#running.get(id);
    if (running?.isListing) {
      running.decodes ||= decodes;
      return;
    }
    const { store, paths, events, closing, pool } = this.#context;
    this.#failed.delete(id);
    this.#cut.delete(id);
    const isKept = () => !closing.aborted && !store.datasets.get(id)!.removedAt;
    const reading: Reading = new Reading(
      id,
      decodes || (running?.goesOn ?? false),
      { store, paths, pool, thumbnails: this.#thumbnails, pace: this.pace },
      closing,
      {
        dataset: () => this.#folders.dataset(id),
        tell: (progress) => {
          const now = this.#running.get(id);
          if (!closing.aborted && (now ?? reading) === reading) events.emit({ name: 'scan', progress });
        },
        onListed: () => this.#folders.announceCounted(id),
        onEnd: (failure) => {
          if (this.#running.get(id) !== reading) return; // another has begun
          this.#running.delete(id);
          if (failure !== null) this.#failed.set(id, failure);
        },
      },
      running ? running.stop() : Promise.resolve(),
    );
    this.#running.set(id, reading);
    void reading.done
      .then(() => this.#folders.look(id))
      .then(() => (isKept() ? this.#folders.announceCounted(id) : undefined))
      .catch(() => {}); // gone meanwhile, or closing
    if (isKept()) this.#folders.announce(id);
  }

  /** Begins a reading when the one that is under way, if any, has ended: what it went by is no longer so. */
  async beginAnew(id: string, decodes: boolean): Promise<void> {
    const decoded = await this.stop(id);
    this.begin(id, decodes || (decoded ?? false));
  }

  /** Stops a reading and waits for its end; says whether it decoded, and undefined where there was none. */
  async stop(id: string): Promise<boolean | undefined> {
    const reading = this.#running.get(id);
    await reading?.stop();
    return reading?.decodes;
  }

  /** Stops a reading for good: what it has stored stays. */
  cancel(id: string): void {
    void this.#of(id)?.stop();
  }

  /** Why the last reading failed, if it did. */
  failure = (id: string): ErrorValue | undefined => this.#failed.get(this.#context.store.images.folderOf(id));

  /** Whether one of the folder itself is under way. */
  isReading = (folderId: string): boolean => this.#running.has(folderId);

  /** Stops the reading of a folder that is removed. */
  async cutShort(id: string): Promise<void> {
    const cut = await this.stop(id);
    if (cut !== undefined) this.#cut.set(id, cut);
  }

  /** Goes on with a reading that was cut short. */
  goOn(id: string): void {
    const cut = this.#cut.get(id);
    if (cut !== undefined) this.begin(id, cut);
  }

  /** Resolves when none is under way. */
  async ended(): Promise<void> {
    await Promise.all([...this.#running.values()].map((reading) => reading.done));
  }
}
