/**
 * One scan of a folder: listing (files found, rows made in batches), then reading (each new photo decoded once for
 * its size, hash and thumbnail, in the pool's processes). Both stream, both can be cancelled, and a cancelled or
 * killed scan is taken up where it was by the next.
 */
import { relative, sep } from 'node:path';
import type { ScanProgress, Skipped } from '../../../shared/contract.ts';
import { displayName, scanBatches } from '../../images/index.ts';
import type { ImagePool } from '../../images/index.ts';
import type { DatasetRow, ImageRow, ReadFacts, Store } from '../../db/index.ts';
import { folderLabel, isHeldOut } from './labels.ts';
import { thumbnailSize } from './thumbnails.ts';
import type { Thumbnails } from './thumbnails.ts';

export interface ScanParts {
  store: Store;
  pool: ImagePool;
  thumbnails: Thumbnails;
}

export interface ScanOptions {
  signal: AbortSignal;
  /** Decode each photo now; without it sizes, hashes and thumbnails are made when they are wanted. */
  read: boolean;
  /** Called often; the caller thins it out. The object is the same one each time. */
  onProgress(progress: ScanProgress): void;
  /** The listing is complete: the dataset can be trained on. */
  onListed?(): void;
}

/** Rows and thumbnails are written this many photos at a time. */
const batchSize = 200;

/** '/' between parts, on Windows too. */
const portable = (path: string) => (sep === '/' ? path : path.replaceAll(sep, '/'));

/** Nothing has been found yet. */
export const scanBegun = (datasetId: string): ScanProgress => ({
  datasetId,
  phase: 'listing',
  found: 0,
  read: 0,
  skipped: 0,
  etaSeconds: null,
  error: null,
});

/** @throws ImageError when the folder itself cannot be read, or the signal's reason */
export async function scan(parts: ScanParts, dataset: DatasetRow, options: ScanOptions): Promise<ScanProgress> {
  const progress = scanBegun(dataset.id);
  await list(parts, dataset, options, progress);
  options.onListed?.();
  if (options.read) {
    progress.phase = 'reading';
    await read(parts, dataset, options, progress);
  }
  progress.phase = 'done';
  progress.etaSeconds = null;
  options.onProgress(progress);
  return progress;
}

async function list(
  { store }: ScanParts,
  dataset: DatasetRow,
  options: ScanOptions,
  progress: ScanProgress,
): Promise<void> {
  const csv = new Map<string, string | null>();
  if (dataset.labelSource === 'csv') for (const row of store.images.present(dataset.id)) csv.set(row.file, row.label);
  const seen = new Set<string>();
  store.images.clearSkipped(dataset.id);
  for await (const batch of scanBatches(dataset.folder, { signal: options.signal })) {
    const images = [];
    const skipped: Skipped[] = [];
    for (const entry of batch) {
      if (entry.kind === 'image') {
        const file = portable(entry.relative);
        const label = dataset.labelSource === 'csv' ? (csv.get(file) ?? null) : folderLabel(dataset, file);
        images.push({
          file,
          bytes: entry.bytes,
          modified: entry.modified,
          label,
          heldOut: isHeldOut(file, dataset.heldOut),
        });
      } else
        skipped.push({
          file: portable(relative(dataset.folder, entry.file)) || '.',
          reason: entry.reason,
          code: 'scan',
        });
    }
    for (const { id } of store.images.putAll(dataset.id, images)) seen.add(id);
    store.images.putSkipped(dataset.id, skipped);
    progress.found += images.length;
    progress.skipped += skipped.length;
    options.onProgress(progress);
  }
  const missing = store.images.present(dataset.id).filter((row) => !seen.has(row.id));
  store.images.setGone(missing.map((row) => row.id));
}

async function read(
  { store, pool, thumbnails }: ScanParts,
  dataset: DatasetRow,
  options: ScanOptions,
  progress: ScanProgress,
): Promise<void> {
  const waiting = store.images.unread(dataset.id).reverse();
  const total = waiting.length;
  progress.read = progress.found - total;
  const begun = Date.now();
  let facts: ReadFacts[] = [];
  let failed: (Skipped & { id: string })[] = [];
  let done = 0;
  const flush = () => {
    store.transaction(() => {
      store.images.setFacts(facts);
      store.images.putSkipped(dataset.id, failed);
    });
    facts = [];
    failed = [];
  };
  const one = async (row: ImageRow) => {
    const photo = { path: photoPath(dataset, row), bytes: row.bytes, modified: row.modified };
    try {
      const probe = await pool.probe(photo.path, thumbnailSize, options.signal);
      await thumbnails.write(photo, probe.thumbnail);
      facts.push({ id: row.id, width: probe.width, height: probe.height, format: probe.format, hash: probe.hash });
      progress.read++;
    } catch (error) {
      options.signal.throwIfAborted();
      failed.push({ id: row.id, file: row.file, ...reasonOf(error) });
      progress.skipped++;
    }
    done++;
    const left = total - done;
    progress.etaSeconds = done < 20 ? null : (left * (Date.now() - begun)) / 1000 / done;
    if (facts.length + failed.length >= batchSize) flush();
    options.onProgress(progress);
  };
  // twice as many in flight as there are processes, so that none waits for this one
  const lanes = Array.from({ length: Math.min(total, pool.workers * 2) }, async () => {
    for (let row = waiting.pop(); row; row = waiting.pop()) await one(row);
  });
  try {
    await Promise.all(lanes);
  } finally {
    await Promise.allSettled(lanes);
    flush();
  }
}

export const photoPath = (dataset: Pick<DatasetRow, 'folder'>, row: Pick<ImageRow, 'file'>): string =>
  `${dataset.folder}${/[/\\]$/.test(dataset.folder) ? '' : sep}${sep === '/' ? row.file : row.file.replaceAll('/', sep)}`;

export function reasonOf(error: unknown): { reason: string; code: string } {
  const { message, code } = error as { message?: string; code?: string };
  return { reason: message ?? String(error), code: code ?? 'unreadable' };
}

/** A name fit for one line of a terminal or a table. */
export const shownName = (file: string): string => [...file.split('/')].map(displayName).join('/');
