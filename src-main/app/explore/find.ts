/**
 * The rest of a tag: from the photos that have it and those that were said not to, all others of an embedding in the
 * order in which they probably have it.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppResult } from '../../../shared/contract.ts';
import { few, fewRows, markedRows, normalized } from '../../search/index.ts';
import type { Store } from '../../db/index.ts';
import { AppError } from '../errors.ts';
import { unhurriedPieces } from '../unhurried.ts';
import { backgroundOf, fitHead, mostExamples, SAMPLED } from './head.ts';
import type { Background } from './head.ts';
import type { OpenSet } from './openSet.ts';

const backgrounds = new WeakMap<OpenSet, Promise<Background>>();
/** Vectors that were read: answers come one by one, and each asks for all before it. */
const vectors = new WeakMap<OpenSet, Map<number, Float32Array>>();

async function vectorOf(set: OpenSet, row: number): Promise<Float32Array> {
  const known = vectors.get(set) ?? new Map<number, Float32Array>();
  vectors.set(set, known);
  let vector = known.get(row);
  if (!vector) known.set(row, (vector = normalized(await set.vector(row), 1, set.row.dimensions)));
  return vector;
}

/** Up to so many photos that are known already the nearest are asked for with them; of more all are looked through. */
const FEW_KNOWN = 1000;

/** Without rejected photos, or for each of them, so many that have the tag: below it the number is off by a multiple. */
const CLEAN = 25;

/** The `count` rows of the greatest similarity that are not known, the greatest first. @param similarities of all rows */
export function nearestBut(similarities: Float32Array, known: Uint8Array, count: number): number[] {
  const best: number[] = []; // the greatest first
  for (let row = 0; row < similarities.length; row++) {
    if (known[row] === 1) continue;
    const similarity = similarities[row]!;
    if (best.length === count && !(similarity > similarities[best.at(-1)!]!)) continue;
    if (best.length === count) best.pop();
    let at = best.length;
    while (at > 0 && similarities[best[at - 1]!]! < similarity) at--;
    best.splice(at, 0, row);
  }
  return best;
}

/** A sample taken evenly over the set, whose order is that of folders and names. */
async function sampleOf(set: OpenSet): Promise<Background> {
  const read: Float32Array[] = [];
  for (const row of fewRows(set.ids.length, SAMPLED))
    read.push(normalized(await set.vector(row), 1, set.row.dimensions));
  return backgroundOf(read, set.row.dimensions);
}

/** @throws AppError not-available where no photo of the embedding has the tag */
export async function findRest(
  { tags }: Pick<Store, 'tags'>,
  set: OpenSet,
  tagId: string,
  count: number,
  signal: AbortSignal,
): Promise<AppResult<'explore.find'>> {
  const began = performance.now();
  const rowsOf = (imageIds: readonly string[]) => imageIds.map((id) => set.ids.rowOf(id)).filter((row) => row >= 0);
  const known = new Uint8Array(set.ids.length);
  for (const piece of tags.here(tagId, set.row.datasetId)) {
    for (const row of rowsOf(piece)) known[row] = 1;
    await breathe();
  }
  const tagged = markedRows(known); // examples are taken evenly over folders and names, whatever their ids are
  const rejected: number[] = [];
  for await (const piece of unhurriedPieces(tags.rejectedPieces(tagId)))
    for (const row of rowsOf(piece)) rejected.push(row);
  if (tagged.length === 0) throw new AppError('not-available.untagged');
  let background = backgrounds.get(set);
  if (!background) {
    backgrounds.set(set, (background = sampleOf(set)));
    background.catch(() => backgrounds.delete(set)); // a failed reading is tried again
  }
  const read = (rows: ArrayLike<number>) =>
    Promise.all(few(rows, mostExamples(set.row.dimensions)).map((row) => vectorOf(set, row)));
  const counts = { yes: tagged.length, no: rejected.length };
  const head = await fitHead(await read(tagged), await read(rejected), await background, undefined, counts);
  for (const row of rejected) known[row] = 1;
  const length = Math.hypot(...head.direction) || 1;
  const direction = head.direction.map((value) => value / length);
  const seen = tagged.length + rejected.length;
  const rows =
    seen <= FEW_KNOWN
      ? (await set.index.query(direction, 1, Math.min(set.ids.length, count + seen), { signal })).indices
      : nearestBut(await set.index.products(direction, 1, signal), known, count);
  const photosOf = (share: number) => Math.max(tagged.length, Math.round(share * set.ids.length));
  const isSaid = head.apart !== null || tagged.length >= CLEAN * (rejected.length + 1);
  const range = head.range?.map(photosOf) as [number, number] | undefined;
  // of numbers that are off by a multiple the middle is that of their logarithms
  const total = range ? Math.round(Math.sqrt(range[0] * range[1])) : photosOf(head.share ?? 0);
  const isMore = isSaid && total > tagged.length;
  return {
    imageIds: [...rows]
      .filter((row) => row >= 0 && known[row] === 0)
      .slice(0, count)
      .map((row) => set.ids.at(row)),
    tagged: tagged.length,
    rejected: rejected.length,
    // where scores show no more than were found already, those that are left stand among the others, uncounted
    estimated: isMore ? total : null,
    range: isMore ? (range ?? null) : null,
    separability: head.separability,
    apart: head.apart,
    milliseconds: performance.now() - began,
  };
}
