/** Patches of images held as [N, H, W, C], gathered by the rows of channels that they are made of, some images at a time. */
import type { Precision, Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { PatchGeometry } from '../layout.ts';

/**
 * Bytes of patches at a time: what any device binds to a shader at once by WebGPU's own limit, 128 MiB. A device that
 * trains on larger images binds as much as these.
 */
const MOST_PATCH_BYTES = 2 ** 27;

/** Some of a batch's images, one after the other from `first`, and what of a tensor [N, ...] is theirs. */
interface Chunk {
  first: number;
  images: number;
  of(value: Value): Value;
}

/** Whether the patch of a position is the pixel itself. */
export const isWhole = ({ kernel, stride }: PatchGeometry): boolean => kernel === 1 && stride === 1;

/** The images in chunks whose patches, of so many columns and `channels` to a pixel, are not too large; all but the last of one size. */
export function inChunks(
  lowering: OnnxLowering,
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
    const of = (value: Value): Value => (to - from === batch ? value : lowering.slice(value, [0], [from], [to]));
    return { first: from, images: to - from, of };
  });
}

/**
 * The patch of each position of a chunk of padded images [N, H, W, C]: [...positions, k k, C], gathered from all of
 * them, as the chunk by itself would be a copy. Where the rows lie is a sum of small constants, which the runtime adds
 * up once. With `reversed` the taps are in the opposite order.
 */
export function gathered(
  lowering: OnnxLowering,
  padded: Value,
  { kernel, stride, outHeight, outWidth }: PatchGeometry,
  { first, images }: Pick<Chunk, 'first' | 'images'>,
  positions: readonly number[],
  reversed = false,
): Value {
  const [batch, height, width, channels] = padded.shape as [number, number, number, number];
  const last = kernel ** 2 - 1;
  const numbers = lowering.once(
    `patch rows ${[first, images, height, width, outHeight, outWidth, kernel, stride, reversed, ...positions].join(' ')}`,
    () => {
      const image = lowering.counted([images, 1, 1], (n) => (first + n) * height * width);
      const position = lowering.counted(
        [outHeight * outWidth, 1],
        (p) => (Math.floor(p / outWidth) * width + (p % outWidth)) * stride,
      );
      const tap = lowering.counted([kernel ** 2], (i) => {
        const t = reversed ? last - i : i;
        return Math.floor(t / kernel) * width + (t % kernel);
      });
      const rows = lowering.each('Add', lowering.each('Add', image, position), tap);
      return lowering.reshape(rows, [...positions, kernel ** 2]);
    },
  );
  return lowering.gather(lowering.reshape(padded, [batch * height * width, channels]), numbers, 0);
}

/**
 * The pixels of a chunk of padded images [N, H, W, C] that a shift by each tap brings to the positions: [positions, k, C].
 * `of` says by how many rows and columns tap 0 to k - 1 shifts.
 */
export function shifted(
  lowering: OnnxLowering,
  padded: Value,
  { kernel, outHeight, outWidth }: PatchGeometry,
  { first, images }: Pick<Chunk, 'first' | 'images'>,
  of: (tap: number) => readonly [rows: number, columns: number],
): Value {
  const [batch, height, width, channels] = padded.shape as [number, number, number, number];
  const shifts = Array.from({ length: kernel }, (_, tap) => of(tap));
  const numbers = lowering.once(
    `shifted rows ${[first, images, height, width, outHeight, outWidth, ...shifts.flat()].join(' ')}`,
    () => {
      const image = lowering.counted([images, 1, 1], (n) => (first + n) * height * width);
      const position = lowering.counted(
        [outHeight * outWidth, 1],
        (p) => Math.floor(p / outWidth) * width + (p % outWidth),
      );
      const tap = lowering.counted([kernel], (i) => shifts[i]![0] * width + shifts[i]![1]);
      const rows = lowering.each('Add', lowering.each('Add', image, position), tap);
      return lowering.reshape(rows, [images * outHeight * outWidth, kernel]);
    },
  );
  return lowering.gather(lowering.reshape(padded, [batch * height * width, channels]), numbers, 0);
}

/** x with rows and columns of zeros around each image, and as many channels: [N, H + 2 p, W + 2 q, C]. */
export function paddedImages(
  lowering: OnnxLowering,
  x: Value,
  [rows, columns]: readonly [number, number],
  channels: number,
): Value {
  const after = [0, rows, columns, channels - x.shape[3]!];
  if (after.every((n) => n === 0)) return x;
  return lowering.once(`padded ${x.name} ${after.join(' ')}`, () =>
    lowering.pad(x, [0, rows, columns, 0], after, lowering.scalar(0, lowering.products)),
  );
}
