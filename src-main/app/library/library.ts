/**
 * The library: datasets as the contract shows them, scans in progress, and photos by id. Its calls are in
 * handlers.ts.
 */
import { existsSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import type { Dataset, ImageInfo, JobImage, ScanProgress } from '../../../shared/contract.ts';
import { found as orNotFound, AppError } from '../errors.ts';
import { throttled } from '../events.ts';
import type { AppContext } from '../context.ts';
import { shortHash } from '../../db/index.ts';
import type { DatasetRow, ImageRow } from '../../db/index.ts';
import { labelOf } from '../../images/index.ts';
import { folderLabel } from './labels.ts';
import { reasonOf as reasonIn } from '../../../shared/errors.ts';
import type { ErrorValue } from '../../../shared/contract.ts';
import { photoPath, reasonOf, scan, scanBegun } from './scan.ts';
import { Thumbnails, thumbnailSize } from './thumbnails.ts';

/** Scan events a second. */
const eventsPerSecond = 5;

interface ActiveScan {
  abort: AbortController;
  listed: Promise<void>;
  done: Promise<void>;
}

export class Library {
  readonly thumbnails: Thumbnails;
  readonly #context: AppContext;
  readonly #scans = new Map<string, ActiveScan>();
  readonly #failed = new Map<string, ErrorValue>();
  readonly #making = new Map<string, Promise<Buffer | Uint8Array>>();

  constructor(context: AppContext) {
    this.#context = context;
    this.thumbnails = new Thumbnails(context.paths.thumbnails);
  }

  dataset(id: string): DatasetRow {
    const row = this.#context.store.datasets.get(id);
    return orNotFound(row?.removedAt ? undefined : row, 'folder', id);
  }

  describe(row: DatasetRow): Dataset {
    const counts = this.#context.store.datasets.counts(row.id);
    let state: Dataset['state'] = 'ready';
    if (this.#scans.has(row.id)) state = 'scanning';
    else if (!existsSync(row.folder)) state = 'offline';
    else if (this.#failed.has(row.id)) state = 'failed';
    return {
      id: row.id,
      name: row.name,
      folder: row.folder,
      state,
      images: counts.images,
      skipped: counts.skipped,
      excluded: counts.excluded,
      bytes: counts.bytes,
      formats: counts.formats,
      labels: { source: row.labelSource, depth: row.labelDepth, classes: counts.classes },
      heldOut: row.heldOut,
      addedAt: row.addedAt,
      scannedAt: row.scannedAt,
    };
  }

  /** Tells every window, and answers what it told. */
  announce(id: string): Dataset {
    const dataset = this.describe(this.dataset(id));
    this.#context.events.emit({ name: 'dataset', dataset });
    return dataset;
  }

  /**
   * The dataset of a folder, made or found again, without scanning it.
   * @throws AppError bad-folder
   */
  open(folder: string): DatasetRow {
    const { store } = this.#context;
    const real = realFolder(folder);
    const known = store.datasets.byFolder(real);
    if (known) {
      if (known.removedAt) store.datasets.update(known.id, { removedAt: null });
      return this.dataset(known.id);
    }
    let id = shortHash(real);
    for (let salt = 1; store.datasets.get(id); salt++) id = shortHash(`${real}\0${salt}`); // the folder moved away and another came
    store.datasets.insert({ id, name: basename(real) || real, folder: real, addedAt: Date.now() });
    return this.dataset(id);
  }

  relocate(id: string, folder: string): void {
    const { store } = this.#context;
    const real = realFolder(folder);
    const other = store.datasets.byFolder(real);
    if (other && other.id !== id) throw new AppError('bad-folder.in-library', { folder: real, name: other.name });
    store.datasets.update(id, { folder: real });
  }

  isScanning = (id: string): boolean => this.#scans.has(id);

  /** Starts a scan unless one is under way. `listed`: the photos are known; `done`: they are read as well. Neither rejects. */
  startScan(id: string, options: { read: boolean; onProgress?(progress: ScanProgress): void }): ActiveScan {
    const running = this.#scans.get(id);
    if (running) return running;
    const { store, events, closing, pool } = this.#context;
    const dataset = this.dataset(id);
    const abort = new AbortController();
    const signal = AbortSignal.any([abort.signal, closing]);
    let latest = scanBegun(id);
    const tell = throttled(() => {
      events.emit({ name: 'scan', progress: { ...latest } });
      options.onProgress?.({ ...latest });
    }, 1000 / eventsPerSecond);
    let isListed!: () => void;
    const listed = new Promise<void>((resolve) => (isListed = resolve));
    const finish = (progress: ScanProgress) => {
      latest = progress;
      this.#scans.delete(id);
      isListed();
      if (!closing.aborted) {
        tell();
        tell.flush();
        this.announce(id);
      }
    };
    this.#failed.delete(id);
    const work = async () => {
      try {
        await scan({ store, pool, thumbnails: this.thumbnails }, dataset, {
          signal,
          read: options.read,
          onProgress: (progress) => {
            latest = progress;
            if (progress.phase !== 'done') tell();
          },
          onListed: () => {
            if (dataset.scannedAt === null) this.#guessLabels(dataset);
            store.datasets.update(id, { scannedAt: Date.now() });
            this.announce(id);
            isListed();
          },
        });
        finish({ ...latest, phase: 'done' });
      } catch (error) {
        if (signal.aborted) return finish({ ...latest, phase: 'cancelled', etaSeconds: null });
        const { reason } = reasonOf(error);
        this.#failed.set(id, reasonIn(error));
        finish({ ...latest, phase: 'failed', etaSeconds: null, error: reason });
      }
    };
    const active: ActiveScan = { abort, listed, done: Promise.resolve() };
    this.#scans.set(id, active);
    active.done = work();
    this.announce(id);
    return active;
  }

  /** Why the last scan failed, if it did. */
  failure = (id: string): ErrorValue | undefined => this.#failed.get(id);

  cancelScan(id: string): void {
    this.#scans.get(id)?.abort.abort();
  }

  /**
   * Folders inside the folder are taken for labels where they look like it: at least two, four photos in five inside
   * one, and more than one photo each on average. A person may say otherwise.
   */
  #guessLabels(dataset: DatasetRow): void {
    const { store } = this.#context;
    const rows = store.images.present(dataset.id);
    for (let depth = 1; depth <= 3; depth++) {
      const names = rows.map((row) => labelOf(row.file, depth)).filter((name) => name !== null);
      const distinct = new Set(names).size;
      if (distinct >= 2 && names.length >= 0.8 * rows.length && distinct <= names.length / 2) {
        store.datasets.update(dataset.id, { labelSource: 'folders', labelDepth: depth });
        return this.relabel(dataset.id);
      }
    }
  }

  /** Brings every photo's label in line with the dataset's rule. */
  relabel(id: string): void {
    const { store } = this.#context;
    const dataset = this.dataset(id);
    const changed = store.images.present(id).map((row) => [row, folderLabel(dataset, row.file)] as const);
    store.images.setLabels(
      changed.filter(([row, label]) => row.label !== label).map(([row, label]) => [row.id, label] as const),
    );
  }

  image(id: string): ImageRow {
    return orNotFound(this.#context.store.images.get(id), 'photo', id);
  }

  info(row: ImageRow): ImageInfo {
    const { id, file, width, height, bytes, format, label } = row;
    return {
      id,
      file,
      width,
      height,
      bytes,
      modifiedAt: row.modified,
      format,
      label,
      heldOut: row.heldOut === 1,
      excluded: row.excluded === 1,
    };
  }

  path(row: ImageRow): string {
    return photoPath(orNotFound(this.#context.store.datasets.get(row.datasetId), 'folder', row.datasetId), row);
  }

  /** What the trainer is given, in the order of file names. */
  jobImages(id: string): JobImage[] {
    const dataset = orNotFound(this.#context.store.datasets.get(id), 'folder', id);
    return this.#context.store.images.usable(id).map((row) => this.jobImage(dataset, row));
  }

  jobImage(dataset: Pick<DatasetRow, 'folder'>, row: ImageRow): JobImage {
    const { id, file, bytes, modified, label } = row;
    return { id, path: photoPath(dataset, row), file, bytes, modified, label, heldOut: row.heldOut === 1 };
  }

  /** WebP at most `size` px on its longer side (256 from the cache, larger ones made for the request); null: no such photo, or unreadable. */
  async thumbnail(imageId: string, size: number): Promise<{ bytes: Uint8Array; type: string } | null> {
    const row = this.#context.store.images.get(imageId);
    if (!row) return null;
    const photo = { path: this.path(row), bytes: row.bytes, modified: row.modified };
    const type = 'image/webp';
    const wanted = size <= thumbnailSize ? thumbnailSize : size <= 512 ? 512 : size <= 1024 ? 1024 : 2048;
    const cached = wanted <= 512 ? await this.thumbnails.read(photo, wanted) : null;
    if (cached) return { bytes: cached, type };
    const key = `${imageId} ${wanted}`;
    let making = this.#making.get(key);
    if (!making) {
      making = this.#context.pool.probe(photo.path, wanted, this.#context.closing).then(async (probe) => {
        if (wanted <= 512) await this.thumbnails.write(photo, probe.thumbnail, wanted);
        if (row.width === 0)
          this.#context.store.images.setFacts([
            { id: row.id, width: probe.width, height: probe.height, format: probe.format, hash: probe.hash },
          ]);
        return probe.thumbnail;
      });
      this.#making.set(key, making);
      void making.catch(() => {}).finally(() => this.#making.delete(key));
    }
    return making.then(
      (bytes) => ({ bytes, type }),
      () => null,
    );
  }

  async close(): Promise<void> {
    await Promise.all([...this.#scans.values()].map((active) => active.done));
  }
}

/** @throws AppError bad-folder */
function realFolder(folder: string): string {
  try {
    const real = realpathSync(folder);
    if (statSync(real).isDirectory()) return real;
  } catch (error) {
    const { code: errno, message } = error as NodeJS.ErrnoException;
    if (errno === 'ENOENT') throw new AppError('bad-folder.missing', { folder });
    throw new AppError('bad-folder.closed', { folder, errno: errno ?? message });
  }
  throw new AppError('bad-folder.file', { folder });
}
