/** Running statistics of batch normalisation: what batches measured is blended into all of them at once. */
import type { Tensor } from '../graph.ts';
import { add, concat, folded, scale, split } from '../ops/index.ts';

const MOMENTUM = 0.1; // PyTorch's default

/** One statistic of batch normalisation as several batches measured it. */
export interface Measured {
  /** The statistic of each batch, one after the other: [batches C]. */
  values: Tensor;
  batches: number;
  /** What a batch's own statistic is multiplied by. */
  factor: number;
}

/** Statistics [C] by their names, after one batch after another has been blended into them. */
export function blended(
  running: ReadonlyMap<string, Tensor>,
  measured: ReadonlyMap<string, readonly Measured[]>,
): ReadonlyMap<string, Tensor> {
  const latest = new Map(running);
  const most = Math.max(0, ...[...measured.values()].map((list) => list.length));
  for (let round = 0; round < most; round++) {
    const own = [...measured].flatMap(([name, list]) => (list[round] ? [{ name, ...list[round] }] : []));
    for (const batches of new Set(own.map((m) => m.batches))) {
      const group = own.filter((m) => m.batches === batches);
      const sizes = group.map(({ name }) => latest.get(name)!.shape[0]!);
      const next = blend(concat(group.map(({ name }) => latest.get(name)!)), group, batches);
      split(next, sizes).forEach((part, i) => latest.set(group[i]!.name, part));
    }
  }
  return latest;
}

/** running [T]: statistics one after the other, with what `batches` batches measured of each. */
function blend(running: Tensor, measured: readonly Measured[], batches: number): Tensor {
  const kept = 1 - MOMENTUM;
  const shares = measured.flatMap(({ values, factor }) =>
    Array.from({ length: values.shape[0]! }, (_, i) => {
      const batch = Math.floor((i * batches) / values.shape[0]!);
      return factor * MOMENTUM * kept ** (batches - 1 - batch);
    }),
  );
  const weighted = folded(
    measured.map(({ values }) => values),
    batches,
    Float32Array.from(shares),
  );
  return add(scale(running, kept ** batches), weighted);
}
