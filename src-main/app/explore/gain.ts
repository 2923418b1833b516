/**
 * What choosing photos to label is worth, where a folder has labels already: the accuracy by photos that were chosen beside
 * that by as many taken by chance. How it is measured is search/gain.ts's.
 */
import type { AppResult } from '../../../shared/contract.ts';
import type { Store } from '../../db/index.ts';
import { ExactIndex, few, gain } from '../../search/index.ts';
import { AppError } from '../errors.ts';
import { PartedMap } from '../partedMap.ts';
import { each, unhurried, unhurriedPieces } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';
import type { OpenSet } from './openSet.ts';
import { standardised } from './pick.ts';
import type { Watching } from './pick.ts';

/** Most photos that are chosen from, and that are tested on, to show what choosing is worth. */
const MOST_POOL = 4000;
const MOST_TESTED = 1000;
const TESTED_SHARE = 0.2;
/** Pools of chance, and of the mix, that the accuracy is the mean of. */
const DRAWS = 5;

/**
 * @throws AppError not-available where the labels of the folder do not suffice to say it
 */
export async function gainOf(
  store: Pick<Store, 'images'>,
  set: OpenSet,
  watching: Watching,
): Promise<AppResult<'explore.gain'>> {
  const known = await labelledRows(store, set, watching.signal);
  const sides = await unhurried(sidesOf(known), watching.signal);
  const classes = [...sides.classes].sort();
  const test = few(sides.tested, MOST_TESTED);
  const pool = few(sides.rest, MOST_POOL);
  const sizes = classes.length < 2 ? [] : sizesOf(classes.length, pool.length);
  if (sizes.length === 0)
    throw new AppError('not-available.few-labels', { count: known.length, classes: classes.length });
  const rows = [...pool, ...test];
  const points = await standardised(set, async (all) => {
    const vectors = all.some(rows.map(({ row }) => row));
    const index = await ExactIndex.create(vectors, rows.length, all.d);
    try {
      const labels = Int32Array.from(rows, ({ label }) => classes.indexOf(label));
      return await gain(index, labels, classes.length, pool.length, { sizes, draws: DRAWS, ...watching });
    } finally {
      await index.close();
    }
  });
  return { points, classes: classes.length, pool: pool.length, tested: test.length, draws: DRAWS };
}

interface LabelledRow {
  row: number;
  label: string;
  group: string | null;
}

/** The rows of the set whose photos have a label, in their order. */
async function labelledRows(
  { images }: Pick<Store, 'images'>,
  { ids, row: { datasetId } }: OpenSet,
  signal: AbortSignal,
): Promise<LabelledRow[]> {
  const byRow = new Array<LabelledRow | undefined>(ids.length).fill(undefined);
  for await (const piece of unhurriedPieces(images.labelPieces(datasetId)))
    for (const { id, label } of piece) {
      const row = ids.rowOf(id);
      if (row >= 0) byRow[row] = { row, label, group: null };
    }
  for await (const piece of unhurriedPieces(images.groupPieces(datasetId)))
    for (const { id, group } of piece) {
      const known = byRow[ids.rowOf(id)];
      if (known) known.group = group;
    }
  const known: LabelledRow[] = [];
  await unhurried(
    each(byRow, (one) => {
      if (one) known.push(one);
    }),
    signal,
  );
  return known;
}

/** The photos that are tested on and the others, in their order, and what their labels are. */
export function* sidesOf<Photo extends { label: string; group: string | null }>(
  photos: readonly Photo[],
): Work<{ tested: Photo[]; rest: Photo[]; classes: Set<string> }> {
  const out = { tested: [] as Photo[], rest: [] as Photo[], classes: new Set<string>() };
  const isTested = everyFifth();
  yield* each(photos, (photo) => {
    out.classes.add(photo.label);
    (isTested(photo) ? out.tested : out.rest).push(photo);
  });
  return out;
}

/**
 * Whether the next photo is tested on: in the order of folders and names every fifth, so that each class has some. Photos
 * that belong together count as one, and are on one side.
 */
function everyFifth(): (photo: { group: string | null }) => boolean {
  const apart = Math.max(2, Math.round(1 / TESTED_SHARE));
  const sides = new PartedMap<boolean>();
  let count = 0;
  return ({ group }) => {
    const known = group === null ? undefined : sides.get(group);
    if (known !== undefined) return known;
    const isTested = count++ % apart === 0;
    if (group !== null) sides.set(group, isTested);
    return isTested;
  };
}

/** From two a class on, each half as many again, to a quarter of the pool. @param classes at least one */
function sizesOf(classes: number, pool: number): number[] {
  const sizes: number[] = [];
  for (let size = 2 * classes; size <= Math.min(pool / 4, 300); size *= 1.5) sizes.push(Math.round(size));
  return sizes;
}
