/** Which photos may be alike: the nearest of each by the frequencies of its sketch, and by an encoder. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { IdList } from '../../../shared/idList.ts';
import { descriptorLength, descriptors, sketchSide } from '../../images/index.ts';
import { ExactIndex, exceptional } from '../../search/index.ts';
import type { Neighbours } from '../../search/index.ts';
import { each, unhurried } from '../unhurried.ts';

/** Photos that are looked at before others have the thread: some milliseconds. */
export const PHOTOS_PER_TURN = 1000;
/** Neighbours by pixels of each photo that are compared with it. */
const NEAREST = 15;

/** The nearest photos of each by the frequencies of their sketches: `indices` [count, k], -1 where there is none. */
export async function pixelNeighbours(
  sketches: Uint8Array,
  count: number,
  signal: AbortSignal,
  onProgress: (share: number) => void,
): Promise<{ indices: Int32Array; k: number }> {
  const k = NEAREST;
  if (count < 2) return { indices: new Int32Array(count * k).fill(-1), k };
  const index = await ExactIndex.create(await described(sketches, count), count, descriptorLength);
  try {
    const { indices } = await index.neighbourGraph(k, { signal, onProgress: (done, all) => onProgress(done / all) });
    return { indices, k };
  } finally {
    await index.close();
  }
}

/** Frequencies of all sketches [count, 63]. */
async function described(sketches: Uint8Array, count: number): Promise<Float32Array> {
  const out = new Float32Array(count * descriptorLength);
  for (let from = 0; from < count; from += PHOTOS_PER_TURN) {
    const some = sketches.subarray(from * sketchSide ** 2, (from + PHOTOS_PER_TURN) * sketchSide ** 2);
    out.set(descriptors(some, Math.min(PHOTOS_PER_TURN, count - from)), from * descriptorLength);
    await breathe();
  }
  return out;
}

/** An encoder's neighbours of photos, by rows of `ids`. */
export interface Embedded {
  ids: IdList;
  graph: Neighbours; // [ids, k]
  k: number;
}

/** Places among the photos that are looked at; -1 where there is none, and marks of those that are exceptionally near. */
interface Near {
  indices: Int32Array; // [rows, k]
  exceptional: Uint8Array; // [rows, k]
  k: number;
}

/** The encoder's neighbours as places in `rows`: photos of the embedding that are not among the rows fall away. */
export async function among(
  rows: readonly { id: string }[],
  { ids, graph, k }: Embedded,
  signal: AbortSignal,
): Promise<Near> {
  const marks = await exceptional(graph, ids.length, k, { signal });
  const placeOf = new Int32Array(ids.length).fill(-1); // of each row of the embedding
  await unhurried(
    each(rows.keys(), (place) => {
      const row = ids.rowOf(rows[place]!.id);
      if (row >= 0) placeOf[row] = place;
    }),
    signal,
  );
  const out: Near = {
    indices: new Int32Array(rows.length * k).fill(-1),
    exceptional: new Uint8Array(rows.length * k),
    k,
  };
  await unhurried(
    each(placeOf.keys(), (row) => {
      const place = placeOf[row]!;
      if (place < 0) return;
      let at = place * k;
      for (let e = row * k; e < (row + 1) * k && graph.indices[e]! >= 0; e++) {
        const other = placeOf[graph.indices[e]!]!;
        if (other < 0) continue;
        out.indices[at] = other;
        out.exceptional[at++] = marks[e]!;
      }
    }),
    signal,
  );
  return out;
}

/** Whether two places are exceptionally near, by what `among` gave of `count` photos. */
export const nearer = ({ indices, exceptional: marks, k }: Near, count: number) => {
  const pairs = new Set<number>();
  for (let e = 0; e < indices.length; e++)
    if (marks[e] === 1) {
      const [row, other] = [Math.floor(e / k), indices[e]!];
      pairs.add(Math.min(row, other) * count + Math.max(row, other));
    }
  return (a: number, b: number) => pairs.has(a * count + b);
};
