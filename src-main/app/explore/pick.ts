/**
 * Photos to look at first, of an embedding: to label, to test with, or to train on alone. The tags say what is known;
 * how rows are chosen is search/pick.ts's.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppResult, PickRule } from '../../../shared/contract.ts';
import type { Store } from '../../db/index.ts';
import { classify, ExactIndex, few, fewRows, gain, mixed, typical, uncertain, varied } from '../../search/index.ts';
import type { Choice } from '../../search/index.ts';
import { AppError } from '../errors.ts';
import { tagLabels } from '../library/rules.ts';
import { backgroundOf, SAMPLED } from './head.ts';
import type { OpenSet } from './openSet.ts';

/** Most examples that classes are learned from, evenly picked: the time grows with their cube. */
const MOST_EXAMPLES = 500;
/** Where there is one tag alone, so many photos without it stand for the others. */
const OTHERS = 64;

const rules: Record<PickRule, (index: ExactIndex, choice: Choice) => Promise<number[]>> = {
  mix: mixed,
  varied,
  typical,
  uncertain,
};

/** How work on a set is given up, and how far it is, 0 to 1. */
export interface Watching {
  signal: AbortSignal;
  onProgress: (fraction: number) => void;
}

/** Works on the set's rows as they are chosen from: standardised. */
async function standardised<T>(set: OpenSet, work: (index: ExactIndex) => Promise<T>): Promise<T> {
  const sample = fewRows(set.ids.length, SAMPLED).map((row) => set.index.row(row));
  const { mean, scale } = backgroundOf(sample, set.row.dimensions);
  const index = await set.reopen({ mean, scale });
  try {
    return await work(index);
  } finally {
    await index.close();
  }
}

/**
 * @throws AppError not-available where doubt is asked for and no photo of the embedding has a tag
 */
export async function pickPhotos(
  store: Pick<Store, 'images' | 'tags'>,
  set: OpenSet,
  { by, count, heedTags }: { by: PickRule; count: number; heedTags: boolean },
  watching: Watching,
): Promise<AppResult<'explore.pick'>> {
  const began = performance.now();
  const tagged = heedTags || by === 'uncertain' ? taggedRows(store, set) : new Map<number, string>();
  if (by === 'uncertain' && tagged.size === 0) throw new AppError('not-available.no-tags');
  const allowed = new Uint8Array(set.ids.length);
  for (const piece of store.images.pieces(set.row.datasetId, { excluded: false })) {
    for (const { id } of piece) {
      const row = set.ids.rowOf(id);
      if (row >= 0) allowed[row] = 1;
    }
    await breathe();
  }
  const chosen = await standardised(set, async (index) => {
    const doubt = await doubtOf(index, tagged, rejectedRows(store, set), watching.signal);
    return rules[by](index, { count, allowed, before: [...tagged.keys()], doubt, ...watching });
  });
  return {
    imageIds: chosen.map((row) => set.ids.at(row)),
    tagged: tagged.size,
    tags: new Set(tagged.values()).size,
    milliseconds: performance.now() - began,
  };
}

/** The first tag of each photo of the set that has one. */
function taggedRows({ tags }: Pick<Store, 'tags'>, set: OpenSet): Map<number, string> {
  return new Map(
    [...tagLabels(tags, set.row.datasetId)].flatMap(([id, tag]) => {
      const row = set.ids.rowOf(id);
      return row < 0 ? [] : [[row, tag] as const];
    }),
  );
}

/** Photos of the set that were said not to have some tag. */
const rejectedRows = ({ tags }: Pick<Store, 'tags'>, set: OpenSet): number[] =>
  tags.all().flatMap(({ id }) =>
    tags
      .rejected(id)
      .map((imageId) => set.ids.rowOf(imageId))
      .filter((row) => row >= 0),
  );

/** How unsure the class of each row is by the tags; null without any. One tag is told from what does not have it. */
async function doubtOf(
  index: ExactIndex,
  tagged: ReadonlyMap<number, string>,
  rejected: readonly number[],
  signal: AbortSignal,
): Promise<Float32Array | null> {
  if (tagged.size === 0) return null;
  const names = [...new Set(tagged.values())].sort();
  const examples = few([...tagged], MOST_EXAMPLES).map(([row, tag]) => ({ row, label: names.indexOf(tag) }));
  if (names.length === 1) {
    const untagged = few(
      Array.from({ length: index.n }, (_, row) => row).filter((row) => !tagged.has(row)),
      OTHERS,
    );
    const others = new Set([...few(rejected, MOST_EXAMPLES), ...untagged].filter((row) => !tagged.has(row)));
    examples.push(...[...others].map((row) => ({ row, label: 1 })));
  }
  const vectors = index.some(examples.map(({ row }) => row));
  const labels = Int32Array.from(examples, ({ label }) => label);
  return (await classify(index, vectors, labels, Math.max(2, names.length), signal)).doubt;
}

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
  const labelOf = store.images.labels(set.row.datasetId);
  const groupOf = store.images.groupOf(set.row.datasetId);
  const known = Array.from(set.ids, (id, row) => {
    const label = labelOf.get(id);
    return label === undefined ? [] : [{ row, label, group: groupOf.get(id) ?? null }];
  }).flat();
  const classes = [...new Set(known.map(({ label }) => label))].sort();
  const isTested = everyFifth(known);
  const test = few(
    known.filter((_, i) => isTested[i]),
    MOST_TESTED,
  );
  const pool = few(
    known.filter((_, i) => !isTested[i]),
    MOST_POOL,
  );
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

/**
 * Which photos are tested on: in the order of folders and names every fifth, so that each class has some. Photos that
 * belong together count as one, and are on one side.
 */
export function everyFifth(photos: readonly { group: string | null }[]): boolean[] {
  const apart = Math.max(2, Math.round(1 / TESTED_SHARE));
  const sides = new Map<string, boolean>();
  let count = 0;
  return photos.map(({ group }) => {
    const known = group === null ? undefined : sides.get(group);
    if (known !== undefined) return known;
    const isTested = count++ % apart === 0;
    if (group !== null) sides.set(group, isTested);
    return isTested;
  });
}

/** From two a class on, each half as many again, to a quarter of the pool. @param classes at least one */
function sizesOf(classes: number, pool: number): number[] {
  const sizes: number[] = [];
  for (let size = 2 * classes; size <= Math.min(pool / 4, 300); size *= 1.5) sizes.push(Math.round(size));
  return sizes;
}
