/**
 * Images enlarged and shrunk, bilinear between the centres of pixels, as torch.nn.functional.interpolate does, shrunk ones
 * with its `antialias`. Without a gradient.
 */
import type { Tensor } from '../graph.ts';
import { batchMatmul } from './batch-matmul.ts';

/** x [N, C, S, S] -> [N, C, side, side], side at least S. */
export const enlarge = (x: Tensor, side: number): Tensor => resized(x, side, interpolation(x.shape[2]!, side));

/** x [N, C, S, S] -> [N, C, side, side], whatever S: each pixel is made of all that it covers. */
export const resize = (x: Tensor, side: number): Tensor => resized(x, side, covering(x.shape[2]!, side));

function resized(x: Tensor, side: number, { rows, columns }: Taken): Tensor {
  const from = x.shape[2]!;
  const down = x.graph.constant(rows, [1, 1, side, from]);
  return batchMatmul(down, batchMatmul(x, x.graph.constant(columns, [1, 1, from, side])));
}

/** What each of `to` pixels takes of `from`, as rows [to, from] and as columns [from, to]. */
interface Taken {
  rows: Float32Array;
  columns: Float32Array;
}

/** A triangle about its centre, as wide as two of its own pixels or of those that it is made of, whichever is wider. */
function covering(from: number, to: number): Taken {
  const [rows, columns] = [new Float32Array(to * from), new Float32Array(from * to)];
  const reach = Math.max(1, from / to);
  for (let i = 0; i < to; i++) {
    const centre = ((i + 0.5) * from) / to;
    const weights = Array.from({ length: from }, (_, j) => Math.max(0, 1 - Math.abs(j + 0.5 - centre) / reach));
    const total = weights.reduce((a, b) => a + b);
    weights.forEach((weight, j) => (rows[i * from + j] = columns[j * to + i] = weight / total));
  }
  return { rows, columns };
}

/** Two neighbours, at the edge one. */
function interpolation(from: number, to: number): Taken {
  const [rows, columns] = [new Float32Array(to * from), new Float32Array(from * to)];
  for (let i = 0; i < to; i++) {
    const at = Math.min(from - 1, Math.max(0, ((i + 0.5) * from) / to - 0.5));
    const before = Math.floor(at);
    const share = at - before;
    for (const [pixel, part] of [
      [before, 1 - share],
      [Math.min(from - 1, before + 1), share],
    ] as const) {
      rows[i * from + pixel]! += part;
      columns[pixel * to + i]! += part;
    }
  }
  return { rows, columns };
}
