/**
 * What follows from rules: each photo's label and its side of the held-out split. Both are functions of the folder's
 * settings, of the kept CSV and of what the photos are called, so they are worked out anew whenever one of these has
 * changed, for photos that are away too: what comes back is where it would have been.
 */
import { Gone } from '../../db/index.ts';
import type { DatasetRow, RuledRow, Store } from '../../db/index.ts';
import { labelOf } from '../../images/index.ts';
import { comparable, isHeldOut } from './labels.ts';

type Named = Pick<RuledRow, 'id' | 'file' | 'firstFile' | 'gone'>;
export type CsvLabels = ReadonlyMap<string, string | null>;

const nameOf = (file: string): string => comparable(file).split('/').at(-1)!;

/**
 * Label by id from a CSV: by the path inside the folder, by the path it had before it moved, and by bare name where
 * one photo of the folder has it. One that is away gives way to those that are there.
 */
export function csvLabelsOf(rows: readonly Named[], labels: CsvLabels): Map<string, string | null> {
  const [there, away] = [true, false].map((here) => {
    const owners = new Map<string, Named | null>();
    for (const row of rows.filter(({ gone }) => (gone === Gone.here) === here))
      owners.set(nameOf(row.file), owners.has(nameOf(row.file)) ? null : row);
    return owners;
  }) as [Map<string, Named | null>, Map<string, Named | null>];
  const isAlone = (row: Named, name: string) => (there.has(name) ? there : away).get(name) === row;
  return new Map(
    rows.map((row) => {
      const name = nameOf(row.file);
      const keys = [comparable(row.file), comparable(row.firstFile), ...(isAlone(row, name) ? [name] : [])];
      const key = keys.find((candidate) => labels.has(candidate));
      return [row.id, key === undefined ? null : labels.get(key)!];
    }),
  );
}

/** The CSV that was last given for the folder. */
const keptCsv = ({ csvLabels }: Store, datasetId: string): CsvLabels =>
  new Map(csvLabels.all(datasetId).map(([file, label]) => [comparable(file), label]));

/** The label that the folder's rule gives a file by its name; those of a CSV follow when all files are known. */
export const folderLabel = (dataset: DatasetRow, file: string): string | null =>
  dataset.labelSource === 'folders' ? labelOf(file, dataset.labelDepth) : null;

/** Brings every photo's label and side in line with the folder's rules. */
export function align(store: Store, datasetId: string): void {
  const dataset = store.datasets.get(datasetId)!;
  const rows = store.images.ruled(datasetId);
  const csv = dataset.labelSource === 'csv' ? csvLabelsOf(rows, keptCsv(store, datasetId)) : null;
  store.images.setRuled(
    rows.flatMap(({ id, file, firstFile, label, heldOut }) => {
      const ruled = {
        id,
        label: csv ? csv.get(id)! : folderLabel(dataset, file),
        heldOut: isHeldOut(firstFile, dataset.heldOut) ? 1 : 0,
      };
      return ruled.label === label && ruled.heldOut === heldOut ? [] : [ruled];
    }),
  );
}

/**
 * Folders inside the folder are taken for labels where they look like it: at least two, four photos in five inside
 * one, and more than one photo each on average. The level, or null. A person may say otherwise.
 */
export function guessedDepth(files: readonly string[]): number | null {
  for (let depth = 1; depth <= 3; depth++) {
    const names = files.map((file) => labelOf(file, depth)).filter((name) => name !== null);
    const distinct = new Set(names).size;
    if (distinct >= 2 && names.length >= 0.8 * files.length && distinct <= names.length / 2) return depth;
  }
  return null;
}
