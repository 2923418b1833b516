/**
 * Groups of photos by their perceptual hashes, computed in a thread of its own: neighbours in a group differ in at most
 * `distance` of 64 bits, the ends of a chain may differ in more. What a hash is, is for images to say.
 */
import { Worker } from 'node:worker_threads';
import { InternalError } from '../../shared/errors.ts';
import { SearchError } from './errors.ts';
import { UnionFind, membersOf } from './groups.ts';
import type { Members } from './groups.ts';
import { hashPairs } from './hashPairs.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

export interface HashJob {
  /** Two numbers a hash: high, low. */
  hashes: Uint32Array;
  distance: number;
}

/** Groups of two rows and more, the largest first. */
export function groupHashes({ hashes, distance }: HashJob): Members {
  const count = hashes.length / 2;
  const sets = new UnionFind(count);
  const first = firstOfEach(hashes);
  const distinct: number[] = [];
  first.forEach((of, row) => {
    if (of === row) distinct.push(row);
    else sets.unite(of, row);
  });
  if (distance > 0) {
    const some = new Uint32Array(2 * distinct.length);
    distinct.forEach((row, at) => some.set(hashes.subarray(2 * row, 2 * row + 2), 2 * at));
    hashPairs(some, distance, (a, b) => sets.unite(distinct[a]!, distinct[b]!));
  }
  const { groupOf, count: groups } = sets.groups(2);
  return membersOf(groupOf, groups);
}

/** Of each row the first that has its hash: thousands of flat pictures share one. */
function firstOfEach(hashes: Uint32Array): Int32Array {
  const count = hashes.length / 2;
  const first = new Int32Array(count);
  const size = 2 ** Math.ceil(Math.log2(2 * count + 2));
  const table = new Int32Array(size).fill(-1);
  for (let row = 0; row < count; row++) {
    const [high, low] = [hashes[2 * row]!, hashes[2 * row + 1]!];
    let at = (Math.imul(high, 0x9e3779b1) ^ Math.imul(low, 0x85ebca77)) >>> 0;
    at = (at ^ (at >>> 15)) & (size - 1);
    while (table[at]! >= 0 && !(hashes[2 * table[at]!] === high && hashes[2 * table[at]! + 1] === low))
      at = (at + 1) & (size - 1);
    if (table[at]! < 0) table[at] = row;
    first[row] = table[at]!;
  }
  return first;
}

/** The same in a thread. @throws SearchError cancelled */
export function hashGroups(job: HashJob, signal?: AbortSignal): Promise<Members> {
  if (signal?.aborted) return Promise.reject(new SearchError('cancelled.search'));
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./hashWorker' + extension, import.meta.url), { workerData: job });
    const stop = () => {
      void worker.terminate();
      reject(new SearchError('cancelled.search'));
    };
    signal?.addEventListener('abort', stop, { once: true });
    worker.on('message', (groups: Members) => resolve(groups));
    worker.on('error', (error) => reject(new InternalError('failed', `comparing hashes failed: ${String(error)}`)));
    worker.on('exit', () => {
      signal?.removeEventListener('abort', stop);
      reject(new InternalError('failed', 'the thread that compares hashes ended without a result'));
    });
  });
}
