/** The map of an embedding as the window keeps it: one row a photo, unpacked from what the application sends. */
import type { AppResult } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { PointIndex } from '../map/geometry.ts';
import { apart } from './apart.ts';

export interface MapData {
  /** Their table is made: a photo's row is found at once. */
  imageIds: IdList;
  /** x and y by turns, in [-1, 1]. */
  positions: Float32Array;
  /** Rows of `classes`; -1: none. */
  labels: Int32Array;
  classes: readonly string[];
  clusters: Int32Array;
  /** By which points are found. */
  index: PointIndex;
}

/** A piece at a time: of a million photos all of it would hold the page up. */
export async function readMap(map: AppResult<'explore.map'>): Promise<MapData> {
  const pause = () => apart(() => {});
  const imageIds = await IdList.read(map.imageIds).prepare(pause);
  return { ...map, imageIds, index: await PointIndex.make(map.positions, pause) };
}

/** A name stands for a group of photos where more than this share of them has it, and more of them than of all photos. */
const LEAST_SHARE = 0.5;
/** How much more of the group: where most photos have a label, that most of a group has it as well says nothing. */
const LEAST_LIFT = 1.1;

export const tellsOf = (share: number, shareOfAll: number): boolean =>
  share > LEAST_SHARE && share >= LEAST_LIFT * shareOfAll;

/** The label that tells something of these photos, and their share; null: there is none. */
export function majorityOf(
  { classes, labels, imageIds: all }: MapData,
  imageIds: readonly string[],
): { name: string; share: number } | null {
  if (classes.length === 0) return null;
  const counts = new Map<number, number>();
  for (const id of imageIds) {
    const label = labels[all.rowOf(id)] ?? -1;
    counts.set(label, (counts.get(label) ?? 0) + 1);
  }
  const [label, count] = [...counts].reduce((a, b) => (b[1] > a[1] ? b : a), [-1, 0] as [number, number]);
  const share = count / imageIds.length;
  if (label < 0 || share <= LEAST_SHARE) return null;
  const ofAll = labels.reduce((sum, one) => sum + Number(one === label), 0) / labels.length;
  return tellsOf(share, ofAll) ? { name: classes[label]!, share } : null;
}
