/**
 * Convolutions of images held as [N, H, W, C] as products over the patches of all images. The filter gradient is one
 * product with gathered patches.
 *
 * Rejected: a product for each tap with a slice of the padded images. It moves an image 40 times for a kernel of 3 x 3,
 * patches 22 times, and takes 726 ms against 467 (16 x 32 x 32, 64 to 64 channels, lavapipe on two cores).
 */
import type { Tensor } from '../../../graph.ts';
import type { Precision, Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { gathered, inChunks, isWhole } from './gather.ts';
import { partOf, sumRows } from '../sums.ts';

/** The runtime's Conv takes this many positions of one image at a time: where an image has fewer, most of its work is on none. */
const TILE = 32;
/** Numbers that the kernels read at a time. */
const VECTOR = 4;
/** Tiles of 32 x 32 that a graphics card computes side by side, at least, when it is busy. */
const BUSY_TILES = 512;
/** A product of fewer positions than this is not worth its partial sum. */
const LEAST_POSITIONS = 64;
/** In float16 a longer sum would lose what is added last; the partial sums are added up in float32. */
const MOST_HALF_POSITIONS = 1024;

/** Whether a convolution is a product over the patches of all images rather than the runtime's Conv. */
export const isProduct = (g: Geometry): boolean =>
  g.outHeight * g.outWidth < TILE || (g.kernel === 1 && g.stride === 1);

/**
 * x [N, I, H, W] by filters [k, k, I, O] -> y [N, O, H', W'], as one product over the patches of all images. With
 * `reversed` the filters are those of the opposite tap, as an input gradient wants them.
 */
export function patchProduct(
  lowering: OnnxLowering,
  from: Tensor,
  filters: Value,
  g: Geometry,
  to: Tensor,
  reversed = false,
): void {
  const { products } = lowering;
  const { inChannels, outChannels, kernel, batch } = g;
  const columns = kernel ** 2 * inChannels;
  const x = lowering.value(from, 'channelsLast', products);
  const weight = lowering.reshape(filters, [columns, outChannels]);
  const padded = paddedImages(lowering, x, g, inChannels, products);
  const parts = inChunks(lowering, g, columns, inChannels, products).map(({ images, of }) => {
    const rows = images * g.outHeight * g.outWidth;
    const patches = isWhole(g) ? padded : gathered(lowering, of(padded), g, [rows], reversed);
    return lowering.matMul(lowering.reshape(patches, [rows, columns]), weight);
  });
  const y = lowering.reshape(lowering.concat(parts, 0), [batch, g.outHeight, g.outWidth, outChannels]);
  lowering.set(to, y, 'channelsLast', products);
}

/** x by dy -> dw [O, I, k, k] in float32. */
export function filterGradient(
  lowering: OnnxLowering,
  g: Geometry,
  { from, by, to }: { from: Tensor; by: Tensor; to: Tensor },
): void {
  const precision = lowering.products;
  const [x, dy] = [from, by].map((t) => lowering.value(t, 'channelsLast', precision)) as [Value, Value];
  const { inChannels, outChannels, kernel } = g;
  const channels = VECTOR * Math.ceil(inChannels / VECTOR);
  const columns = kernel ** 2 * channels;
  const padded = paddedImages(lowering, x, g, channels, precision);
  const sums = inChunks(lowering, g, columns, channels, precision).map(({ images, of }) => {
    const positions = images * g.outHeight * g.outWidth;
    const parts = productParts(positions, outChannels, columns, precision);
    const rows = positions / parts;
    const flow = lowering.transpose(lowering.reshape(of(dy), [parts, rows, outChannels]), [0, 2, 1]);
    const patches = isWhole(g) ? padded : gathered(lowering, of(padded), g, [parts, rows]);
    const product = lowering.matMul(flow, lowering.reshape(patches, [parts, rows, columns])); // [parts, O, k k C]
    const full = precision === 'half' ? lowering.cast(product, 'full') : product;
    return sumRows(lowering, full, 1, parts, outChannels * columns);
  });
  const sum = sums.reduce((a, b) => lowering.each('Add', a, b));
  const byTap = lowering.reshape(sum, [outChannels, columns]);
  lowering.set(to, lowering.reshape(channelsFirst(lowering, byTap, g, channels), to.shape));
}

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

/** x with zeros around each image, and channels up to a multiple of what is read at a time: [N, H + 2 p, W + 2 p, C]. */
function paddedImages(
  lowering: OnnxLowering,
  x: Value,
  { padding, inChannels }: Geometry,
  channels: number,
  precision: Precision,
): Value {
  if (padding === 0 && channels === inChannels) return x;
  const after = [0, padding, padding, channels - inChannels];
  return lowering.once(`padded ${x.name} ${after.join(' ')}`, () =>
    lowering.pad(x, [0, padding, padding, 0], after, lowering.scalar(0, precision)),
  );
}
