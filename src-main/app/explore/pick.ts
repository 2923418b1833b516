/**
 * Photos to look at first, of an embedding: to label, to test with, or to train on alone. The tags say what is known;
 * how rows are chosen is search/pick.ts's.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppResult, PickRule } from '../../../shared/contract.ts';
import type { Store } from '../../db/index.ts';
import { classify, few, fewRows, markedRows, mixed, typical, uncertain, varied } from '../../search/index.ts';
import type { Choice, ExactIndex } from '../../search/index.ts';
import { AppError } from '../errors.ts';
import { unhurriedPieces } from '../unhurried.ts';
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
export async function standardised<T>(set: OpenSet, work: (index: ExactIndex) => Promise<T>): Promise<T> {
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
  const tagged = heedTags || by === 'uncertain' ? await taggedRows(store, set) : new RowNames(0);
  if (by === 'uncertain' && tagged.rows.length === 0) throw new AppError('not-available.no-tags');
  const allowed = new Uint8Array(set.ids.length);
  for (const piece of store.images.pieces(set.row.datasetId, { excluded: false })) {
    for (const { id } of piece) {
      const row = set.ids.rowOf(id);
      if (row >= 0) allowed[row] = 1;
    }
    await breathe();
  }
  const chosen = await standardised(set, async (index) => {
    const doubt = await doubtOf(index, tagged, await rejectedRows(store, set), watching.signal);
    return rules[by](index, { count, allowed, before: tagged.rows, doubt, ...watching });
  });
  return {
    imageIds: chosen.map((row) => set.ids.at(row)),
    tagged: tagged.rows.length,
    tags: tagged.names.length,
    milliseconds: performance.now() - began,
  };
}

/** A name for some rows: a map of half a million is put anew as it grows, for a tenth of a second. */
class RowNames {
  /** Those that have one, in the order in which they were given. */
  readonly rows: number[] = [];
  readonly names: string[] = [];
  /** One more than the place of each row's name; 0: it has none. */
  readonly #places: Int32Array;

  constructor(n: number) {
    this.#places = new Int32Array(n);
  }

  has(row: number): boolean {
    return this.#places[row]! > 0;
  }

  set(row: number, name: string): void {
    if (!this.has(row)) this.rows.push(row);
    const known = this.names.indexOf(name);
    this.#places[row] = known >= 0 ? known + 1 : this.names.push(name);
  }

  get(row: number): string | undefined {
    return this.names[this.#places[row]! - 1];
  }
}

/** The first tag of each photo of the set that has one, in the order of their keys. */
async function taggedRows({ tags }: Pick<Store, 'tags'>, set: OpenSet): Promise<RowNames> {
  const found = new RowNames(set.ids.length);
  for (const { id: tagId, name } of tags.all())
    for await (const piece of unhurriedPieces(tags.pieces(tagId, set.row.datasetId)))
      for (const { id } of piece) {
        const row = set.ids.rowOf(id);
        if (row >= 0 && !found.has(row)) found.set(row, name);
      }
  return found;
}

/** Photos of the set that were said not to have some tag. */
async function rejectedRows({ tags }: Pick<Store, 'tags'>, set: OpenSet): Promise<number[]> {
  const found: number[] = [];
  for (const { id: tagId } of tags.all())
    for await (const piece of unhurriedPieces(tags.rejectedPieces(tagId)))
      for (const id of piece) {
        const row = set.ids.rowOf(id);
        if (row >= 0) found.push(row);
      }
  return found;
}

/** How unsure the class of each row is by the tags; null without any. One tag is told from what does not have it. */
async function doubtOf(
  index: ExactIndex,
  tagged: RowNames,
  rejected: readonly number[],
  signal: AbortSignal,
): Promise<Float32Array | null> {
  if (tagged.rows.length === 0) return null;
  const names = tagged.names.toSorted();
  const examples = few(tagged.rows, MOST_EXAMPLES).map((row) => ({ row, label: names.indexOf(tagged.get(row)!) }));
  if (names.length === 1) {
    const untagged = fewBut(tagged.rows, index.n, OTHERS);
    const others = new Set([...few(rejected, MOST_EXAMPLES), ...untagged].filter((row) => !tagged.has(row)));
    examples.push(...[...others].map((row) => ({ row, label: 1 })));
  }
  const vectors = index.some(examples.map(({ row }) => row));
  const labels = Int32Array.from(examples, ({ label }) => label);
  return (await classify(index, vectors, labels, Math.max(2, names.length), signal)).doubt;
}

/** At most so many of the rows below `n` that are not tagged, evenly over them. */
export function fewBut(tagged: readonly number[], n: number, most: number): number[] {
  const isTagged = new Uint8Array(n);
  for (const row of tagged) isTagged[row] = 1;
  return few(markedRows(isTagged, 0), most);
}
