/** Which way to compute a three by three convolution is estimated to be faster: Winograd's, or a product with patches. */
import type { Geometry } from '../layout.ts';

/** Multiplications and additions that take as long as moving one byte; of the order of any current CPU with vectors. */
const OPERATIONS_PER_BYTE = 8;
const BYTES = 4;

/** The tile of Winograd's method to use for a convolution and its gradients, or 0: gathered patches. */
export function winogradTile(g: Geometry): number {
  if (g.kernel !== 3 || g.stride !== 1 || g.padding !== 1) return 0;
  let best = { tile: 0, cost: patchCost(g) };
  for (const tile of [2, 3, 4]) {
    const cost = winogradCost(g, tile);
    if (cost < best.cost) best = { tile, cost };
  }
  return best.tile;
}

function patchCost(g: Geometry): number {
  const rows = g.outHeight * g.outWidth * g.batch;
  const patch = g.kernel ** 2 * g.inChannels;
  const moved = 4 * BYTES * rows * patch; // taps are written and read, patches are written and read
  return 2 * rows * patch * g.outChannels + OPERATIONS_PER_BYTE * moved;
}

function winogradCost(g: Geometry, tile: number): number {
  const n = tile + 2;
  const [rows, columns] = [n * Math.ceil(g.height / tile), n * Math.ceil(g.width / tile)];
  const channels = g.batch * (g.inChannels + g.outChannels);
  const products = 2 * rows * columns * g.batch * g.inChannels * g.outChannels;
  const transforms = 2 * channels * rows * g.width * (g.height + columns);
  const moved = BYTES * 2 * channels * rows * (g.width + columns);
  return products + transforms + OPERATIONS_PER_BYTE * moved;
}
