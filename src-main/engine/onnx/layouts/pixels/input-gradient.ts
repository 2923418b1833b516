/** Input gradients of convolutions of images held as [H, W, N, C], as products with patches or with shifted rows. */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { opposite } from '../layout.ts';
import type { Geometry } from '../layout.ts';
import { byTap, patchConvolve } from './patches.ts';

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
 * Strided: the pixels of dx that share their position within the stride see the same taps, each from one shifted dy.
 * Every such phase is a chain of products added up in place; the phases are then woven together.
 */
export function byPhase(lowering: OnnxLowering, dy: Value, weight: Value, g: Geometry): Value {
  const { stride, kernel, padding } = g;
  const size = [Math.ceil(g.height / stride), Math.ceil(g.width / stride)] as const;
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
  const count = size[0] * size[1] * g.batch;
  const shifted = (y: number, x: number): Value =>
    lowering.once(`shifted ${padded.name} ${y} ${x}`, () => {
      const from = [before + y, before + x];
      const rows = lowering.slice(padded, [0, 1], from, [from[0]! + size[0], from[1]! + size[1]]);
      return lowering.reshape(rows, [count, g.outChannels]);
    });
  const tap = (index: number): Value =>
    lowering.once(`tap ${weight.name} ${index}`, () =>
      lowering.reshape(lowering.slice(filters, [0], [index], [index + 1]), [g.outChannels, g.inChannels]),
    );
  const rows: Value[] = [];
  for (let py = 0; py < stride; py++) {
    const columns: Value[] = [];
    for (let px = 0; px < stride; px++) {
      let sum: Value | undefined;
      for (const v of shifts(py))
        for (const h of shifts(px)) {
          const operands = [shifted(v.shift, h.shift), tap(v.tap * kernel + h.tap)];
          sum = lowering.gemm(sum ? [...operands, sum] : operands);
        }
      if (sum) columns.push(lowering.reshape(sum, [size[0], 1, size[1], 1, g.batch * g.inChannels]));
    }
    if (columns.length > 0) rows.push(weave(lowering, columns, 3, stride));
  }
  const woven = [size[0] * stride, size[1] * stride, g.batch, g.inChannels];
  const dx = lowering.reshape(weave(lowering, rows, 1, stride), woven);
  return woven[0]! > g.height || woven[1]! > g.width ? lowering.slice(dx, [0, 1], [0, 0], [g.height, g.width]) : dx;
}

/** Puts the phases side by side on an axis; of a 1x1 kernel only the first has any, and the others are zero. */
function weave(lowering: OnnxLowering, phases: readonly Value[], axis: number, stride: number): Value {
  if (phases.length === stride) return lowering.concat(phases, axis);
  const after = [0, 0, 0, 0, 0].map((_, a) => (a === axis ? stride - 1 : 0));
  return lowering.pad(phases[0]!, [0, 0, 0, 0, 0], after);
}
