/**
 * The gradient of max pooling of images held as [N, H, W, C]: patches are gathered, in each the first pixel that holds
 * the maximum (row by row, as in PyTorch) takes the gradient, and every pixel gathers what its windows gave it.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { gathered, inChunks } from './gather.ts';
import type { PatchGeometry } from '../layout.ts';

/** x [N, H, W, C] with less than any value around each image. */
function paddedByLowest(lowering: OnnxLowering, x: Value, { padding }: PatchGeometry): Value {
  const around = [0, padding, padding, 0];
  return padding === 0 ? x : lowering.pad(x, around, around, lowering.scalar(-3.4e38));
}

/** x [N, H, W, C], dy [N, H', W', C]: dx [N, H, W, C]. */
export function maxPoolGradient(lowering: OnnxLowering, x: Value, dy: Value, g: PatchGeometry): Value {
  const [, height, width, channels] = x.shape as [number, number, number, number];
  const padded = paddedByLowest(lowering, x, g);
  const outputs = g.outHeight * g.outWidth;
  const rows = outputs * g.kernel ** 2 + 1;
  const windows = windowsOf(g);
  const most = Math.max(...windows.map((list) => list.length));
  const local = lowering.counted([height * width, most], (i) => windows[Math.floor(i / most)]![i % most] ?? rows - 1);
  const parts = inChunks(lowering, g, g.kernel ** 2 * channels, channels, 'full').map(({ first, images, of }) => {
    const patches = gathered(lowering, padded, g, { first, images }, [images * outputs]); // [N H' W', k k, C]
    const chosen = firstLargest(lowering, patches, [g.kernel ** 2, 1]);
    const routed = lowering.each('Mul', lowering.reshape(of(dy), [images * outputs, 1, channels]), chosen);
    // Behind each image's gradients lies a row of zeros, for the windows that a pixel at the edge does not have.
    const flows = lowering.reshape(routed, [images, rows - 1, channels]);
    const ended = lowering.pad(flows, [0, 0, 0], [0, 1, 0], lowering.scalar(0));
    const givers = lowering.once(`givers ${local.name} ${images}`, () =>
      lowering.each(
        'Add',
        lowering.counted([images, 1, 1], (n) => n * rows),
        local,
      ),
    );
    const given = lowering.gather(lowering.reshape(ended, [images * rows, channels]), givers, 0);
    return lowering.reduce('ReduceSum', lowering.reshape(given, [images * height * width, most, channels]), [1]);
  });
  return lowering.reshape(lowering.concat(parts, 0), x.shape);
}

/** For each pixel, row by row, the numbers (output, tap) of the windows that hold it. */
function windowsOf({ height, width, outHeight, outWidth, kernel, stride, padding }: PatchGeometry): number[][] {
  const found = Array.from({ length: height * width }, (): number[] => []);
  for (let output = 0; output < outHeight * outWidth; output++)
    for (let tap = 0; tap < kernel ** 2; tap++) {
      const y = Math.floor(output / outWidth) * stride - padding + Math.floor(tap / kernel);
      const x = (output % outWidth) * stride - padding + (tap % kernel);
      if (y >= 0 && y < height && x >= 0 && x < width) found[y * width + x]!.push(output * kernel ** 2 + tap);
    }
  return found;
}

/**
 * 1 where a tap (axis 1) is the first that holds the largest value, else 0. Without whole numbers, which WebGPU can
 * neither compare nor cast: of the largest the one of highest rank. `shape` is that of the taps.
 */
export function firstLargest(lowering: OnnxLowering, stacked: Value, shape: readonly number[]): Value {
  const taps = Math.max(...shape);
  const isLargest = (value: Value): Value => {
    const largest = lowering.reduce('ReduceMax', value, [1], true);
    return lowering.cast(lowering.compare('Equal', value, largest), 'full');
  };
  const rank = lowering.floats(
    Float32Array.from({ length: taps }, (_, i) => taps - i),
    shape,
  );
  return isLargest(lowering.each('Mul', isLargest(stacked), rank));
}
