/** Input gradients of convolutions of images held as [H, W, N, C], as products with patches or with shifted rows. */
import { elements } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { opposite } from '../layout.ts';
import type { Geometry } from '../layout.ts';
import { byTap, gatheredPixels, patchConvolve } from './patches.ts';

/** Stride 1: a convolution of dy by the weights turned by half a turn. */
export function turned(lowering: OnnxLowering, dy: Value, weight: Value, g: Geometry): Value {
  const count = g.kernel ** 2;
  const flipped = lowering.once(`turned ${weight.name}`, () => {
    const exchanged = lowering.transpose(lowering.reshape(weight, [g.outChannels, g.inChannels, count]), [1, 0, 2]); // [I, O, k k]
    return count === 1 ? exchanged : lowering.reversed(exchanged, [2]);
  });
  const reversed = lowering.reshape(flipped, [g.inChannels, g.outChannels, g.kernel, g.kernel]);
  return patchConvolve(lowering, dy, byTap(lowering, reversed), opposite(g));
}

/**
 * The gradient of a strided convolution's input: the pixels of dx that share their position within the stride, a phase,
 * see the same taps. [row][column] of the position; [size, N I] each, or nothing where no tap reaches it.
 */
export interface Phases {
  stride: number;
  values: readonly (readonly (Value | undefined)[])[];
}

/** dy [H', W', N, O], weight [O, I, k, k]: each phase a chain of products with a shifted dy, added up in place. */
export function phasesOf(lowering: OnnxLowering, dy: Value, weight: Value, g: Geometry): Phases {
  const { stride, kernel, padding } = g;
  const size = sizeOfPhase(g);
  const shifts = (phase: number): { tap: number; shift: number }[] =>
    Array.from({ length: kernel }, (_, tap) => ({ tap, shift: (phase + padding - tap) / stride })).filter((s) =>
      Number.isInteger(s.shift),
    );
  const all = Array.from({ length: stride }, (_, phase) => shifts(phase))
    .flat()
    .map((s) => s.shift);
  const before = Math.max(0, -Math.min(...all));
  const after = [size[0] - g.outHeight, size[1] - g.outWidth].map((n) => Math.max(0, n + Math.max(...all)));
  const padded =
    before + after[0]! + after[1]! === 0 ? dy : lowering.pad(dy, [before, before, 0, 0], [after[0]!, after[1]!, 0, 0]);
  const filters = lowering.once(`taps ${weight.name}`, () =>
    lowering.transpose(lowering.reshape(weight, [g.outChannels, g.inChannels, kernel ** 2]), [2, 0, 1]),
  ); // [k k, O, I]
  const taps = kernel === 1 ? [filters] : lowering.split(filters, new Array<number>(kernel ** 2).fill(1));
  const count = size[0] * size[1] * g.batch;
  const width = g.outWidth + before + after[1]!;
  const pixels = lowering.reshape(padded, [elements(padded.shape) / (g.batch * g.outChannels), g.batch, g.outChannels]);
  const shifted = (y: number, x: number): Value => {
    const itself = y === 0 && x === 0 && size[0] === g.outHeight && size[1] === g.outWidth;
    const rows = itself
      ? dy
      : lowering.once(`shifted ${padded.name} ${y} ${x}`, () =>
          gatheredPixels(lowering, pixels, width, [before + y, before + x], 1, size),
        );
    return lowering.reshape(rows, [count, g.outChannels]);
  };
  const tap = (index: number): Value => lowering.reshape(taps[index]!, [g.outChannels, g.inChannels]);
  const phase = (py: number, px: number): Value | undefined => {
    let sum: Value | undefined;
    for (const v of shifts(py))
      for (const h of shifts(px)) {
        const operands = [shifted(v.shift, h.shift), tap(v.tap * kernel + h.tap)];
        sum = lowering.gemm(sum ? [...operands, sum] : operands);
      }
    return sum;
  };
  const positions = [...Array(stride).keys()];
  return { stride, values: positions.map((py) => positions.map((px) => phase(py, px))) };
}

const sizeOfPhase = ({ height, width, stride }: Geometry): [number, number] => [
  Math.ceil(height / stride),
  Math.ceil(width / stride),
];

/** The sum of two gradients, phase by phase: of what one of them lacks, the other's. */
export const added = (lowering: OnnxLowering, a: Phases, b: Phases): Phases => ({
  stride: a.stride,
  values: a.values.map((row, py) =>
    row.map((value, px) => {
      const other = b.values[py]![px];
      return value && other ? lowering.each('Add', value, other) : (value ?? other);
    }),
  ),
});

/** The phases woven together: dx [H, W, N, I]. */
export function woven(lowering: OnnxLowering, { stride, values }: Phases, g: Geometry): Value {
  const size = sizeOfPhase(g);
  const rows = values.flatMap((row) => {
    const columns = row.flatMap((value) =>
      value ? lowering.reshape(value, [size[0], 1, size[1], 1, g.batch * g.inChannels]) : [],
    );
    return columns.length > 0 ? weave(lowering, columns, 3, stride) : [];
  });
  const whole = [size[0] * stride, size[1] * stride, g.batch, g.inChannels];
  const dx = lowering.reshape(weave(lowering, rows, 1, stride), whole);
  return whole[0]! > g.height || whole[1]! > g.width ? lowering.slice(dx, [0, 1], [0, 0], [g.height, g.width]) : dx;
}

/** Puts the phases side by side on an axis; of a 1x1 kernel only the first has any, and the others are zero. */
function weave(lowering: OnnxLowering, phases: readonly Value[], axis: number, stride: number): Value {
  if (phases.length === stride) return lowering.concat(phases, axis);
  const after = [0, 0, 0, 0, 0].map((_, a) => (a === axis ? stride - 1 : 0));
  return lowering.pad(phases[0]!, [0, 0, 0, 0, 0], after);
}
