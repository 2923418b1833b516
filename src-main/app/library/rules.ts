/**
 * What follows from rules: each photo's label and its side of the held-out split. Both are functions of the folder's
 * settings, of the kept CSV and of what the photos are called, so they are worked out anew whenever one of these has
 * changed, for photos that are away too: what comes back is where it would have been.
 */
import { Grouping } from '../../../shared/contract.ts';
import type { AppResult } from '../../../shared/contract.ts';
import { Gone } from '../../db/index.ts';
import type { DatasetRow, RuledRow, Store } from '../../db/index.ts';
import { photoName } from '../../../shared/parts.ts';
import { labelOf } from '../../images/index.ts';
import { groupsOf } from './groups.ts';
import { comparable, isHeldOut } from './labels.ts';

type Named = Pick<RuledRow, 'id' | 'file' | 'part' | 'firstFile' | 'gone'>;
/** What a CSV may call a photo: a part by its own name, or as its file. */
const keysOf = ({ file, part, firstFile }: Named, isAlone: boolean): string[] => [
  ...(part === '' ? [] : [comparable(photoName(file, part)), comparable(photoName(firstFile, part))]),
  comparable(file),
  comparable(firstFile),
  ...(isAlone ? [nameOf(file)] : []),
];

export type CsvLabels = ReadonlyMap<string, string | null>;

const nameOf = (file: string): string => comparable(file).split('/').at(-1)!;

/**
 * Label by id from a CSV: by the path inside the folder, by the path it had before it moved, and by bare name where
 * one photo of the folder has it. One that is away gives way to those that are there.
 */
export function csvLabelsOf(rows: readonly Named[], labels: CsvLabels): Map<string, string | null> {
  const [there, away] = [true, false].map((here) => {
    const owners = new Map<string, string | null>();
    for (const { file, gone } of rows)
      if ((gone === Gone.here) === here) {
        const known = owners.get(nameOf(file));
        owners.set(nameOf(file), known === undefined || known === file ? file : null);
      }
    return owners;
  }) as [Map<string, string | null>, Map<string, string | null>];
  // parts of one file have its name together
  const isAlone = (row: Named, name: string) => (there.has(name) ? there : away).get(name) === row.file;
  return new Map(
    rows.map((row) => {
      const name = nameOf(row.file);
      const keys = keysOf(row, isAlone(row, name));
      const key = keys.find((candidate) => labels.has(candidate));
      return [row.id, key === undefined ? null : labels.get(key)!];
    }),
  );
}

/** What of a CSV found its photo, and the first few of what did not. */
export function csvReport(store: Store, datasetId: string): AppResult<'library.csvReport'> {
  const labels = keptCsv(store, datasetId);
  const rows = store.images.ruled(datasetId).filter(({ gone }) => gone === Gone.here);
  const [used, withoutRow] = [new Set<string>(), [] as string[]];
  const owners = new Map<string, number>();
  for (const file of new Set(rows.map((row) => row.file)))
    owners.set(nameOf(file), (owners.get(nameOf(file)) ?? 0) + 1);
  let labelled = 0;
  for (const row of rows) {
    const { file } = row;
    const keys = keysOf(row, owners.get(nameOf(file)) === 1);
    const key = keys.find((candidate) => labels.has(candidate));
    if (key === undefined) withoutRow.push(file);
    else {
      used.add(key);
      if (labels.get(key) !== null) labelled++;
    }
  }
  const withoutPhoto = [...labels.keys()].filter((key) => !used.has(key));
  const few = (files: string[]) => ({ count: files.length, some: files.slice(0, 20) });
  return { rows: labels.size, labelled, withoutPhoto: few(withoutPhoto), withoutRow: few(withoutRow) };
}

/** The CSV that was last given for the folder. */
const keptCsv = ({ csvLabels }: Store, datasetId: string): CsvLabels =>
  new Map(csvLabels.all(datasetId).map(([file, label]) => [comparable(file), label]));

/** A photo's first tag, in the order of their keys, stands for its class. */
function tagLabels(store: Store, datasetId: string): Map<string, string> {
  const labels = new Map<string, string>();
  for (const { id, tag } of store.tags.ofFolder(datasetId)) if (!labels.has(id)) labels.set(id, tag);
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

const trainFolders = ['train', 'training'];
const testFolders = ['val', 'valid', 'validation', 'dev', 'test', 'testing'];
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
  const given =
    dataset.labelSource === 'csv'
      ? csvLabelsOf(rows, keptCsv(store, datasetId))
      : dataset.labelSource === 'tags'
        ? tagLabels(store, datasetId)
        : null;
  const group = groupsOf(
    groupingOf(dataset),
    rows.map(({ file }) => file),
  );
  // a share that a person has set goes before what the folders are called
  const byFolders =
    dataset.splitFolders === 1 &&
    dataset.heldOut === 0 &&
    isSplitByFolders(rows.flatMap(({ file, gone }) => (gone === Gone.here ? [file] : [])));
  // a group's photos have one name to this, and so have the parts of a file
  const isApart = (file: string, firstFile: string, groupOf: string | null) =>
    byFolders ? testFolders.includes(topOf(file)) : isHeldOut(groupOf ?? firstFile, dataset.heldOut);
  store.images.setRuled(
    rows.flatMap(({ id, file, firstFile, label, heldOut, group: known }, i) => {
      const ruled = {
        id,
        label: given ? (given.get(id) ?? null) : folderLabel(dataset, file),
        heldOut: isApart(file, firstFile, group[i]!) ? 1 : 0,
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
