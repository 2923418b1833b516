/** The map of an embedding as the window keeps it: one row a photo, unpacked from what the application sends. */
import type { AppResult } from '../../shared/contract.ts';
import { unpackFloats, unpackIds, unpackIntegers } from '../../shared/packed.ts';
import { apart } from './apart.ts';

export interface MapData {
  imageIds: readonly string[];
  /** x and y by turns, in [-1, 1]. */
  positions: Float32Array;
  /** Rows of `classes`; -1: none. */
  labels: Int32Array;
  classes: readonly string[];
  clusters: Int32Array;
}

/** Each part is a task of its own: together they would hold the page up. */
export async function unpackMap(map: AppResult<'explore.map'>): Promise<MapData> {
  const imageIds = await apart(() => unpackIds(map.imageIds));
  const positions = await apart(() => unpackFloats(map.positions));
  const [labels, clusters] = await apart(() => [map.labels, map.clusters].map(unpackIntegers));
  await apart(() => {});
  return { imageIds, positions, labels: labels!, classes: map.classes, clusters: clusters! };
}

/** A name stands for a group of photos only where more than this share of them has it. */
export const LEAST_SHARE = 0.5;

/** The label that more than half of these photos have, and their share; null: there is none. `rows`: of the map, by id. */
export function majorityOf(
  { classes, labels }: MapData,
  rows: ReadonlyMap<string, number>,
  imageIds: readonly string[],
): { name: string; share: number } | null {
  if (classes.length === 0) return null;
  const counts = new Map<number, number>();
  for (const id of imageIds) {
    const label = labels[rows.get(id) ?? -1] ?? -1;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [label, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0] as [number, number]);
  const share = count / imageIds.length;
  return label >= 0 && share > LEAST_SHARE ? { name: classes[label]!, share } : null;
}
