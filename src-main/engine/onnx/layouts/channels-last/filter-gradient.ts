/**
 * Filter gradients of convolutions of images held as [N, H, W, C]: one product of all positions of dy with what the
 * filter saw there, gathered. Of a k x k filter those are k^2 pixels of x a position; where the stride is 1 it is as well
 * k pixels of x, shifted along the rows, by k of dy, shifted along the columns, whose product has all taps: 28 times an
 * image are moved for 3 x 3 in place of 34.
 *
 * Rejected: a product for each tap with a slice of the padded images. It moves an image 40 times for a kernel of 3 x 3,
 * patches 22 times, and takes 726 ms against 467 (16 x 32 x 32, 64 to 64 channels, lavapipe on two cores).
 */
import type { Tensor } from '../../../graph.ts';
import type { Precision, Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { partOf, sumRows } from '../sums.ts';
import { gathered, inChunks, isWhole, paddedImages, shifted } from './gather.ts';

/** Numbers that the kernels read at a time. */
const VECTOR = 4;
/** Tiles of 32 x 32 that a graphics card computes side by side, at least, when it is busy. */
const BUSY_TILES = 512;
/** A product of fewer positions than this is not worth its partial sum. */
const LEAST_POSITIONS = 64;
/** In float16 a longer sum would lose what is added last; the partial sums are added up in float32. */
const MOST_HALF_POSITIONS = 1024;

/** x by dy -> dw [O, I, k, k] in float32. */
export function filterGradient(
  lowering: OnnxLowering,
  g: Geometry,
  { from, by, to }: { from: Tensor; by: Tensor; to: Tensor },
): void {
  const [x, dy] = [from, by].map((t) => lowering.value(t, 'channelsLast', lowering.products)) as [Value, Value];
  const channels = VECTOR * Math.ceil(g.inChannels / VECTOR);
  const byTap = (movesLess(g, channels) ? byShifts : byPatches)(lowering, x, dy, g, channels);
  lowering.set(to, lowering.reshape(channelsFirst(lowering, byTap, g, channels), to.shape));
}

/** Whether shifts move fewer numbers than patches: each of x and dy padded, gathered and multiplied, dy transposed as well. */
function movesLess({ kernel: k, stride, padding, outChannels }: Geometry, channels: number): boolean {
  return k > 1 && stride === 1 && 2 * padding === k - 1 && (3 * k ** 2 - 3 * k) * channels > (5 * k - 3) * outChannels;
}

/** [O, k k C] as a product with patches of x. */
function byPatches(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry, channels: number): Value {
  const precision = lowering.products;
  const columns = g.kernel ** 2 * channels;
  const padded = paddedImages(lowering, x, [g.padding, g.padding], channels);
  const sums = inChunks(lowering, g, columns, channels, precision).map((chunk) => {
    const positions = chunk.images * g.outHeight * g.outWidth;
    const parts = productParts(positions, g.outChannels, columns, precision);
    const patches = isWhole(g) ? padded : gathered(lowering, padded, g, chunk, [positions]);
    return product(lowering, chunk.of(dy), patches, [parts, positions / parts], [g.outChannels, columns]);
  });
  return lowering.reshape(total(lowering, sums), [g.outChannels, columns]);
}

/** [O, k k C] as a product of x shifted along the rows with dy shifted along the columns. */
function byShifts(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry, channels: number): Value {
  const { kernel, padding, outChannels } = g;
  const [rows, columns] = [kernel * outChannels, kernel * channels];
  const wide = paddedImages(lowering, x, [0, padding], channels);
  const high = paddedImages(lowering, dy, [padding, 0], outChannels);
  const sums = inChunks(lowering, g, Math.max(rows, columns), channels, lowering.products).map((chunk) => {
    const positions = chunk.images * g.height * g.width;
    const parts = productParts(positions, rows, columns, lowering.products);
    const along = shifted(lowering, wide, g, chunk, (tap) => [0, tap]);
    const across = shifted(lowering, high, g, chunk, (tap) => [2 * padding - tap, 0]);
    return product(lowering, across, along, [parts, positions / parts], [rows, columns]);
  });
  const taps = lowering.reshape(total(lowering, sums), [rows, columns]); // [k O, k C]
  const order = lowering.once(`filters first ${outChannels} ${kernel}`, () =>
    lowering.counted([rows], (i) => (i % kernel) * outChannels + Math.floor(i / kernel)),
  );
  return lowering.reshape(lowering.gather(taps, order, 0), [outChannels, kernel * columns]);
}

/** The sum over positions of dy [parts rows, O] with x [parts rows, C]: [O C] in float32. */
function product(
  lowering: OnnxLowering,
  dy: Value,
  x: Value,
  [parts, rows]: readonly [number, number],
  [outputs, columns]: readonly [number, number],
): Value {
  const flow = lowering.transpose(lowering.reshape(dy, [parts, rows, outputs]), [0, 2, 1]);
  const multiplied = lowering.matMul(flow, lowering.reshape(x, [parts, rows, columns])); // [parts, O, C]
  const full = lowering.products === 'half' ? lowering.cast(multiplied, 'full') : multiplied;
  return sumRows(lowering, full, 1, parts, outputs * columns);
}

const total = (lowering: OnnxLowering, sums: readonly Value[]): Value =>
  sums.reduce((a, b) => lowering.each('Add', a, b));

/**
 * [O, k k C] as [O, I k k], without the channels that were added. Not a transposition: the runtime would push it through
 * the optimizer's arithmetic and transpose parameters and momenta instead.
 */
function channelsFirst(
  lowering: OnnxLowering,
  byTap: Value,
  { inChannels, kernel }: Geometry,
  channels: number,
): Value {
  const taps = kernel ** 2;
  if (taps === 1 && channels === inChannels) return byTap;
  const order = lowering.once(`by tap ${inChannels} ${channels} ${kernel}`, () =>
    lowering.counted([inChannels * taps], (i) => (i % taps) * channels + Math.floor(i / taps)),
  );
  return lowering.gather(byTap, order, 1);
}

/**
 * Into how many parts the positions of a filter gradient are divided. Its product is small and its sum long, a
 * million positions for 64 x 576 numbers: as one product it is 36 tiles, and the card idles but for these.
 */
function productParts(positions: number, rows: number, columns: number, precision: Precision): number {
  const tiles = Math.ceil(rows / 32) * Math.ceil(columns / 32);
  const busy = Math.max(1, Math.min(Math.ceil(BUSY_TILES / tiles), Math.floor(positions / LEAST_POSITIONS)));
  return precision === 'half'
    ? divisor(positions, Math.max(busy, Math.ceil(positions / MOST_HALF_POSITIONS)))
    : partOf(positions, busy);
}

/** The smallest divisor of `count` that is at least `least`. */
function divisor(count: number, least: number): number {
  for (let part = Math.max(1, least); part < count; part++) if (count % part === 0) return part;
  return count;
}
