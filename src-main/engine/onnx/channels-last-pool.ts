/**
 * The gradient of max pooling of images held as [N, H, W, C]: patches are gathered, in each the first pixel that holds
 * the maximum (row by row, as in PyTorch) takes the gradient, and every pixel gathers what its windows gave it.
 */
import type { Lowering } from '../graph.ts';
import { counted, gathered } from './channels-last.ts';
import type { PatchGeometry } from './channels-last.ts';

/** x [N, H, W, C], dy [N, H', W', C]: dx [N, H, W, C]; `first` is 1 where a row of [rows, taps, C] is the first of the largest. */
export function maxPoolGradient(lowering: Lowering, x: string, dy: string, g: PatchGeometry, channels: number, first: (stacked: string) => string): string {
  const { batch, kernel, padding, height, width } = g;
  const taps = kernel ** 2;
  const outputs = g.outHeight * g.outWidth;
  const around = [0, padding, padding, 0];
  const padded = padding === 0 ? x : lowering.emit('Pad', [x, lowering.ints([...around, ...around]), lowering.scalar(-3.4e38)]);
  const chosen = first(gathered(lowering, padded, g, channels, [batch * outputs])); // [N H' W', k k, C]
  const routed = lowering.emit('Mul', [lowering.reshape(dy, [batch * outputs, 1, channels]), chosen]);
  // Behind each image's gradients lies a row of zeros, for the windows that a pixel at the edge does not have.
  const rows = outputs * taps + 1;
  const ended = lowering.emit('Pad', [lowering.reshape(routed, [batch, rows - 1, channels]), lowering.ints([0, 0, 0, 0, 1, 0]), lowering.scalar(0)]);
  const windows = windowsOf(g);
  const most = Math.max(...windows.map((list) => list.length));
  const image = counted(lowering, [batch, 1, 1], (n) => n * rows);
  const local = counted(lowering, [height * width, most], (i) => windows[Math.floor(i / most)]![i % most] ?? rows - 1);
  const given = lowering.emit('Gather', [lowering.reshape(ended, [batch * rows, channels]), lowering.emit('Add', [image, local])], { axis: 0 });
  const sum = lowering.emit('ReduceSum', [lowering.reshape(given, [batch * height * width, most, channels]), lowering.ints([1])], { keepdims: 0 });
  return lowering.reshape(sum, [batch, height, width, channels]);
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
