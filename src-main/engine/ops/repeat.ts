/** A vector several times over, as each of several batches that are computed together takes it, and its gradient's sum. */
import { ShapeError } from '../errors.ts';
import { apply } from '../graph.ts';
import type { Op, Tensor } from '../graph.ts';
import { concat, joined } from './concat.ts';

interface Times {
  times: number;
  /** What each number is multiplied by first. */
  shares?: Float32Array | undefined;
}

const repeatOp: Op<Times> = {
  name: 'repeat',
  shapes([x], { times }) {
    if (x!.length !== 1) throw new ShapeError('repeat', [x!], 'a vector is needed');
    return [[times * x![0]!]];
  },
  gradient: ({ attributes: { times } }, [dy]) => [folded([dy!], times)],
  lower({ inputs: [x], outputs: [y], attributes: { times } }, lowering) {
    const value = lowering.value(x!);
    lowering.set(y!, lowering.concat(new Array<typeof value>(times).fill(value), 0));
  },
};

const foldedOp: Op<Times> = {
  name: 'folded',
  shapes: (inputs, { times }) => [[inputs.reduce((sum, [n]) => sum + n!, 0) / times]],
  // No gradient: it is the last thing that a gradient goes through.
  lower({ inputs, outputs: [y], attributes: { times, shares } }, lowering) {
    let all = joined(
      lowering,
      inputs.map((x) => lowering.value(x)),
      0,
    );
    if (shares) all = lowering.each('Mul', all, lowering.floats(shares, all.shape));
    const [total] = y!.shape as [number];
    if (inputs.length === 1) {
      lowering.set(y!, lowering.reduce('ReduceSum', lowering.reshape(all, [times, total]), [0]));
      return;
    }
    // Where each number of the result stands in the first, second... repetition of its vector.
    const places: number[] = [];
    let start = 0;
    for (const { shape } of inputs) {
      const size = shape[0]! / times;
      for (let i = 0; i < size; i++) places.push(start + i);
      start += shape[0]!;
    }
    const sizes = inputs.flatMap(({ shape }) => new Array<number>(shape[0]! / times).fill(shape[0]! / times));
    const numbers = lowering.counted(
      [times, total],
      (i) => places[i % total]! + Math.floor(i / total) * sizes[i % total]!,
    );
    lowering.set(y!, lowering.reduce('ReduceSum', lowering.gather(all, numbers, 0), [0]));
  },
};

/**
 * For each vector [times C] the sum of its repetitions, put together: [all C]. `shares` are factors for all elements of
 * the vectors, one after the other.
 */
export const folded = (tensors: readonly Tensor[], times: number, shares?: Float32Array): Tensor =>
  apply(foldedOp, tensors, { times, shares });

/** x [C] so many times one after the other -> [times C]; itself if once. */
export const repeat = (x: Tensor, times: number): Tensor => (times === 1 ? x : apply(repeatOp, [x], { times }));

/**
 * Vectors put together into one. Those that are sums of repetitions (gradients of `repeat`) are summed all at once
 * rather than each by itself, and their own nodes are left out of the graph.
 */
export function gathered(vectors: readonly Tensor[]): Tensor {
  const parts: Tensor[] = [];
  let run: { times: number; tensors: Tensor[] } | undefined;
  for (const vector of vectors) {
    const times = vector.node.op === (foldedOp as unknown) ? (vector.node.attributes as Times).times : 0;
    if (times > 0 && run?.times === times) run.tensors.push(...vector.node.inputs);
    else {
      if (run) parts.push(folded(run.tensors, run.times));
      run = times > 0 ? { times, tensors: [...vector.node.inputs] } : undefined;
      if (!run) parts.push(vector);
    }
  }
  if (run) parts.push(folded(run.tensors, run.times));
  return concat(parts);
}

/** The vector that `repeat` was given for this one; else itself. */
export const unrepeated = (x: Tensor): Tensor => (x.node.op === (repeatOp as unknown) ? x.node.inputs[0]! : x);
