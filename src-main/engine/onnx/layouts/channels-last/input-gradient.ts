/**
 * Input gradients of strided convolutions of images held as [N, H, W, C], in place of the runtime's ConvTranspose: the
 * pixels of dx that share their position within the stride (a phase) are a convolution of dy by some of the taps. All
 * phases are one convolution, each so many channels of its result, and what it leaves is put in order.
 */
import type { Tensor } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import type { Operator } from '../operators.ts';
import { isProduct, patchesBy } from './convolution.ts';

/** dy by weight [O, I, k, k] -> dx, of stride 2 and more; `convolve` is the runtime's convolution. */
export function stridedInputGradient(
  lowering: OnnxLowering,
  g: Geometry,
  { from, by, to }: { from: Tensor; by: Tensor; to: Tensor },
  convolve: Operator,
): void {
  const { products } = lowering;
  const { batch, inChannels, outChannels, stride, height, width } = g;
  const [rows, columns] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const dy = lowering.value(from, 'channelsLast', products);
  const weight = lowering.value(by, 'plain', products);
  const woven = [batch, rows * stride, columns * stride, inChannels];
  let dx: Value;
  if (g.kernel === 1) {
    // One phase has the only tap, and the others are zero.
    const pixels = lowering.reshape(dy, [batch * g.outHeight * g.outWidth, outChannels]);
    const reached = lowering.matMul(pixels, lowering.reshape(weight, [outChannels, inChannels]));
    const apart = lowering.reshape(reached, [batch, rows, 1, columns, 1, inChannels]);
    dx = lowering.pad(apart, [0, 0, 0, 0, 0, 0], [0, 0, stride - 1, 0, stride - 1, 0], lowering.scalar(0, products));
  } else {
    const { first, taps } = phasesOf(g);
    const count = taps[0]!.length;
    const [below, right] = [rows - g.outHeight, columns - g.outWidth].map((more) => more + first + count - 1) as [
      number,
      number,
    ];
    const all = lowering.once(`phases ${weight.name} ${products}`, () => phaseFilters(lowering, weight, g, taps));
    const phaseChannels = stride ** 2 * inChannels;
    const sizes = { height: g.outHeight, width: g.outWidth, outHeight: rows, outWidth: columns };
    const back = { ...g, ...sizes, kernel: count, stride: 1, inChannels: outChannels, outChannels: phaseChannels };
    let phases: Value;
    if (isProduct(back)) {
      // Not the runtime's Conv: it takes a filter of the image's size for one product, whatever is padded behind (1.30).
      const padded = lowering.pad(dy, [0, -first, -first, 0], [0, below, right, 0], lowering.scalar(0, products));
      phases = patchesBy(lowering, padded, lowering.transpose(all, [2, 3, 1, 0]), back);
    } else {
      const attributes = { kernel_shape: [count, count], strides: [1, 1], pads: [-first, -first, below, right] };
      phases = convolve(lowering, 'Conv', [dy, all], [batch, phaseChannels, rows, columns], attributes);
    }
    const apart = lowering.reshape(phases, [batch, rows, columns, stride, stride, inChannels]);
    dx = lowering.transpose(apart, [0, 1, 3, 2, 4, 5]);
  }
  const whole = lowering.reshape(dx, woven);
  const isLarger = woven[1]! > height || woven[2]! > width;
  lowering.set(to, isLarger ? lowering.slice(whole, [1, 2], [0, 0], [height, width]) : whole, 'channelsLast', products);
}

/** Along an axis: the first shift of dy that any phase reads, and for each phase and shift from it the tap, the kernel's size where there is none. */
function phasesOf({ stride, kernel, padding }: Geometry): { first: number; taps: number[][] } {
  const reads = Array.from({ length: stride }, (_, phase) =>
    Array.from({ length: kernel }, (_, tap) => ({ tap, shift: (phase + padding - tap) / stride })).filter((read) =>
      Number.isInteger(read.shift),
    ),
  );
  const shifts = reads.flat().map((read) => read.shift);
  const [first, last] = [Math.min(0, ...shifts), Math.max(...shifts)];
  const taps = reads.map((list) =>
    Array.from({ length: last - first + 1 }, (_, i) => list.find((r) => r.shift === first + i)?.tap ?? kernel),
  );
  return { first, taps };
}

/** weight [O, I, k, k] as filters [s s I, O, n, n] of all phases. */
function phaseFilters(
  lowering: OnnxLowering,
  weight: Value,
  { stride, kernel, inChannels, outChannels }: Geometry,
  taps: readonly (readonly number[])[],
): Value {
  const count = taps[0]!.length;
  const zero = lowering.scalar(0, lowering.products);
  const ended = lowering.pad(weight, [0, 0, 0, 0], [0, 0, 1, 1], zero); // tap k is zero
  const flat = lowering.reshape(ended, [outChannels, inChannels, (kernel + 1) ** 2]);
  const numbers = lowering.once(`phase taps ${[kernel, stride, ...taps.flat()].join(' ')}`, () => {
    const sizes = [stride, stride, count, count];
    return lowering.counted(sizes, (i) => {
      const [row, column] = [Math.floor(i / count) % count, i % count];
      const [down, right] = [Math.floor(i / (stride * count ** 2)), Math.floor(i / count ** 2) % stride];
      return taps[down]![row]! * (kernel + 1) + taps[right]![column]!;
    });
  });
  const chosen = lowering.gather(flat, numbers, 2); // [O, I, s, s, n, n]
  const ordered = lowering.transpose(chosen, [2, 3, 1, 0, 4, 5]);
  return lowering.reshape(ordered, [stride ** 2 * inChannels, outChannels, count, count]);
}
