/**
 * The first half of a reading: which photos a folder holds now. The walk and the matching write nothing; what was
 * found is then stored in small steps, each true by itself, so that a listing that is stopped or killed is taken up by
 * the next. A file of unchanged name, size and time is trusted. Of the others those are hashed whose size a known photo
 * has: the same content under the same name is that photo, touched, and elsewhere, where its name no longer stands for
 * it, that photo, moved. Labels and sides are rules.ts's.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import { relative } from 'node:path';
import type { PassedOver } from '../../../shared/contract/dataset.ts';
import type { ScanChanges, ScanProgress, Skipped } from '../../../shared/contract.ts';
import { emptyScanCounts, scanBatches } from '../../images/index.ts';
import type { ImagePool } from '../../images/index.ts';
import { Gone } from '../../db/index.ts';
import { answered } from '../../files/index.ts';
import type { DatasetRow, FoundFile, NamedRow, Store } from '../../db/index.ts';
import type { HomePaths } from '../paths.ts';
import { isHeldOut } from './labels.ts';
import { portable } from './photos.ts';
import { match } from './matching.ts';
import type { Match } from './matching.ts';
import { RowSet } from './rowSet.ts';
import { PartedMap } from '../partedMap.ts';
import { each, unhurried, unhurriedPieces, unlessAborted } from '../unhurried.ts';
import { align, folderLabel, guessedDepth, owe } from './rules.ts';

export interface ReadingParts {
  store: Store;
  paths: Pick<HomePaths, 'home'>;
  pool: Pick<ImagePool, 'describe' | 'divide' | 'identify' | 'measure' | 'probe' | 'workers'>;
}

export interface WalkOptions {
  signal: AbortSignal;
  /** Counted up as it goes. */
  progress: Pick<ScanProgress, 'found' | 'skipped'>;
  onProgress(): void;
}

export interface ReadingOptions extends WalkOptions {
  progress: ScanProgress;
}

/** Rows written at a time, some 10 ms of the application's thread. */
const atOnce = 500;

/** What the walk found, beside what it need not touch. */
interface Found {
  /** Rows that files of unchanged name, size and time stand for. */
  seen: RowSet;
  /** Of these, those that were away. */
  back: NamedRow[];
  /** Files that no row of their name, size and time stands for. */
  fresh: FoundFile[];
  /** Names that are there and once stood for something else. */
  reused: PartedMap<true>;
  skipped: (Omit<Skipped, 'code'> & { bytes?: number })[];
  /** Names, without their ending, of files beside photos that were written since the last reading. */
  sidecars: string[];
  /** Files that are no photos, by kind. */
  passed: PassedOver;
}

/** @throws ImageError when the folder itself cannot be read or vanishes meanwhile, or the signal's reason */
export async function list(parts: ReadingParts, dataset: DatasetRow, options: ReadingOptions): Promise<ScanChanges> {
  const found = await walk(parts, dataset, options);
  const moves = await match(parts, dataset, found, options.signal);
  return await settle(parts.store, dataset, found, moves, options.signal);
}

/** How far the clock of a disk may be behind, ms. */
const clockSlack = 60_000;
/** Seconds that a disk may take for a few hundred names. */
const patience = 60;

/** What the folder holds, against what is known of it; writes nothing. */
export async function walk(
  { store, paths }: Pick<ReadingParts, 'store' | 'paths'>,
  dataset: DatasetRow,
  { signal, progress, onProgress }: WalkOptions,
): Promise<Found> {
  const counts = emptyScanCounts();
  const { passed } = counts;
  const found: Found = {
    seen: new RowSet(),
    back: [],
    fresh: [],
    reused: new PartedMap(),
    skipped: [],
    sidecars: [],
    passed,
  };
  const batches = scanBatches(dataset.folder, { signal, counts, home: paths.home });
  for (;;) {
    // a disk that does not answer keeps the walk, but nobody who stops it
    const { value: batch, done } = await unlessAborted(
      answered(dataset.folder, () => batches.next(), patience),
      signal,
    );
    if (done) return found;
    for (const entry of batch) {
      if (entry.kind === 'skipped') {
        progress.skipped++;
        found.skipped.push({ ...entry, file: portable(relative(dataset.folder, entry.file)) || '.' });
        continue;
      }
      if (entry.kind === 'sidecar') {
        if (entry.modified >= (dataset.scannedAt ?? 0) - clockSlack)
          found.sidecars.push(portable(entry.relative).replace(/\.xmp$/i, ''));
        continue;
      }
      progress.found++;
      const { bytes, modified } = entry;
      const file = portable(entry.relative);
      const rows = store.images.named(dataset.id, file);
      const same = rows.find((row) => row.bytes === bytes && row.modified === modified);
      if (same) {
        found.seen.add(same.row);
        const isBack = same.gone === Gone.away || same.gone === Gone.replaced;
        if (isBack || (same.gone === Gone.unreadable && store.images.mayBeReadable(dataset.id, file)))
          found.back.push(same);
      } else found.fresh.push({ file, bytes, modified, content: null });
      if (rows.length > (same ? 1 : 0)) found.reused.set(file, true);
    }
    onProgress();
  }
}

/** Whether a row's state says that its file was there as a photo, or divided into several. */
const isPhoto = (gone: number): boolean => gone === Gone.here || gone === Gone.divided;

/** Stores what was found: what the folder's rules say at this moment, for they may have changed since the beginning. */
async function settle(
  store: Store,
  { id }: DatasetRow,
  found: Found,
  matches: Match[],
  signal: AbortSignal,
): Promise<ScanChanges> {
  const { images, datasets } = store;
  const settled = found.seen;
  const matched = new PartedMap<true>();
  await unhurried(
    each(matches, ({ file, row }) => {
      matched.set(file.file, true);
      settled.add(row.row);
    }),
    signal,
  );
  const fresh: FoundFile[] = [];
  await unhurried(
    each(found.fresh, (file) => void (matched.has(file.file) || fresh.push(file))),
    signal,
  );
  const rows: number[] = [];
  for await (const some of unhurriedPieces(images.placedPieces(id))) {
    for (const row of some) if (!settled.has(row)) rows.push(row);
    signal.throwIfAborted();
  }
  const replaced = new PartedMap<NamedRow[]>();
  const missing = new Map<number, NamedRow[]>();
  const add = <K>(
    to: Pick<Map<K, NamedRow[]>, 'get'> & { set(key: K, rows: NamedRow[]): void },
    key: K,
    row: NamedRow,
  ) => {
    const known = to.get(key);
    if (known) known.push(row);
    else to.set(key, [row]);
  };
  for (const [at, number] of rows.entries()) {
    if (at % atOnce === 0) await breathe();
    const row = images.byRow(number);
    if (found.reused.has(row.file)) add(replaced, row.file, row);
    else add(missing, isPhoto(row.gone) ? Gone.away : Gone.replaced, row); // what was never readable is not missed
  }

  const inSteps = async <T>(items: readonly T[], step: (items: readonly T[]) => void) => {
    for (let at = 0; at < items.length; at += atOnce) {
      if (at > 0) await breathe();
      signal.throwIfAborted();
      store.transaction(() => step(items.slice(at, at + atOnce)));
    }
  };
  // moved ones first: where this is killed, the next listing must not find their old rows replaced
  await inSteps([...matches, ...found.back.map((row) => ({ file: row, row }))], (items) =>
    images.place(items.map(({ file, row }) => ({ ...file, id: row.id }))),
  );
  await inSteps(fresh, (files) => {
    const dataset = datasets.get(id)!;
    for (const { file } of files) images.setGone(replaced.get(file)?.map((row) => row.id) ?? [], Gone.replaced);
    images.add(
      id,
      files.map((file) => ({
        ...file,
        label: folderLabel(dataset, file.file),
        heldOut: isHeldOut(file.file, dataset.heldOut),
      })),
    );
  });
  // what is left of the replaced: a photo that was put back under their name is there
  await inSteps([...replaced.values()].flat(), (rows) =>
    images.setGone(
      rows.map((row) => row.id),
      Gone.replaced,
    ),
  );
  for (const [why, gone] of missing)
    await inSteps(gone, (rows) =>
      images.setGone(
        rows.map((row) => row.id),
        why,
      ),
    );
  const listed = new PartedMap<true>();
  await unhurried(
    each(found.skipped, ({ file }) => listed.set(file, true)),
    signal,
  );
  await inSteps(found.skipped, (files) => images.putScanned(id, files));
  for await (const before of unhurriedPieces(images.scannedPieces(id)))
    await inSteps(
      before.filter((file) => !listed.has(file)),
      (files) => images.takeFromSkipped(id, files),
    );
  await inSteps(found.sidecars, (stems) => store.descriptions.forget(id, stems));
  const isFirst = datasets.get(id)!.scannedAt === null;
  const depth = isFirst ? await unhurried(guessedDepth(store, id), signal) : null;
  signal.throwIfAborted();
  store.transaction(() => {
    const dataset = datasets.get(id)!;
    if (isFirst && !dataset.labelsChosen && depth !== null)
      datasets.update(id, { labelSource: 'folders', labelDepth: depth });
    if (fresh.length + matches.length + found.back.length + rows.length > 0 || isFirst) owe(store, id);
    datasets.update(id, { scannedAt: Date.now(), passedOver: JSON.stringify(found.passed) });
  });
  if (datasets.get(id)!.unruled > 0) await align(store, id, signal);
  const isBack = (row: NamedRow) => row.gone === Gone.away || row.gone === Gone.replaced;
  const stayed = matches.filter(({ file, row }) => row.file === file.file);
  const changed = [...replaced.values()].flat().filter(({ gone }) => isPhoto(gone)).length;
  return {
    added: fresh.length - fresh.filter(({ file }) => replaced.has(file)).length,
    changed,
    moved: matches.length - stayed.length,
    back: [...found.back, ...stayed.map(({ row }) => row)].filter(isBack).length,
    gone: missing.get(Gone.away)?.length ?? 0,
  };
}
