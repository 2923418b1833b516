/**
 * Which products and sums ONNX Runtime (1.30) computes to other bits on another number of threads. By its sources
 * (onnxruntime/core/mlas/lib/sgemm.cpp and core/providers/cpu/reduction/reduction_ops.cc), and by each operator of a step
 * computed on 1 to 12 threads; what is not named here (convolutions in blocks, operators on each element, other
 * reductions) gives every thread whole results, each computed in one order.
 */
import type { Shape } from '../graph.ts';

/** Threads on which a step is to be the same bit for bit, at most. */
export const MOST_THREADS = 64;

/** A product that each thread is given this many multiplications of, at least. */
const WORK = 2 ** 16;
/** Columns that threads are given at a time. */
const COLUMNS = 16;
/** Columns and numbers of a sum that are taken at once, unless there are few of them. */
const STRIDE = 128;

/** Products [rows, inner] by [inner, columns], `batch` of them, whose first operand is not given transposed. */
export interface Product {
  batch: number;
  rows: number;
  columns: number;
  inner: number;
}

/**
 * Threads share a product by columns where it has more columns than rows, else by rows. A part sums `inner` numbers in
 * pieces that are the longer the fewer its columns are, and a part of one row goes to a kernel of another order.
 * Neither holds where the first operand is given transposed, as then pieces are of one length and no row is alone.
 */
export function productDependsOnThreads({ batch, rows, columns, inner }: Product): boolean {
  if (rows === 1) return false; // alone however it is shared
  const threads = Math.min(MOST_THREADS, Math.floor((rows * columns * inner) / WORK) + 1);
  const parts = Math.ceil(threads / batch);
  if (columns <= rows) return Math.min(parts, rows) > rows / 2;
  const blocks = Math.ceil(columns / COLUMNS);
  const fewest = Math.floor(blocks / Math.min(parts, blocks)) * COLUMNS - (blocks * COLUMNS - columns);
  return piece(fewest, inner) !== piece(columns, inner);
}

/** Numbers that a part of so many columns sums at a time. */
function piece(columns: number, inner: number): number {
  let length = STRIDE;
  if (columns < inner) for (let wide = STRIDE; wide > COLUMNS && wide / 2 >= columns; wide /= 2) length *= 2;
  return Math.min(length, inner);
}

/**
 * A sum over axes in the middle is a product with ones where threads are no more than what stands before those axes,
 * and else a sum from the first to the last: [before, summed, behind] of such a sum, and nothing of others.
 */
export function middleSum(shape: Shape, axes: readonly number[]): [number, number, number] | undefined {
  const summed = new Set(axes.map((axis) => (axis + shape.length) % shape.length));
  const groups: { isSummed: boolean; size: number }[] = [];
  for (const [axis, size] of shape.entries()) {
    if (size === 1) continue;
    const last = groups.at(-1);
    if (last?.isSummed === summed.has(axis)) last.size *= size;
    else groups.push({ isSummed: summed.has(axis), size });
  }
  const [before, middle, behind] = groups;
  if (groups.length !== 3 || !middle!.isSummed) return undefined;
  return [before!.size, middle!.size, behind!.size];
}

/** Two numbers have one sum. */
export const sumDependsOnThreads = ([before, summed]: readonly [number, number, number]): boolean =>
  summed > 2 && before < MOST_THREADS;
