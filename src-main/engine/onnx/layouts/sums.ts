/**
 * Sums on a graphics card in many parts. ONNX Runtime's WebGPU kernels (1.30) give one sum over an inner axis to a
 * workgroup of 64, or of all elements to one of 256, however long it is, and transpose a tensor whose outer axes are
 * summed; but fewer than 32 numbers each they sum where they lie, a thread for each result. A sum over the rows of a
 * tensor in steps of at most 31 moves it once: 3 ms against 22 with the transposition (16 x 32 x 32 x 64, lavapipe).
 */
import { elements } from '../../graph.ts';
import type { Value } from '../emitter.ts';
import type { OnnxLowering } from '../lowering.ts';

/** Numbers that one thread sums, at most. */
const MOST_ROWS = 31;
/** With fewer results than this the kernel for short sums is not taken; what is left then is small. */
const LEAST_RESULTS = 1024;

/** value [outer, rows, inner], in whatever shape it is -> [outer, inner]; the sum of its squares where told, for which there are to be at least two rows. */
export function sumRows(
  lowering: OnnxLowering,
  value: Value,
  outer: number,
  rows: number,
  inner: number,
  squares = false,
): Value {
  let sum = value;
  let left = rows;
  while (left > 1) {
    const part = partOf(left, MOST_ROWS);
    const step = part > 1 && (left / part) * outer * inner > LEAST_RESULTS ? part : left;
    left /= step;
    const parts = lowering.reshape(sum, [outer * left, step, inner]);
    const square = squares && sum === value;
    sum = lowering.reduce(square ? 'ReduceSumSquare' : 'ReduceSum', parts, [1]);
  }
  return lowering.reshape(sum, [outer, inner]);
}

/** Numbers that a workgroup sums when it sums everything: enough to be worth it, few enough to keep many busy. */
const MOST_IN_GROUP = 4096;

/** The sum of all elements, a scalar. */
export function sumAll(lowering: OnnxLowering, value: Value): Value {
  let sum = value;
  let left = elements(value.shape);
  for (let part = partOf(left, MOST_IN_GROUP); left > MOST_IN_GROUP && part > 1; part = partOf(left, MOST_IN_GROUP)) {
    left /= part;
    sum = lowering.reduce('ReduceSum', lowering.reshape(sum, [left, part]), [1]);
  }
  return lowering.reduce('ReduceSum', lowering.reshape(sum, [left]), [0]);
}

/** The largest divisor of `count` that is at most `most`. */
export function partOf(count: number, most: number): number {
  for (let part = Math.min(count, most); part > 1; part--) if (count % part === 0) return part;
  return 1;
}
