/**
 * What follows from rules: each photo's label and its side of the held-out split. Both are functions of the folder's
 * settings, of the kept CSV and of what the photos are called, so they are worked out anew whenever one of these has
 * changed, for photos that are away too: what comes back is where it would have been. A million photos take seconds, so
 * all of it is done some milliseconds at a time (unhurried.ts); `unruled` of a folder says that it is owed.
 */
import { csvHows, Grouping } from '../../../shared/contract.ts';
import type { AppResult, CsvHow } from '../../../shared/contract.ts';
import { Gone } from '../../db/index.ts';
import type { DatasetRow, RuledRow, Store } from '../../db/index.ts';
import { labelOf } from '../../images/index.ts';
import { PartedMap } from '../partedMap.ts';
import { each, gathered, mapped, unhurried, unlessAborted } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';
import type { CsvRow } from './csv.ts';
import { matchCsv } from './csvMatch.ts';
import type { Match } from './csvMatch.ts';
import { burstsOf, groupsOf } from './groups.ts';
import { comparable, isHeldOut } from './labels.ts';
import { testFolders, trainFolders } from './sides.ts';

/** What of a CSV found its photo, how, and the first few of what did not. */
export function* csvReport(
  store: Store,
  datasetId: string,
  given?: readonly CsvRow[],
): Work<AppResult<'library.csvReport'>> {
  const { folder } = store.datasets.get(datasetId)!;
  const rows = given ?? (yield* keptCsv(store, datasetId));
  const here = (yield* gathered(store.images.ruledPieces(datasetId))).filter(({ gone }) => gone === Gone.here);
  const matches = yield* matchCsv(here, rows, folder);
  const files = new PartedMap<CsvRow>();
  const contradicting = new Set<string>();
  yield* each(rows, (row) => {
    const before = files.get(row.file);
    const says = ({ label, group, side }: CsvRow) => JSON.stringify([label, group, side]);
    if (before && says(before) !== says(row)) contradicting.add(row.file);
    files.set(row.file, row);
  });
  const used = new PartedMap<true>();
  const how = Object.fromEntries(csvHows.map((one) => [one, 0])) as Record<CsvHow, number>;
  let [labelled, grouped, test] = [0, 0, 0];
  yield* each(matches.values(), (match) => {
    used.set(match.row.file, true);
    how[match.how]++;
    if (match.row.label !== null) labelled++;
    if (match.row.group !== null) grouped++;
    if (match.row.side === 'test') test++;
  });
  const withoutPhoto = { count: 0, some: [] as string[] };
  const withoutRow = { count: 0, some: [] as string[] };
  const count = (of: typeof withoutRow, file: string) => {
    if (of.count++ < 20) of.some.push(file);
  };
  const contradicted = { count: 0, some: [] as string[] };
  // a file once, by its last line
  yield* each(rows, (row) => files.get(row.file) !== row || used.has(row.file) || count(withoutPhoto, row.file));
  yield* each(contradicting, (file) => used.has(file) && count(contradicted, file));
  yield* each(here, ({ id, file }) => matches.has(id) || count(withoutRow, file));
  const counts = { rows: files.size, matched: matches.size, labelled, grouped, test };
  return { ...counts, how, withoutPhoto, withoutRow, contradicted };
}

/** The CSV that was last given for the folder. */
function* keptCsv({ csvLabels }: Store, datasetId: string): Work<CsvRow[]> {
  const rows = yield* csvLabels.all(datasetId);
  return yield* mapped(rows, (row) => ({ ...row, file: comparable(row.file) }));
}

/** Whether a CSV says something of at least one of the folder's photos, and how one of these is called. */
export function* namesPhotos(
  store: Store,
  datasetId: string,
  rows: readonly CsvRow[],
): Work<{ isAny: boolean; example: string }> {
  const photos = yield* gathered(store.images.ruledPieces(datasetId));
  const found = yield* matchCsv(photos, rows, store.datasets.get(datasetId)!.folder);
  let isAny = false;
  yield* each(found.values(), ({ row }) => {
    isAny ||= row.label !== null || row.group !== null || row.side !== null;
  });
  return { isAny, example: photos[0]?.file ?? 'cats/1.jpg' };
}

/**
 * The photos that each of some names in a CSV means, matched as those of labels are: the surest match of a name counts,
 * and of photos that are away only where none is there. What is not found is not in it.
 */
export function* csvOwners(
  store: Store,
  datasetId: string,
  files: readonly string[],
): Work<{ owners: Pick<PartedMap<string[]>, 'get'>; example: string }> {
  const photos = yield* gathered(store.images.ruledPieces(datasetId));
  const asked = new PartedMap<CsvRow>();
  yield* each(files, (file) => {
    const name = comparable(file);
    asked.set(name, { file: name, label: null, group: null, side: null });
  });
  const rows = yield* mapped(asked.values(), (row) => row);
  const matches = yield* matchCsv(photos, rows, store.datasets.get(datasetId)!.folder);
  const found = new PartedMap<{ id: string; rank: number }[]>();
  yield* each(photos, ({ id, gone }) => {
    const match = matches.get(id);
    if (!match) return;
    const one = { id, rank: (match.how === 'path' ? 0 : 2) + (gone === Gone.here ? 0 : 1) };
    if (found.get(match.row.file)?.push(one) === undefined) found.set(match.row.file, [one]);
  });
  const owners = new PartedMap<string[]>();
  yield* each(files, (file) => {
    const all = owners.has(file) ? undefined : found.get(comparable(file));
    if (!all) return;
    const best = all.reduce((least, { rank }) => Math.min(least, rank), Infinity);
    owners.set(
      file,
      all.filter(({ rank }) => rank === best).map(({ id }) => id),
    );
  });
  return { owners, example: photos[0]?.file ?? 'cats/1.jpg' };
}

const topOf = (file: string) => (file.includes('/') ? file.split('/')[0]!.toLowerCase() : '');

/**
 * Whether the folders at the top are sides of a split, not classes: each file lies in one that is called so, and there
 * is something to train on and something to test with.
 * @param files at least one of each folder at the top
 */
export function isSplitByFolders(files: Iterable<string>): boolean {
  let [train, test] = [false, false];
  for (const file of files) {
    const top = topOf(file);
    if (trainFolders.includes(top)) train = true;
    else if (testFolders.includes(top)) test = true;
    else return false;
  }
  return train && test;
}

/** The label that the folder's rule gives a file by its name; those of a CSV follow when all files are known. */
export const folderLabel = (dataset: DatasetRow, file: string): string | null =>
  dataset.labelSource === 'folders' ? labelOf(file, dataset.labelDepth) : null;

/** By what the photos of a folder belong together. */
export const groupingOf = ({ grouping }: Pick<DatasetRow, 'grouping'>): Grouping =>
  Grouping.parse(JSON.parse(grouping));

/** The groups of some photos of a folder. */
function* grouping(
  { by, pattern }: Grouping,
  all: readonly RuledRow[],
  csv: Pick<PartedMap<Match>, 'get'>,
): Work<(rows: readonly RuledRow[]) => (string | null)[]> {
  if (by === 'csv') return (rows) => rows.map(({ id }) => csv.get(id)?.row.group ?? null);
  if (by === 'bursts') {
    const bursts = yield* burstsOf(all);
    return (rows) => rows.map(({ id }) => bursts.get(id) ?? null);
  }
  const groups = groupsOf({ by, pattern });
  return (rows) => groups(rows.map(({ file }) => file));
}

/** Goes through the folder's names as `aligning` will. @throws AppError bad-request where the pattern takes too long */
export function* tryPattern(store: Store, datasetId: string, pattern: string): Work<void> {
  const groups = groupsOf({ by: 'pattern', pattern });
  for (const rows of store.images.ruledPieces(datasetId)) {
    groups(rows.map(({ file }) => file));
    yield;
  }
}

/** Brings every photo's label, group and side in line with the folder's rules, each piece of photos by itself. */
function* aligning(store: Store, datasetId: string): Work<void> {
  const dataset = store.datasets.get(datasetId)!;
  const rule = groupingOf(dataset);
  const isOfCsv = dataset.labelSource === 'csv' || rule.by === 'csv';
  // these are told by all photos together; else each is told by itself
  const all = isOfCsv || rule.by === 'bursts' ? yield* gathered(store.images.ruledPieces(datasetId)) : [];
  const csv = isOfCsv ? yield* matchCsv(all, yield* keptCsv(store, datasetId), dataset.folder) : new PartedMap<Match>();
  const groupsOfSome = yield* grouping(rule, all, csv);
  const tagNames = new Map(store.tags.all().map(({ id, name }) => [id, name]));
  /** @param tagsOf the tags of some photos, this one among them */
  const labelFor = (id: string, file: string, tagsOf: ReadonlyMap<string, string[]>): string | null => {
    if (dataset.labelSource === 'csv') return csv.get(id)?.row.label ?? null;
    if (dataset.labelSource === 'tags') return tagNames.get(tagsOf.get(id)?.[0] ?? '') ?? null;
    return folderLabel(dataset, file);
  };
  let isTested = false;
  yield* each(csv.values(), ({ row }) => (isTested ||= row.side === 'test'));
  const bySides = dataset.labelSource === 'csv' && isTested;
  // a share that a person has set goes before what the folders are called
  const byFolders =
    dataset.splitFolders === 1 && dataset.heldOut === 0 && isSplitByFolders(store.images.tops(datasetId));
  // a group's photos have one name to this, and so have the parts of a file
  const isApart = (id: string, file: string, firstFile: string, groupOf: string | null) => {
    if (dataset.heldOut === 0 && bySides) return csv.get(id)?.row.side === 'test';
    return byFolders ? testFolders.includes(topOf(file)) : isHeldOut(groupOf ?? firstFile, dataset.heldOut);
  };
  for (const rows of store.images.ruledPieces(datasetId)) {
    yield;
    const groups = groupsOfSome(rows);
    const tagsOf =
      dataset.labelSource === 'tags' ? store.tags.ofEach(rows.map(({ id }) => id)) : new Map<string, string[]>();
    store.images.setRuled(
      rows.flatMap(({ id, file, firstFile, label, heldOut, group: known }, i) => {
        const group = groups[i]!;
        const ruled = {
          id,
          label: labelFor(id, file, tagsOf),
          heldOut: isApart(id, file, firstFile, group) ? 1 : 0,
          group,
        };
        return ruled.label === label && ruled.heldOut === heldOut && ruled.group === known ? [] : [ruled];
      }),
    );
  }
  if (rule.by !== 'none') yield* store.images.countingGroups(datasetId); // which every description of the folder says
  // what has changed meanwhile is owed still
  if (store.datasets.get(datasetId)?.unruled === dataset.unruled) store.datasets.update(datasetId, { unruled: 0 });
}

/** One time that a folder's photos are brought in line. */
interface Alignment {
  ended: Promise<void>;
  /** How many wait for it who have not gone; it ends when all have. */
  wanted: number;
  abort: AbortController;
}
/** Of each folder the end of the last time, and the next one, which has not begun. */
const underWay = new WeakMap<Store, Map<string, { last: Promise<void>; next: Alignment | null }>>();

/**
 * Brings a folder's photos in line with its rules as they are now: one time after another, and who asks while another
 * time has yet to begin waits for that.
 * @throws AppError bad-request where a pattern takes too long, the signal's reason
 */
export function align(store: Store, datasetId: string, signal?: AbortSignal): Promise<void> {
  const folders = underWay.get(store) ?? new Map<string, { last: Promise<void>; next: Alignment | null }>();
  underWay.set(store, folders);
  const line = folders.get(datasetId) ?? { last: Promise.resolve(), next: null };
  folders.set(datasetId, line);
  if (!line.next) {
    const abort = new AbortController();
    const ended = line.last.then(() => {
      line.next = null;
      return unhurried(aligning(store, datasetId), abort.signal);
    });
    line.last = ended.catch(() => {});
    line.next = { ended, wanted: 0, abort };
  }
  const own = line.next;
  own.wanted++;
  const leave = () => void (--own.wanted === 0 && own.abort.abort(signal?.reason));
  return signal ? unlessAborted(own.ended, signal, leave) : own.ended;
}

/** Says that a folder's photos are to be brought in line. */
export function owe(store: Store, datasetId: string): void {
  store.datasets.update(datasetId, { unruled: store.datasets.get(datasetId)!.unruled + 1 });
}

/**
 * Folders inside the folder are taken for labels where they look like it: at least two, four photos in five inside
 * one, and more than one photo each on average; those of a split are not. The level, or null. A person may say otherwise.
 */
export function* guessedDepth(store: Store, datasetId: string): Work<number | null> {
  const depths = [1, 2, 3].map((depth) => ({ depth, count: 0, distinct: new Set<string>() }));
  let photos = 0;
  for (const rows of store.images.ruledPieces(datasetId)) {
    for (const { file } of rows.filter(({ gone }) => gone === Gone.here)) {
      photos++;
      for (const level of depths) {
        const name = labelOf(file, level.depth);
        if (name === null) continue;
        level.count++;
        level.distinct.add(name);
      }
    }
    yield;
  }
  const least = isSplitByFolders(store.images.tops(datasetId)) ? 2 : 1;
  const looksLike = depths.find(
    ({ depth, count, distinct: { size } }) => depth >= least && size >= 2 && count >= 0.8 * photos && size <= count / 2,
  );
  return looksLike?.depth ?? null;
}
