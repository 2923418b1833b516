/**
 * Edges of a photo by place and direction, as features beside the network's: fixed operations, nothing trained. After
 * Dalal and Triggs 2005 ("Histograms of oriented gradients for human detection"), with directions told apart by powers of
 * a cosine, so that every step is a standard operator.
 */
import type { Tensor } from '../graph.ts';
import {
  addConstant,
  batchMatmul,
  conv,
  div,
  flatten,
  mean,
  mul,
  resize,
  scale,
  sqrt,
  square,
  sum,
} from '../ops/index.ts';

/** Side of the picture whose edges are counted, px: what is smaller than a pixel of it is no shape. */
const SIDE = 32;
/** Directions, without sign, over half a turn. */
const DIRECTIONS = 9;
/** Cells along a side, each of `CELL` px, one every `STRIDE` px: they overlap, so that no edge lies between two of them. */
const CELLS = 5;
const CELL = 8;
const STRIDE = 6;
/** Times that the square of the cosine is squared: cos^16, about as wide as one of nine directions. */
const SQUARINGS = 3;
/** Added to squared gradients, so that a flat place has no direction, and to the length of a cell's histogram. */
const FLAT = 1e-10;
const SOFTENING = 0.1;

/** Places that each direction is counted at, and numbers that `edges` gives of a photo. */
export const EDGE_CELLS = CELLS * CELLS;
export const EDGES = EDGE_CELLS * DIRECTIONS;

/** x [N, C, S, S], normalised -> [N, EDGES], direction by direction, each with its cells row by row. */
export function edges(x: Tensor): Tensor {
  const small = x.shape[2] === SIDE ? x : resize(x, SIDE);
  const along = conv(mean(small, [1], true), directionsOf(x), { stride: 1, padding: 0 });
  const squares = square(along);
  // Nine directions evenly over half a turn: their squares add up to 9 / 2 of the gradient's.
  const length2 = addConstant(scale(sum(squares, [1], true), 2 / DIRECTIONS), FLAT);
  let share = div(squares, length2);
  for (let i = 0; i < SQUARINGS; i++) share = square(share);
  const cells = counted(mul(sqrt(length2), share));
  const lengths = addConstant(sqrt(addConstant(sum(square(cells), [1], true), FLAT)), SOFTENING);
  return flatten(div(cells, lengths));
}

/** Filters [DIRECTIONS, 1, 3, 3]: the difference of two neighbours, to the right and down, along each direction. */
function directionsOf(x: Tensor): Tensor {
  const filters = new Float32Array(DIRECTIONS * 9);
  for (let k = 0; k < DIRECTIONS; k++) {
    const angle = (Math.PI * k) / DIRECTIONS;
    filters[9 * k + 5] = Math.cos(angle);
    filters[9 * k + 3] = -Math.cos(angle);
    filters[9 * k + 7] = Math.sin(angle);
    filters[9 * k + 1] = -Math.sin(angle);
  }
  return x.graph.constant(filters, [DIRECTIONS, 1, 3, 3]);
}

/** Means over cells of x [N, K, SIDE - 2, SIDE - 2], the picture without its outermost pixels, which count as flat. */
function counted(x: Tensor): Tensor {
  const inner = SIDE - 2;
  const [down, across] = [new Float32Array(CELLS * inner), new Float32Array(inner * CELLS)];
  for (let cell = 0; cell < CELLS; cell++)
    for (let i = 0; i < inner; i++) {
      const at = i + 1 - STRIDE * cell;
      if (at < 0 || at >= CELL) continue;
      down[cell * inner + i] = 1 / CELL;
      across[i * CELLS + cell] = 1 / CELL;
    }
  return batchMatmul(
    x.graph.constant(down, [1, 1, CELLS, inner]),
    batchMatmul(x, x.graph.constant(across, [1, 1, inner, CELLS])),
  );
}
