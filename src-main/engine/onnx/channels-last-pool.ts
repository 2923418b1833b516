/**
 * The gradient of max pooling of images held as [N, H, W, C]: patches are gathered, in each the first pixel that holds
 * the maximum (row by row, as in PyTorch) takes the gradient, and every pixel gathers what its windows gave it.
 */
import type { Lowering } from '../graph.ts';
import { counted, gathered, inChunks, joined } from './channels-last.ts';
import type { PatchGeometry } from './channels-last.ts';

/** x [H, W, C] -> [H', W', C]: the largest of a window's rows, then of its columns, each copied whole. */
export function maxPooled(lowering: Lowering, x: string, whole: PatchGeometry, channels: number): string {
  const { kernel, stride, height, width, outHeight, outWidth } = whole;
  const padded = paddedByLowest(lowering, lowering.reshape(x, [1, height, width, channels]), whole);
  const along = (value: string, axis: number, count: number): string =>
    Array.from({ length: kernel }, (_, tap) =>
      lowering.emit('Gather', [value, counted(lowering, [count], (i) => i * stride + tap)], { axis }),
    ).reduce((a, b) => lowering.emit('Max', [a, b]));
  const rows = along(padded, 1, outHeight);
  return lowering.reshape(along(rows, 2, outWidth), [outHeight, outWidth, channels]);
}

/** x [N, H, W, C] with less than any value around each image. */
function paddedByLowest(lowering: Lowering, x: string, { padding }: PatchGeometry): string {
  const around = [0, padding, padding, 0];
  return padding === 0 ? x : lowering.emit('Pad', [x, lowering.ints([...around, ...around]), lowering.scalar(-3.4e38)]);
}

/** x [N, H, W, C], dy [N, H', W', C]: dx [N, H, W, C]; `first` is 1 where a row of [rows, taps, C] is the first of the largest. */
export function maxPoolGradient(
  lowering: Lowering,
  x: string,
  dy: string,
  whole: PatchGeometry,
  channels: number,
  first: (stacked: string) => string,
): string {
  const { batch, kernel, height, width } = whole;
  const padded = paddedByLowest(lowering, x, whole);
  const outputs = whole.outHeight * whole.outWidth;
  const rows = outputs * kernel ** 2 + 1;
  const windows = windowsOf(whole);
  const most = Math.max(...windows.map((list) => list.length));
  const local = counted(lowering, [height * width, most], (i) => windows[Math.floor(i / most)]![i % most] ?? rows - 1);
  const parts = inChunks(lowering, whole, kernel ** 2 * channels, channels, 'full').map(({ images, of }) => {
    const chosen = first(gathered(lowering, of(padded), { ...whole, batch: images }, channels, [images * outputs])); // [N H' W', k k, C]
    const routed = lowering.emit('Mul', [lowering.reshape(of(dy), [images * outputs, 1, channels]), chosen]);
    // Behind each image's gradients lies a row of zeros, for the windows that a pixel at the edge does not have.
    const ended = lowering.emit('Pad', [
      lowering.reshape(routed, [images, rows - 1, channels]),
      lowering.ints([0, 0, 0, 0, 1, 0]),
      lowering.scalar(0),
    ]);
    const givers = lowering.once(`givers ${local} ${images}`, () =>
      lowering.emit('Add', [counted(lowering, [images, 1, 1], (n) => n * rows), local]),
    );
    const given = lowering.emit('Gather', [lowering.reshape(ended, [images * rows, channels]), givers], { axis: 0 });
    return lowering.emit(
      'ReduceSum',
      [lowering.reshape(given, [images * height * width, most, channels]), lowering.ints([1])],
      { keepdims: 0 },
    );
  });
  return lowering.reshape(joined(lowering, parts), [batch, height, width, channels]);
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
