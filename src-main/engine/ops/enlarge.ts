/** Images enlarged, bilinear between the centres of pixels, as torch.nn.functional.interpolate does. Without a gradient. */
import type { Tensor } from '../graph.ts';
import { batchMatmul } from './batch-matmul.ts';

/** x [N, C, S, S] -> [N, C, side, side], side at least S. */
export function enlarge(x: Tensor, side: number): Tensor {
  const from = x.shape[2]!;
  const { rows, columns } = interpolation(from, side);
  const down = x.graph.constant(rows, [1, 1, side, from]);
  return batchMatmul(down, batchMatmul(x, x.graph.constant(columns, [1, 1, from, side])));
}

/** What each of `to` pixels takes of `from`: two neighbours, at the edge one. As rows [to, from] and as columns [from, to]. */
function interpolation(from: number, to: number): { rows: Float32Array; columns: Float32Array } {
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
