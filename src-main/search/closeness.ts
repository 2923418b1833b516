/**
 * When two vectors are nearer than chance puts any two here, from the distances of a neighbour graph alone. Among k
 * nearest that lie about a row by chance, the share of the ball to the k-th that lies within a neighbour's distance is
 * uniform (Levina and Bickel 2004 have the dimension from the same law); what lies far within it is no chance.
 */
import type { Neighbours } from './topK.ts';

/** Share of the pairs that lie near each other by chance that pass as exceptional. */
const FALSE_ALARM = 1e-3;

/**
 * For each entry of the graph whether it is a pair nearer than this collection's own distances explain.
 * @param k neighbours of a row, the nearest first
 * @returns [n, k], 1 where it is
 */
export function markExceptional({ indices, similarities }: Neighbours, n: number, k: number): Uint8Array {
  const out = new Uint8Array(n * k);
  const distance = (e: number) => Math.max(1e-12, 1 - similarities[e]!);
  // dimension by the second half of the list: copies and bursts, which would spoil the estimate, fill its beginning
  const inner = k >> 1;
  const [ratios, ends]: [number[], number[]] = [[], []];
  for (let row = 0; row < n; row++) {
    const [near, far] = [row * k + inner, row * k + k - 1];
    if (indices[far]! < 0) continue;
    ratios.push(Math.log(distance(far) / distance(near)));
    ends.push(distance(far));
  }
  if (ratios.length === 0) return out;
  const middle = (values: number[]) => Float64Array.from(values).sort()[values.length >> 1]!;
  const power = Math.log(k / (inner + 1)) / Math.max(1e-6, middle(ratios)); // share of a ball, by 1 - cos
  const most = FALSE_ALARM ** (1 / power);
  const usual = middle(ends); // the end of a list that a long burst fills says nothing
  for (let row = 0; row < n; row++) {
    const far = row * k + k - 1;
    const reach = indices[far]! < 0 ? usual : Math.max(usual, distance(far));
    for (let e = row * k; e <= far && indices[e]! >= 0; e++) if (distance(e) < most * reach) out[e] = 1;
  }
  return out;
}
