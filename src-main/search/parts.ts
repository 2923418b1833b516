/** How the work of an index is divided among its threads: by rows, or by queries where there are many. */
import { InternalError } from '../../shared/errors.ts';
import { BLOCK, SIGN_BLOCK } from './layout.ts';
import type { ExactRequest } from './requests.ts';
import { emptyNeighbours, mergeNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import type { SearchWorkers } from './workers.ts';

/** Rows from .. to - 1. */
export type Range = [from: number, to: number];

/** Fewest rows of a part, so that small indexes do not pay for threads. */
const LEAST = 4096;

/**
 * `n` rows in as many parts as there are threads, or in fewer. They begin with a block of signs, as no two threads may
 * set signs of the same one.
 */
export function partsOf(n: number, threads: number): Range[] {
  const parts = Math.max(1, Math.min(threads, Math.ceil(n / LEAST)));
  const start = (part: number) => Math.floor((n * part) / parts / SIGN_BLOCK) * SIGN_BLOCK;
  return Array.from({ length: parts }, (_, i) => [start(i), i + 1 < parts ? start(i + 1) : n]);
}

type Search = Extract<ExactRequest, { type: 'search' }>;

/**
 * The k nearest of each of `count` queries [count, k] among the rows of `parts`, which follow each other. Few queries are
 * asked of each part, and the answers merged; of many each thread has some, over all rows.
 * @param asked what a request asks for the queries from .. to - 1
 * @throws InternalError bad-shape where k is no count, SearchError cancelled or closed
 */
export async function searchInParts(
  workers: SearchWorkers,
  parts: readonly Range[],
  count: number,
  k: number,
  { signal, onProgress }: { signal?: AbortSignal; onProgress?: (done: number, count: number) => void },
  asked: (from: number, to: number) => Pick<Search, 'queries' | 'exclude'>,
): Promise<Neighbours> {
  if (!Number.isInteger(k) || k < 1)
    throw new InternalError('bad-shape', `k is ${k}: ask for one neighbour or more`, { k });
  if (count <= BLOCK / 2) {
    const requests = parts.map(([from, to]): Search => ({ type: 'search', ...asked(0, count), count, k, from, to }));
    const found: Neighbours[] = [];
    await workers.run(requests, (result, at) => (found[at] = result), signal);
    return found.length === 1 ? found[0]! : mergeNeighbours(found, count, k);
  }
  const n = parts.at(-1)![1];
  const requests: Search[] = [];
  for (let at = 0; at < count; at += BLOCK) {
    const size = Math.min(BLOCK, count - at);
    requests.push({ type: 'search', ...asked(at, at + size), count: size, k, from: 0, to: n });
  }
  const out = emptyNeighbours(count, k);
  let done = 0;
  await workers.run(
    requests,
    ({ indices, similarities }, at) => {
      out.indices.set(indices, at * BLOCK * k);
      out.similarities.set(similarities, at * BLOCK * k);
      done += indices.length / k;
      onProgress?.(done, count);
    },
    signal,
  );
  return out;
}
