/**
 * The library: folders of photos as the contract shows them. Each folder is one machine: commands on it take effect one
 * after another, and one that changes the folder stops its reading (readings.ts) and waits for its end. The calls are in
 * handlers.ts.
 */
import { basename } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import type { Dataset } from '../../../shared/contract.ts';
import { PassedOver } from '../../../shared/contract/dataset.ts';
import { shortHash } from '../../db/index.ts';
import type { DatasetCounts, DatasetRow } from '../../db/index.ts';
import { deviceOf } from '../../files/index.ts';
import { freeDiskBytes } from '../../images/index.ts';
import type { PixelRule } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import { found as orNotFound, AppError } from '../errors.ts';
import { realFolder } from './givenFolder.ts';
import { LibraryPhotos } from './libraryPhotos.ts';
import { Lines } from './line.ts';
import { findingsOf, ruleOf } from './measuring.ts';
import { Moves } from './moves.ts';
import { Readings } from './readings.ts';
import { align, groupingOf, owe } from './rules.ts';
import { unhurried } from '../unhurried.ts';
import { thumbnailBudget, Thumbnails } from './thumbnails.ts';

export class Library {
  readonly thumbnails: Thumbnails;
  readonly photos: LibraryPhotos;
  readonly readings: Readings;
  readonly moves: Moves;
  readonly #context: AppContext;
  readonly #lines = new Lines();
  /** Collections that every window is to be told of, and the telling. */
  readonly #untold = new Set<string>();
  #telling: Promise<void> | undefined;
  /** Folders that were not there, or whose disk did not answer, when they were last looked for. */
  readonly #missing = new Set<string>();

  constructor(context: AppContext) {
    this.#context = context;
    const { store, paths } = context;
    this.thumbnails = new Thumbnails(paths.thumbnails, () => {
      const folders = store.datasets.all().filter(({ parent }) => parent === null);
      const photos = folders.reduce((sum, { id }) => sum + store.datasets.counts(id).images, 0);
      return thumbnailBudget(photos, freeDiskBytes(paths.thumbnails));
    });
    this.photos = new LibraryPhotos(context, this.thumbnails);
    this.readings = new Readings(context, this.thumbnails, {
      dataset: (id) => this.dataset(id),
      announce: (id) => void this.announce(id),
      announceCounted: (id) => this.announceCounted(id),
      look: (id) => this.#look(this.dataset(id).folder),
    });
    this.moves = new Moves(context, this);
  }

  dataset(id: string): DatasetRow {
    const row = this.#context.store.datasets.get(id);
    if (row?.removedAt) throw new AppError('not-found.folder', { folder: row.folder });
    return orNotFound(row, 'folder', id);
  }

  /** As calls show it: a collection is counted a little at a time, so that nobody waits for it. @throws AppError not-found */
  async described(id: string): Promise<Dataset> {
    await this.#countGroups(this.dataset(id));
    const [counts] = await Promise.all([this.#counts(id), this.#look(this.dataset(id).folder)]);
    return this.describe(this.dataset(id), counts);
  }

  /** So that `describe` finds them counted. */
  async #countGroups(row: DatasetRow): Promise<void> {
    const { store, closing } = this.#context;
    if (groupingOf(row).by !== 'none') await unhurried(store.images.countingGroups(row.id), closing);
  }

  async list(): Promise<Dataset[]> {
    const { datasets, images } = this.#context.store;
    await Promise.all([...new Set(datasets.all().map(({ folder }) => folder))].map((folder) => this.#look(folder)));
    for (const row of datasets.all()) await this.#countGroups(row);
    const counted = new Map<string, { at: number; counts: DatasetCounts }>();
    for (const { id, parent } of datasets.all())
      if (parent !== null) counted.set(id, { at: images.sideChanges(id), counts: await this.#counts(id) });
    return datasets.all().map((row) => {
      const known = counted.get(row.id);
      // one that changed while those after it were counted is counted at once
      return this.describe(row, known && known.at === images.sideChanges(row.id) ? known.counts : undefined);
    });
  }

  /** What is told of the folder from then on goes by whether it is there now. */
  async #look(folder: string): Promise<void> {
    if ((await deviceOf(folder)) === undefined) this.#missing.add(folder);
    else this.#missing.delete(folder);
  }

  /** Anew where photos have changed meanwhile, so that no answer is older than what windows were told before it. */
  async #counts(id: string): Promise<DatasetCounts> {
    const { datasets, images } = this.#context.store;
    for (let tries = 0; tries < 3; tries++) {
      const before = images.sideChanges(id);
      const counts = await unhurried(datasets.counting(id), this.#context.closing);
      if (images.sideChanges(id) === before) return counts;
    }
    return datasets.counts(id);
  }

  describe(row: DatasetRow, counts = this.#context.store.datasets.counts(row.id)): Dataset {
    const { store } = this.#context;
    const folder = row.parent ?? row.id;
    let state: Dataset['state'] = 'ready';
    if (this.readings.isReading(folder)) state = 'scanning';
    else if (this.#missing.has(row.folder)) state = 'offline';
    else if (counts.images === 0 && counts.away > 0) state = 'away';
    else if (this.readings.failure(folder) !== undefined) state = 'failed';
    return {
      id: row.id,
      name: row.name,
      naming: row.naming,
      parent: row.parent,
      tagId: row.tag,
      folder: row.folder,
      state,
      images: counts.images,
      away: counts.away,
      skipped: counts.skipped,
      excluded: counts.excluded,
      bytes: counts.bytes,
      formats: counts.formats,
      labels: { source: row.labelSource, depth: row.labelDepth, classes: counts.classes },
      heldOut: row.heldOut,
      heldOutPhotos: counts.heldOut,
      splitFolders: row.splitFolders === 1,
      groups: this.#groups(row),
      addedAt: row.addedAt,
      scannedAt: row.scannedAt,
      input: ruleOf(row),
      findings: findingsOf(row),
      // none for a collection, as no file is its own
      large: store.images.large(row.id),
      divided: store.images.divided(row.id),
      elsewhere: store.images.elsewhere(row.id),
      passedOver: PassedOver.parse(JSON.parse(row.passedOver)),
    };
  }

  #groups(row: DatasetRow): Dataset['groups'] {
    const rule = groupingOf(row);
    if (rule.by === 'none') return { rule, count: 0, largest: 0, photos: 0 };
    const { groups: count, largest, photos } = this.#context.store.images.groups(row.id);
    return { rule, count, largest, photos };
  }

  /**
   * Tells every window, of its collections soon as well, and answers what it told of the folder itself.
   * @param chosen the rule that it is to have, where that is not kept yet
   */
  announce(id: string, chosen?: PixelRule): Dataset {
    const row = this.dataset(id);
    const dataset = chosen
      ? { ...this.describe({ ...row, input: JSON.stringify(chosen) }), measuring: true }
      : this.describe(row);
    this.#context.events.emit({ name: 'dataset', dataset });
    this.announceSoon(this.#context.store.collections.ofFolder(id));
    return dataset;
  }

  /** The same, counted as `described` says. */
  async announceCounted(id: string): Promise<Dataset> {
    await this.#countGroups(this.dataset(id));
    const counts = await this.#counts(id);
    const dataset = this.describe(this.dataset(id), counts);
    this.#context.events.emit({ name: 'dataset', dataset });
    this.announceSoon(this.#context.store.collections.ofFolder(id));
    return dataset;
  }

  /** Tells every window of collections when whoever asked has its answer; many askings are one. */
  announceSoon(collections: readonly string[]): void {
    for (const id of collections) this.#untold.add(id);
    if (this.#untold.size > 0)
      this.#telling ??= this.#tell().finally(() => {
        this.#telling = undefined;
        this.announceSoon([]); // what came as it ended
      });
  }

  async #tell(): Promise<void> {
    const { store, closing } = this.#context;
    await breathe();
    for (const id of this.#untold) {
      this.#untold.delete(id); // what changes from here on asks again
      if (!closing.aborted && store.datasets.get(id)?.removedAt === null)
        await this.announceCounted(id).catch(() => {}); // taken out meanwhile, or closing
    }
  }

  /**
   * Runs a command on a folder when those before it have ended. A reading goes on beside it: what changes the folder
   * stops that first.
   */
  command<T>(id: string, work: () => T | Promise<T>, folders: readonly string[] = []): Promise<T> {
    return this.#lines.run([id, ...folders], () => {
      if (this.#context.closing.aborted) throw new AppError('not-available.closing');
      return work();
    });
  }

  /**
   * Adds a folder, or finds it again, and begins to read it.
   * @throws AppError bad-folder
   */
  add(folder: string, decodes: boolean): Promise<Dataset> {
    const { store } = this.#context;
    const real = realFolder(folder, this.#context.paths.home);
    const owner = this.moves.owner(real);
    return this.command(
      real,
      () => {
        const known = store.datasets.byFolder(real);
        let id = known?.id ?? shortHash(real);
        if (known?.removedAt) store.datasets.update(id, { removedAt: null });
        if (!known) {
          for (let salt = 1; store.datasets.get(id); salt++) id = shortHash(`${real}\0${salt}`); // the folder moved away and another came
          store.datasets.insert({ id, name: basename(real) || real, folder: real, addedAt: Date.now() });
        }
        this.readings.begin(id, decodes);
        return this.describe(this.dataset(id));
      },
      owner === undefined ? [] : [owner],
    );
  }

  remove(id: string): Promise<void> {
    return this.command(id, async () => {
      this.dataset(id);
      await this.readings.cutShort(id);
      const { store, events } = this.#context;
      store.datasets.update(id, { removedAt: Date.now() });
      for (const datasetId of [id, ...store.collections.ofFolder(id)])
        events.emit({ name: 'datasetRemoved', datasetId });
    });
  }

  /** Takes a removal back; a reading that it cut short goes on. */
  restore(id: string): Promise<Dataset> {
    return this.command(id, async () => {
      this.#context.store.datasets.update(id, { removedAt: null });
      await this.#look(this.dataset(id).folder);
      this.readings.goOn(id);
      return this.announceCounted(id);
    });
  }

  /** Changes what labels or sides follow from, and brings every photo in line with it. */
  async changeRules(id: string, change: () => void = () => {}): Promise<Dataset> {
    const { store, closing } = this.#context;
    store.transaction(() => {
      change();
      owe(store, id);
    });
    await align(store, id, closing);
    return this.announce(id);
  }

  /** How many photos are trained on and embedded. */
  usable(id: string): number {
    const { images, excluded } = this.#context.store.datasets.counts(id);
    return images - excluded;
  }

  async close(): Promise<void> {
    await Promise.all([this.#lines.idle(), this.readings.ended()]);
    await this.#telling;
  }
}
