/**
 * Convolutions of images held as [N, H, W, C], in which ONNX Runtime's WebGPU kernels compute. The runtime puts a
 * transposition before and one behind each Conv to get there; those that stand here are their inverses, so that the
 * runtime cancels both and no image is moved. The filter gradient is one product with gathered patches.
 *
 * Rejected: a product for each tap with a slice of the padded images. It moves an image 40 times for a kernel of 3 x 3,
 * patches 22 times, and takes 726 ms against 467 (16 x 32 x 32, 64 to 64 channels, lavapipe on two cores).
 */
import type { Lowering, Precision } from '../graph.ts';
import type { Geometry } from './convolution.ts';
import { partOf, sumRows } from './sums.ts';

const first = (lowering: Lowering, image: string): string => lowering.transpose(image, [0, 3, 1, 2]);
const last = (lowering: Lowering, image: string): string => lowering.transpose(image, [0, 2, 3, 1]);

/** An operator on images, here the first of its inputs as [N, H, W, C]: [N, H', W', C']. */
export const channelsLast = (
  lowering: Lowering,
  operator: string,
  [x, ...others]: readonly string[],
  attributes: Record<string, number[]>,
): string => last(lowering, lowering.emit(operator, [first(lowering, x!), ...others], attributes));

/** The runtime's Conv takes this many positions of one image at a time: where an image has fewer, most of its work is on none. */
const TILE = 32;

/** Whether a convolution is a product over the patches of all images rather than the runtime's Conv. */
export const isProduct = (g: Geometry): boolean =>
  g.outHeight * g.outWidth < TILE || (g.kernel === 1 && g.stride === 1);

/**
 * x [N, H, W, I] by filters [k, k, I, O] -> [N, H', W', O], as one product over the patches of all images. With
 * `reversed` the filters are those of the opposite tap, as an input gradient wants them.
 */
export function patchProduct(
  lowering: Lowering,
  x: string,
  filters: string,
  g: Geometry,
  precision: Precision,
  reversed = false,
): string {
  const { inChannels, outChannels, kernel, batch } = g;
  const columns = kernel ** 2 * inChannels;
  const weight = lowering.reshape(filters, [columns, outChannels]);
  const padded = paddedImages(lowering, x, g, inChannels, precision);
  const parts = inChunks(lowering, g, columns, inChannels, precision).map(({ images, of }) => {
    const rows = images * g.outHeight * g.outWidth;
    const patches = isWhole(g)
      ? padded
      : gathered(lowering, of(padded), { ...g, batch: images }, inChannels, [rows], reversed);
    return lowering.emit('MatMul', [lowering.reshape(patches, [rows, columns]), weight]);
  });
  return lowering.reshape(joined(lowering, parts), [batch, g.outHeight, g.outWidth, outChannels]);
}

/** The patch of a position is the pixel itself. */
const isWhole = ({ kernel, stride }: PatchGeometry): boolean => kernel === 1 && stride === 1;

/** Some of a batch's images, one after the other, and what of a tensor [N, ...] is theirs. */
interface Chunk {
  images: number;
  of(value: string): string;
}

/** The images in chunks whose patches, of so many columns and `channels` to a pixel, are not too large; all but the last of one size. */
export function inChunks(
  lowering: Lowering,
  g: PatchGeometry,
  columns: number,
  channels: number,
  precision: Precision,
): Chunk[] {
  const { batch } = g;
  const size = precision === 'half' ? 2 : 4;
  const most = Math.max(MOST_PATCH_BYTES, size * batch * g.height * g.width * channels);
  const images = isWhole(g) ? batch : Math.max(1, Math.floor(most / (size * g.outHeight * g.outWidth * columns)));
  const even = Math.ceil(batch / Math.ceil(batch / images));
  return Array.from({ length: Math.ceil(batch / even) }, (_, chunk) => {
    const [from, to] = [chunk * even, Math.min(batch, (chunk + 1) * even)];
    const of = (value: string): string =>
      to - from === batch
        ? value
        : lowering.emit('Slice', [value, lowering.ints([from]), lowering.ints([to]), lowering.ints([0])]);
    return { images: to - from, of };
  });
}

/** Parts of a batch put together. */
export const joined = (lowering: Lowering, parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : lowering.emit('Concat', parts, { axis: 0 });

/** What of a geometry says where the patches lie. */
export type PatchGeometry = Omit<Geometry, 'inChannels' | 'outChannels'>;

/** What any device binds to a shader at once: WebGPU's own limit, 128 MiB. One that trains on larger images binds as much as these. */
const MOST_PATCH_BYTES = 2 ** 27;
/** Numbers that the kernels read at a time. */
const VECTOR = 4;
/** Tiles of 32 x 32 that a graphics card computes side by side, at least, when it is busy. */
const BUSY_TILES = 512;
/** A product of fewer positions than this is not worth its partial sum. */
const LEAST_POSITIONS = 64;
/** In float16 a longer sum would lose what is added last; the partial sums are added up in float32. */
const MOST_HALF_POSITIONS = 1024;

/** x [N, H, W, I], dy [N, H', W', O], both in `precision`: dw [O, I, k, k] in float32. */
export function filterGradient(lowering: Lowering, x: string, dy: string, g: Geometry, precision: Precision): string {
  const { inChannels, outChannels, kernel } = g;
  const channels = VECTOR * Math.ceil(inChannels / VECTOR);
  const columns = kernel ** 2 * channels;
  const padded = paddedImages(lowering, x, g, channels, precision);
  const sums = inChunks(lowering, g, columns, channels, precision).map(({ images, of }) => {
    const positions = images * g.outHeight * g.outWidth;
    const parts = productParts(positions, outChannels, columns, precision);
    const rows = positions / parts;
    const flow = lowering.transpose(lowering.reshape(of(dy), [parts, rows, outChannels]), [0, 2, 1]);
    const patches = isWhole(g)
      ? padded
      : gathered(lowering, of(padded), { ...g, batch: images }, channels, [parts, rows]);
    const product = lowering.emit('MatMul', [flow, lowering.reshape(patches, [parts, rows, columns])]); // [parts, O, k k C]
    return sumRows(
      lowering,
      precision === 'half' ? lowering.cast(product, 'full') : product,
      1,
      parts,
      outChannels * columns,
    );
  });
  const byTap = lowering.reshape(
    sums.reduce((a, b) => lowering.emit('Add', [a, b])),
    [outChannels, columns],
  );
  return lowering.reshape(channelsFirst(lowering, byTap, g, channels), [outChannels, inChannels, kernel, kernel]);
}

/**
 * [O, k k C] as [O, I k k], without the channels that were added. Not a transposition: the runtime would push it through
 * the optimizer's arithmetic and transpose parameters and momenta instead.
 */
function channelsFirst(lowering: Lowering, byTap: string, { inChannels, kernel }: Geometry, channels: number): string {
  const taps = kernel ** 2;
  if (taps === 1 && channels === inChannels) return byTap;
  const order = lowering.once(`by tap ${inChannels} ${channels} ${kernel}`, () =>
    counted(lowering, [inChannels * taps], (i) => (i % taps) * channels + Math.floor(i / taps)),
  );
  return lowering.emit('Gather', [byTap, order], { axis: 1 });
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
  lowering: Lowering,
  x: string,
  { padding, inChannels }: Geometry,
  channels: number,
  precision: Precision,
): string {
  if (padding === 0 && channels === inChannels) return x;
  const after = [0, padding, padding, channels - inChannels];
  return lowering.once(`padded ${x} ${after.join(' ')}`, () =>
    lowering.emit('Pad', [x, lowering.ints([0, padding, padding, 0, ...after]), lowering.scalar(0, precision)]),
  );
}

/** The patch of each position: [...positions, k k, C]. Where the rows lie is a sum of small constants, which the runtime adds up once. */
export function gathered(
  lowering: Lowering,
  padded: string,
  g: PatchGeometry,
  channels: number,
  positions: readonly number[],
  reversed = false,
): string {
  const { batch, kernel, stride } = g;
  const last = kernel ** 2 - 1;
  const [height, width] = [g.height + 2 * g.padding, g.width + 2 * g.padding];
  const numbers = lowering.once(
    `patch rows ${[batch, height, width, g.outHeight, g.outWidth, kernel, stride, reversed, ...positions].join(' ')}`,
    () => {
      const image = counted(lowering, [batch, 1, 1], (n) => n * height * width);
      const position = counted(
        lowering,
        [g.outHeight * g.outWidth, 1],
        (p) => (Math.floor(p / g.outWidth) * width + (p % g.outWidth)) * stride,
      );
      const tap = counted(lowering, [kernel ** 2], (i) => {
        const t = reversed ? last - i : i;
        return Math.floor(t / kernel) * width + (t % kernel);
      });
      return lowering.reshape(lowering.emit('Add', [lowering.emit('Add', [image, position]), tap]), [
        ...positions,
        kernel ** 2,
      ]);
    },
  );
  return lowering.emit('Gather', [lowering.reshape(padded, [batch * height * width, channels]), numbers], { axis: 0 });
}

/** A constant of whole numbers by their position. */
export const counted = (lowering: Lowering, shape: readonly number[], of: (i: number) => number): string =>
  lowering.constant(
    Int32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, (_, i) => of(i)),
    shape,
  );
