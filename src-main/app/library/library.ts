/**
 * The library: folders of photos as the contract shows them, their readings, and photos by id. Each folder is one
 * machine: commands on it take effect one after another, and one that changes the folder stops its reading and waits
 * for its end. The calls are in handlers.ts.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Dataset, ErrorValue, ImageInfo, JobImage } from '../../../shared/contract.ts';
import type { Reason } from '../../../shared/contract/wire.ts';
import { PassedOver } from '../../../shared/contract/dataset.ts';
import { said } from '../../../shared/sentences.ts';
import { found as orNotFound, AppError } from '../errors.ts';
import { freeDiskBytes } from '../../images/index.ts';
import type { AppContext } from '../context.ts';
import { shortHash } from '../../db/index.ts';
import type { DatasetRow, ImageRow } from '../../db/index.ts';
import { Lines } from './line.ts';
import { Pace } from './pace.ts';
import { nameOfBytes, systemPath } from '../../files/index.ts';
import { photoPath } from './photos.ts';
import { Reading } from './reading.ts';
import { unhurriedPieces } from '../unhurried.ts';
import { align, groupingOf, owe } from './rules.ts';
import { findingsOf, photoFile, ruleOf } from './measuring.ts';
import { Pictures } from './pictures.ts';
import { thumbnailBudget, Thumbnails, thumbnailSize } from './thumbnails.ts';

export class Library {
  readonly thumbnails: Thumbnails;
  /** Told of runs that begin, by which readings go. */
  readonly pace = new Pace();
  readonly #context: AppContext;
  readonly #lines = new Lines();
  readonly #readings = new Map<string, Reading>();
  /** Path by dataset id where commands that were given will have moved a folder when they have ended. */
  readonly #moving = new Map<string, string>();
  /** Ids of the folders whose reading was cut short by their removal, with whether it decoded. */
  readonly #cut = new Map<string, boolean>();
  readonly #failed = new Map<string, ErrorValue>();
  readonly #pictures: Pictures;

  constructor(context: AppContext) {
    this.#context = context;
    const { store, paths } = context;
    this.thumbnails = new Thumbnails(paths.thumbnails, () => {
      const folders = store.datasets.all().filter(({ parent }) => parent === null);
      const photos = folders.reduce((sum, { id }) => sum + store.datasets.counts(id).images, 0);
      return thumbnailBudget(photos, freeDiskBytes(paths.thumbnails));
    });
    this.#pictures = new Pictures(context, this.thumbnails);
  }

  dataset(id: string): DatasetRow {
    const row = this.#context.store.datasets.get(id);
    return orNotFound(row?.removedAt ? undefined : row, 'folder', id);
  }

  describe(row: DatasetRow): Dataset {
    const { store } = this.#context;
    const counts = store.datasets.counts(row.id);
    const folder = row.parent ?? row.id;
    let state: Dataset['state'] = 'ready';
    if (this.#readings.has(folder)) state = 'scanning';
    else if (!existsSync(systemPath(row.folder))) state = 'offline';
    else if (counts.images === 0 && counts.away > 0) state = 'away';
    else if (this.#failed.has(folder)) state = 'failed';
    return {
      id: row.id,
      name: row.name,
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

  /** Tells every window, also of its collections, and answers what it told of the folder itself. */
  announce(id: string): Dataset {
    const dataset = this.describe(this.dataset(id));
    this.#context.events.emit({ name: 'dataset', dataset });
    for (const collection of this.#context.store.collections.ofFolder(id)) this.announce(collection);
    return dataset;
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

  /** The dataset that a folder belongs to when the commands that were given have ended. */
  #owner(folder: string): string | undefined {
    for (const [id, to] of this.#moving) if (to === folder) return id;
    const row = this.#context.store.datasets.byFolder(folder);
    return row && !this.#moving.has(row.id) ? row.id : undefined;
  }

  /**
   * Adds a folder, or finds it again, and begins to read it.
   * @throws AppError bad-folder
   */
  add(folder: string, decodes: boolean): Promise<Dataset> {
    const { store } = this.#context;
    const real = realFolder(folder);
    const owner = this.#owner(real);
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
        this.read(id, decodes);
        return this.describe(this.dataset(id));
      },
      owner === undefined ? [] : [owner],
    );
  }

  /** @throws AppError bad-folder, not-found */
  async relocate(datasetId: string, folder: string): Promise<Dataset> {
    const { store } = this.#context;
    const id = store.images.folderOf(datasetId);
    const real = realFolder(folder);
    const before = this.#moving.get(id) ?? this.dataset(id).folder;
    this.#moving.set(id, real);
    const work = async () => {
      this.dataset(id);
      const other = store.datasets.byFolder(real);
      if (other && other.id !== id) throw new AppError('bad-folder.in-library', { folder: real, name: other.name });
      await this.#stop(id);
      store.datasets.update(id, { folder: real });
      this.read(id, true);
      return this.announce(id);
    };
    try {
      return await this.command(id, work, [before, real]);
    } finally {
      if (this.#moving.get(id) === real) this.#moving.delete(id);
    }
  }

  remove(id: string): Promise<void> {
    return this.command(id, async () => {
      this.dataset(id);
      const cut = await this.#stop(id);
      if (cut !== undefined) this.#cut.set(id, cut);
      const { store, events } = this.#context;
      store.datasets.update(id, { removedAt: Date.now() });
      for (const datasetId of [id, ...store.collections.ofFolder(id)])
        events.emit({ name: 'datasetRemoved', datasetId });
    });
  }

  /** Takes a removal back; a reading that it cut short goes on. */
  restore(id: string): Promise<Dataset> {
    return this.command(id, () => {
      this.#context.store.datasets.update(id, { removedAt: null });
      const cut = this.#cut.get(id);
      if (cut !== undefined) this.read(id, cut);
      return this.announce(id);
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

  /** A collection is read with its folder. */
  #readingOf = (id: string): Reading | undefined => this.#readings.get(this.#context.store.images.folderOf(id));

  isListing = (id: string): boolean => this.#readingOf(id)?.isListing ?? false;

  /** Resolves when no listing of the folder is under way: its photos are known, as far as they can be. */
  async listed(id: string): Promise<void> {
    for (let reading = this.#readingOf(id); reading?.isListing; reading = this.#readingOf(id)) await reading.listed;
  }

  /**
   * Begins a reading; one that is still listing serves, and one that decodes gives way: what it has decoded stays.
   * @param decodes photos are decoded as well as listed
   */
  read(datasetId: string, decodes: boolean): void {
    const id = this.#context.store.images.folderOf(datasetId);
    const running = this.#readings.get(id);
    if (running?.isListing) {
      running.decodes ||= decodes;
      return;
    }
    const { store, events, closing, pool } = this.#context;
    this.#failed.delete(id);
    this.#cut.delete(id);
    const isKept = () => !closing.aborted && !store.datasets.get(id)!.removedAt;
    const reading: Reading = new Reading(
      id,
      decodes || (running?.goesOn ?? false),
      { store, pool, thumbnails: this.thumbnails, pace: this.pace },
      closing,
      {
        dataset: () => this.dataset(id),
        tell: (progress) => {
          const now = this.#readings.get(id);
          if (!closing.aborted && (now ?? reading) === reading) events.emit({ name: 'scan', progress });
        },
        onListed: () => void this.announce(id),
        onEnd: (failure) => {
          if (this.#readings.get(id) !== reading) return; // another has begun
          this.#readings.delete(id);
          if (failure !== null) this.#failed.set(id, failure);
        },
      },
      running ? running.stop() : Promise.resolve(),
    );
    this.#readings.set(id, reading);
    void reading.done.then(() => isKept() && this.announce(id));
    if (isKept()) this.announce(id);
  }

  /** Begins a reading when the one that is under way, if any, has ended: what it went by is no longer so. */
  async readAnew(id: string, decodes: boolean): Promise<void> {
    const decoded = await this.#stop(id);
    this.read(id, decodes || (decoded ?? false));
  }

  /** Stops a reading and waits for its end; says whether it decoded, and undefined where there was none. */
  async #stop(id: string): Promise<boolean | undefined> {
    const reading = this.#readings.get(id);
    await reading?.stop();
    return reading?.decodes;
  }

  /** Stops a reading for good: what it has stored stays. */
  cancelReading(id: string): void {
    void this.#readingOf(id)?.stop();
  }

  /** Why the last reading failed, if it did. */
  failure = (id: string): ErrorValue | undefined => this.#failed.get(this.#context.store.images.folderOf(id));

  image(id: string): ImageRow {
    return orNotFound(this.#context.store.images.get(id), 'photo', id);
  }

  info = (row: ImageRow): ImageInfo => this.infos([row])[0]!;

  /** As calls show photos. */
  infos(rows: readonly ImageRow[]): ImageInfo[] {
    const { tags, descriptions } = this.#context.store;
    const ids = rows.map(({ id }) => id);
    const [tagsOf, keywordsOf] = [tags.ofEach(ids), descriptions.keywords(ids)];
    return rows.map((row) => this.#info(row, tagsOf.get(row.id) ?? [], keywordsOf.get(row.id) ?? []));
  }

  #info(row: ImageRow, tags: string[], keywords: string[]): ImageInfo {
    const { id, file, part, parent, width, height, bytes, format, label } = row;
    return {
      id,
      file,
      part,
      whole: parent === null ? null : this.#whole(parent),
      width,
      height,
      bytes,
      modifiedAt: row.modified,
      format,
      label,
      heldOut: row.heldOut === 1,
      group: row.group,
      excluded: row.excluded === 1,
      tags,
      rating: row.rating,
      keywords,
      notes: row.notes === null ? [] : (JSON.parse(row.notes) as Reason[]).map(said),
    };
  }

  /** The whole image that a part (a page, a tile) is shown in. */
  #whole(id: string): ImageInfo['whole'] {
    const { width, height } = this.image(id);
    return { id, width, height };
  }

  path(row: ImageRow): string {
    return photoPath(orNotFound(this.#context.store.datasets.get(row.datasetId), 'folder', row.datasetId), row);
  }

  /**
   * The data set to embed for these photos: `preferred` where it holds them all, else the folder they lie in.
   * @throws AppError bad-request where that is more than one
   */
  holding(preferred: string, imageIds: readonly string[]): string {
    const { images } = this.#context.store;
    const rows = imageIds.flatMap((id) => images.get(id) ?? []).filter(({ excluded }) => !excluded);
    return rows.every(({ id }) => images.isUsable(preferred, id)) ? preferred : this.folderOf(rows);
  }

  /** @throws AppError bad-request where the photos do not lie in one folder */
  folderOf(rows: readonly Pick<ImageRow, 'datasetId'>[]): string {
    const folders = [...new Set(rows.map(({ datasetId }) => datasetId))];
    if (folders.length === 1) return folders[0]!;
    const names = folders.map((id) => this.#context.store.datasets.get(id)?.name ?? id);
    throw new AppError('bad-request.several-folders', { folders: names.join(', ') });
  }

  /** How many photos are trained on and embedded. */
  usable(id: string): number {
    const { images, excluded } = this.#context.store.datasets.counts(id);
    return images - excluded;
  }

  /** What the trainer is given, in the order of file names, with labels and sides as the folder's rules have them now. */
  async jobImages(id: string): Promise<JobImage[]> {
    const { store, closing } = this.#context;
    const dataset = orNotFound(store.datasets.get(id), 'folder', id);
    if (dataset.unruled > 0) await align(store, store.images.folderOf(id), closing);
    const out: JobImage[] = [];
    for await (const rows of unhurriedPieces(store.images.usablePieces(id)))
      for (const row of rows) out.push(this.jobImage(dataset, row));
    return out;
  }

  jobImage(dataset: Pick<DatasetRow, 'folder'>, row: ImageRow): JobImage {
    const { id, file, part, bytes, modified, label, group, width, height } = row;
    const path = photoPath(dataset, row);
    const isHeldOut = row.heldOut === 1;
    const photo = {
      id,
      path,
      file,
      ...(part !== '' && { part }),
      bytes,
      modified,
      label,
      heldOut: isHeldOut,
      ...(group !== null && { group }),
    };
    return width > 0 ? { ...photo, width, height } : photo;
  }

  /** See Pictures.read. */
  thumbnail = (imageId: string, size: number): ReturnType<Pictures['read']> => this.#pictures.read(imageId, size);

  /** The file of its thumbnail, made where there is none; null: unreadable. */
  async thumbnailFile(row: ImageRow): Promise<string | null> {
    const photo = photoFile(orNotFound(this.#context.store.datasets.get(row.datasetId), 'folder', row.datasetId), row);
    if (!(await this.thumbnails.has(photo)) && !(await this.thumbnail(row.id, thumbnailSize))) return null;
    return this.thumbnails.place(photo);
  }

  async close(): Promise<void> {
    await Promise.all([this.#lines.idle(), ...[...this.#readings.values()].map((reading) => reading.done)]);
  }
}

/** @throws AppError bad-folder */
function realFolder(folder: string): string {
  try {
    const real = realpathSync(systemPath(folder), { encoding: 'buffer' });
    if (statSync(real).isDirectory()) return nameOfBytes(real);
  } catch (error) {
    const { code: errno, message } = error as NodeJS.ErrnoException;
    if (errno === 'ENOENT') throw new AppError('bad-folder.missing', { folder });
    throw new AppError('bad-folder.closed', { folder, errno: errno ?? message });
  }
  throw new AppError('bad-folder.file', { folder });
}
