/**
 * Near-duplicates of a folder by perceptual hash. The hashes are read a page at a time, so that the application goes on
 * answering, and compared in a thread (search/hashGroups.ts).
 */
import { setImmediate as turn } from 'node:timers/promises';
import type { Store } from '../../db/index.ts';
import { hashGroups } from '../../search/index.ts';

/** Rows of a page: some milliseconds. */
const page = 5000;

/** Groups of two and more usable photos, the largest first, each in the order of file names. */
export async function nearDuplicates(
  { images }: Pick<Store, 'images'>,
  datasetId: string,
  distance: number,
  signal?: AbortSignal,
): Promise<string[][]> {
  const ids: string[] = [];
  const hashes: number[] = [];
  for (let after = { file: '', place: -1 }; ;) {
    const rows = images.hashes(datasetId, after, page);
    for (const { id, hash } of rows) {
      if (hash === null) continue;
      ids.push(id);
      hashes.push(parseInt(hash.slice(0, 8), 16), parseInt(hash.slice(8), 16));
    }
    if (rows.length < page) break;
    after = rows.at(-1)!;
    await turn();
    signal?.throwIfAborted();
  }
  const { members, starts } = await hashGroups({ hashes: Uint32Array.from(hashes), distance }, signal);
  return Array.from({ length: starts.length - 1 }, (_, g) =>
    Array.from(members.subarray(starts[g], starts[g + 1]), (row) => ids[row]!),
  );
}
