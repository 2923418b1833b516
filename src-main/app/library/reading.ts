/**
 * One reading of a folder, from its listing to its last photo. It can be stopped at any moment and never rejects: how
 * it ended is in its progress, which listeners are told of several times a second.
 */
import type { ErrorValue, ScanProgress } from '../../../shared/contract.ts';
import { reasonOf } from '../../../shared/errors.ts';
import { toWireError } from '../../../shared/contract.ts';
import type { DatasetRow } from '../../db/index.ts';
import { deviceOf, isThere } from '../../files/index.ts';
import { ImageError } from '../../images/index.ts';
import { throttled } from '../events.ts';
import { toldOfHome } from '../homeFailure.ts';
import { decode } from './decoding.ts';
import type { DecodingParts } from './decoding.ts';
import { describePhotos } from './describing.ts';
import { divide } from './dividing.ts';
import { list } from './listing.ts';
import type { ReadingParts } from './listing.ts';
import { measure } from './measuring.ts';
import { unhurried, unlessAborted } from '../unhurried.ts';

/** Events a second. */
const eventsPerSecond = 5;

export interface ReadingHooks {
  /** The folder as it is when the reading begins. */
  dataset(): DatasetRow;
  tell(progress: ScanProgress): void;
  onListed(): Promise<unknown>;
  /** Called before the last progress is told, with what the reading failed with, or null. */
  onEnd(failure: ErrorValue | null): void;
}

export class Reading {
  readonly progress: ScanProgress;
  /** Photos are decoded as well; without it sizes, hashes and thumbnails are made when they are wanted. */
  decodes: boolean;
  /** Resolves when the listing has ended: the photos are known, or will not be. */
  readonly listed: Promise<void>;
  /** Resolves when the reading has ended and writes nothing any more; never rejects. */
  readonly done: Promise<void>;
  readonly #abort = new AbortController();

  /** @param after what has to end before it begins */
  constructor(
    datasetId: string,
    decodes: boolean,
    parts: DecodingParts,
    closing: AbortSignal,
    hooks: ReadingHooks,
    after: Promise<void>,
  ) {
    this.decodes = decodes;
    this.progress = {
      datasetId,
      phase: 'listing',
      found: 0,
      read: 0,
      skipped: 0,
      etaSeconds: null,
      error: null,
      changes: null,
    };
    let isListed!: () => void;
    this.listed = new Promise((resolve) => (isListed = resolve));
    const signal = AbortSignal.any([this.#abort.signal, closing]);
    this.done = after.then(() => this.#read(parts, signal, hooks, isListed)).finally(isListed);
  }

  get isListing(): boolean {
    return this.progress.phase === 'listing' && !this.#abort.signal.aborted;
  }

  /** There are photos left to decode, and nobody has stopped it. */
  get goesOn(): boolean {
    return this.decodes && !this.#abort.signal.aborted;
  }

  stop(): Promise<void> {
    this.#abort.abort();
    return this.done;
  }

  /**
   * Marks all photos as away when their disk was taken away during the reading and left the empty folder it was mounted
   * on.
   */
  async #markAway({ store }: ReadingParts, { id, folder }: DatasetRow): Promise<void> {
    if ((await deviceOf(folder)) !== undefined) await unhurried(store.images.goingAway(id));
  }

  async #read(parts: DecodingParts, signal: AbortSignal, hooks: ReadingHooks, isListed: () => void): Promise<void> {
    const { progress } = this;
    const tell = throttled(() => hooks.tell({ ...progress }), 1000 / eventsPerSecond);
    let failure: ErrorValue | null = null;
    try {
      signal.throwIfAborted();
      const dataset = hooks.dataset();
      const options = { signal, progress, onProgress: tell };
      await unlessAborted(isThere(dataset.folder), signal); // one that does not answer is not asked for all its names
      const changes = await list(parts, dataset, options);
      if (dataset.scannedAt !== null) progress.changes = changes;
      await divide(parts, hooks.dataset(), options);
      await measure(parts, hooks.dataset(), signal);
      if (this.decodes) progress.phase = 'reading';
      isListed();
      await hooks.onListed();
      tell();
      if (this.decodes) {
        await decode(parts, hooks.dataset(), options);
        await describePhotos(parts, hooks.dataset(), signal);
      }
      progress.phase = 'done';
    } catch (error) {
      progress.phase = signal.aborted ? 'cancelled' : 'failed';
      if (error instanceof ImageError && error.key === 'missing.vanished') await this.#markAway(parts, hooks.dataset());
      if (!signal.aborted) {
        const told = toldOfHome(error, parts.paths.home);
        failure = reasonOf(told);
        progress.error = toWireError(told);
      }
    }
    progress.etaSeconds = null;
    hooks.onEnd(failure);
    tell();
    tell.flush();
  }
}
