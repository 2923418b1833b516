/**
 * Max pooling of images held as [H, W, N, C], of which every step copies whole rows of N C numbers: the largest of a
 * window along one axis, then of those along the other, and the gradient back the same way. Where a window reaches
 * beyond the image it holds the pixel at the edge once more, which changes no maximum and needs no padding.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { PatchGeometry } from '../layout.ts';

/** So steep that a HardSigmoid is 0 of anything below zero (ops/relu.ts), with 1 added so that it is 1 of zero. */
const STEEP = { alpha: { float: 3e38 }, beta: { float: 1 } };

/** The window along one axis of images [H, W, ...]. */
interface Taps {
  axis: number;
  size: number;
  outSize: number;
  kernel: number;
  /** The pixel that a tap of an output's window reads. */
  pixel(output: number, tap: number): number;
}

function along(axis: number, g: PatchGeometry, lead = 0): Taps {
  const [size, outSize] = axis === 0 ? [g.height, g.outHeight] : [g.width, g.outWidth];
  const pixel = (output: number, tap: number): number =>
    Math.max(0, Math.min(size - 1, output * g.stride + tap - g.padding));
  return { axis: axis + lead, size, outSize, kernel: g.kernel, pixel };
}

const tapOf = (lowering: OnnxLowering, x: Value, taps: Taps, tap: number): Value =>
  lowering.gather(
    x,
    lowering.counted([taps.outSize], (output) => taps.pixel(output, tap)),
    taps.axis,
  );

const largest = (lowering: OnnxLowering, x: Value, taps: Taps): Value =>
  Array.from({ length: taps.kernel }, (_, tap) => tapOf(lowering, x, taps, tap)).reduce((a, b) =>
    lowering.each('Max', a, b),
  );

/** x [H, W, ...] -> [H', W', ...]. */
export const maxPooled = (lowering: OnnxLowering, x: Value, g: PatchGeometry): Value =>
  largest(lowering, largest(lowering, x, along(1, g)), along(0, g));

/**
 * x [H, W, ...], y and dy [H', W', ...], all behind `lead` ones: dx, which goes to the first pixel (row by row, as in
 * PyTorch) that holds the maximum: the first row of those that hold it, and the first pixel there.
 */
export function maxPoolGradient(
  lowering: OnnxLowering,
  x: Value,
  y: Value,
  dy: Value,
  g: PatchGeometry,
  lead: number,
): Value {
  const [rows, columns] = [along(0, g, lead), along(1, g, lead)];
  const byRow = largest(lowering, x, columns); // [H, W', ...]
  return givenBack(lowering, x, byRow, givenBack(lowering, byRow, y, dy, rows), columns);
}

/** The gradient of `largest`: what each output is given goes to the first tap that holds its value, `dy` less what is taken. */
function givenBack(lowering: OnnxLowering, x: Value, y: Value, dy: Value, taps: Taps): Value {
  const { axis, size, outSize, kernel } = taps;
  let left = dy;
  const given = Array.from({ length: kernel - 1 }, (_, tap) => {
    const difference = lowering.each('Sub', tapOf(lowering, x, taps, tap), y);
    const holds = lowering.emit('HardSigmoid', [difference], difference.shape, STEEP);
    const taken = lowering.each('Mul', left, holds);
    left = lowering.each('Sub', left, taken);
    return taken;
  });
  // Behind what the taps were given lies a row of zeros, for pixels that fewer windows hold.
  const none = lowering.expand(
    lowering.scalar(0),
    dy.shape.map((n, i) => (i === axis ? 1 : n)),
  );
  const all = lowering.concat([...given, left, none], axis);
  const givers = Array.from({ length: size }, (): number[] => []);
  for (let tap = 0; tap < kernel; tap++)
    for (let output = 0; output < outSize; output++) givers[taps.pixel(output, tap)]!.push(tap * outSize + output);
  return Array.from({ length: Math.max(...givers.map((list) => list.length)) }, (_, i) =>
    lowering.gather(
      all,
      lowering.counted([size], (pixel) => givers[pixel]![i] ?? kernel * outSize),
      axis,
    ),
  ).reduce((a, b) => lowering.each('Add', a, b));
}
