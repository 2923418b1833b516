/**
 * What follows from rules: each photo's label and its side of the held-out split. Both are functions of the folder's
 * settings, of the kept CSV and of what the photos are called, so they are worked out anew whenever one of these has
 * changed, for photos that are away too: what comes back is where it would have been.
 */
import { csvHows, Grouping } from '../../../shared/contract.ts';
import type { AppResult, CsvHow } from '../../../shared/contract.ts';
import { Gone } from '../../db/index.ts';
import type { DatasetRow, Store } from '../../db/index.ts';
import { photoName } from '../../../shared/parts.ts';
import { labelOf } from '../../images/index.ts';
import type { CsvRow } from './csv.ts';
import { matchCsv, nameOf } from './csvMatch.ts';
import type { Match, Named } from './csvMatch.ts';
import { burstsOf, groupsOf } from './groups.ts';
import { comparable, isHeldOut } from './labels.ts';
import { testFolders, trainFolders } from './sides.ts';

/** What of a CSV found its photo, how, and the first few of what did not. */
export function csvReportOf(
  photos: readonly Named[],
  rows: readonly CsvRow[],
  folder: string,
): AppResult<'library.csvReport'> {
  const here = photos.filter(({ gone }) => gone === Gone.here);
  const matches = matchCsv(here, rows, folder);
  const used = new Set([...matches.values()].map(({ row }) => row.file));
  const found = [...matches.values()];
  const count = (is: (match: Match) => boolean) => found.filter(is).length;
  const few = (files: string[]) => ({ count: files.length, some: files.slice(0, 20) });
  return {
    rows: new Set(rows.map(({ file }) => file)).size,
    matched: found.length,
    labelled: count(({ row }) => row.label !== null),
    grouped: count(({ row }) => row.group !== null),
    test: count(({ row }) => row.side === 'test'),
    how: Object.fromEntries(csvHows.map((how) => [how, count((match) => match.how === how)])) as Record<CsvHow, number>,
    withoutPhoto: few([...new Set(rows.map(({ file }) => file))].filter((file) => !used.has(file))),
    withoutRow: few(here.filter(({ id }) => !matches.has(id)).map(({ file }) => file)),
  };
}

export function csvReport(store: Store, datasetId: string): AppResult<'library.csvReport'> {
  return csvReportOf(store.images.ruled(datasetId), keptCsv(store, datasetId), store.datasets.get(datasetId)!.folder);
}

/** The CSV that was last given for the folder. */
const keptCsv = ({ csvLabels }: Store, datasetId: string): CsvRow[] =>
  csvLabels.all(datasetId).map((row) => ({ ...row, file: comparable(row.file) }));

/** A photo's first tag, in the order of their keys, stands for its class. */
export function tagLabels(tags: Store['tags'], datasetId: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const { id, tag } of tags.ofFolder(datasetId)) if (!labels.has(id)) labels.set(id, tag);
  return labels;
}

/** Which photo a line of a CSV means: by its path, by the path it had, and by bare name where one photo has it. */
export function csvOwners(
  store: Store,
  datasetId: string,
): { ownerOf(file: string): string | undefined; example: string } {
  const rows = store.images.ruled(datasetId);
  const byPath = new Map<string, string>();
  const byName = new Map<string, string | null>();
  for (const here of [false, true])
    for (const { id, file, part, firstFile, gone } of rows) {
      if ((gone === Gone.here) !== here) continue;
      byPath.set(comparable(photoName(firstFile, part)), id);
      if (here) byName.set(photoName(nameOf(file), part), byName.has(photoName(nameOf(file), part)) ? null : id);
    }
  for (const { id, file, part, gone } of rows)
    if (gone === Gone.here) byPath.set(comparable(photoName(file, part)), id);
  return {
    ownerOf: (file) => byPath.get(comparable(file)) ?? byName.get(comparable(file)) ?? undefined,
    example: rows[0]?.file ?? 'cats/1.jpg',
  };
}

const topOf = (file: string) => (file.includes('/') ? file.split('/')[0]!.toLowerCase() : '');

/**
 * Whether the folders at the top are sides of a split, not classes: each file lies in one that is called so, and there
 * is something to train on and something to test with.
 */
export function isSplitByFolders(files: readonly string[]): boolean {
  const tops = new Set(files.map(topOf));
  const of = (names: readonly string[]) => [...tops].filter((top) => names.includes(top)).length;
  const [train, test] = [of(trainFolders), of(testFolders)];
  return train > 0 && test > 0 && train + test === tops.size;
}

/** The label that the folder's rule gives a file by its name; those of a CSV follow when all files are known. */
export const folderLabel = (dataset: DatasetRow, file: string): string | null =>
  dataset.labelSource === 'folders' ? labelOf(file, dataset.labelDepth) : null;

/** By what the photos of a folder belong together. */
export const groupingOf = ({ grouping }: Pick<DatasetRow, 'grouping'>): Grouping =>
  Grouping.parse(JSON.parse(grouping));

/** Brings every photo's label, group and side in line with the folder's rules. */
export function align(store: Store, datasetId: string): void {
  const dataset = store.datasets.get(datasetId)!;
  const rows = store.images.ruled(datasetId);
  const { by, pattern } = groupingOf(dataset);
  const isOfCsv = dataset.labelSource === 'csv' || by === 'csv';
  const csv = isOfCsv ? matchCsv(rows, keptCsv(store, datasetId), dataset.folder) : new Map<string, Match>();
  const tags = dataset.labelSource === 'tags' ? tagLabels(store.tags, datasetId) : null;
  const labelFor = (id: string, file: string): string | null => {
    if (dataset.labelSource === 'csv') return csv.get(id)?.row.label ?? null;
    return tags ? (tags.get(id) ?? null) : folderLabel(dataset, file);
  };
  const groupAll = (): (string | null)[] => {
    if (by === 'csv') return rows.map(({ id }) => csv.get(id)?.row.group ?? null);
    if (by === 'bursts') return burstsOf(rows);
    return groupsOf(
      { by, pattern },
      rows.map(({ file }) => file),
    );
  };
  const group = groupAll();
  const bySides = dataset.labelSource === 'csv' && [...csv.values()].some(({ row }) => row.side === 'test');
  // a share that a person has set goes before what the folders are called
  const byFolders =
    dataset.splitFolders === 1 &&
    dataset.heldOut === 0 &&
    isSplitByFolders(rows.flatMap(({ file, gone }) => (gone === Gone.here ? [file] : [])));
  // a group's photos have one name to this, and so have the parts of a file
  const isApart = (id: string, file: string, firstFile: string, groupOf: string | null) => {
    if (dataset.heldOut === 0 && bySides) return csv.get(id)?.row.side === 'test';
    return byFolders ? testFolders.includes(topOf(file)) : isHeldOut(groupOf ?? firstFile, dataset.heldOut);
  };
  store.images.setRuled(
    rows.flatMap(({ id, file, firstFile, label, heldOut, group: known }, i) => {
      const ruled = {
        id,
        label: labelFor(id, file),
        heldOut: isApart(id, file, firstFile, group[i]!) ? 1 : 0,
        group: group[i]!,
      };
      return ruled.label === label && ruled.heldOut === heldOut && ruled.group === known ? [] : [ruled];
    }),
  );
}

/**
 * Folders inside the folder are taken for labels where they look like it: at least two, four photos in five inside
 * one, and more than one photo each on average; those of a split are not. The level, or null. A person may say otherwise.
 */
export function guessedDepth(files: readonly string[]): number | null {
  for (let depth = isSplitByFolders(files) ? 2 : 1; depth <= 3; depth++) {
    const names = files.map((file) => labelOf(file, depth)).filter((name) => name !== null);
    const distinct = new Set(names).size;
    if (distinct >= 2 && names.length >= 0.8 * files.length && distinct <= names.length / 2) return depth;
  }
  return null;
}
