/**
 * Images held as [H, W, N, C], in which a training step on a processor is made of matrix products alone: three by three
 * convolutions of stride 1 by Winograd (winograd.ts) where that is estimated to be faster, everything else as products
 * over gathered patches. Every computation ends in the layout it began in.
 *
 * Measured against this and rejected (2 cores of an AMD EPYC 9R14, AVX-512): the runtime's own Conv in NCHW (100
 * GFLOP/s at 64 channels) and in NCHWc with weights reordered in the graph (150), because neither has a filter
 * gradient faster than 64 to 150 GFLOP/s; Winograd's products run at 150 to 190 and stand for four times as many.
 */
import type { Tensor } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry, ImageLayout } from '../layout.ts';
import { blockedConvolve, blockedInputGradient, blockedStem, blockedStemInOrder } from './blocked.ts';
import { isBlockedStem, isOneBlock, isOneBlockStem } from './blocked.ts';
import { blockedFilterGradient, hasBlockedFilterGradient } from './blocked-filter.ts';
import { winogradTile } from './cost.ts';
import { added, phasesOf, turned, woven } from './input-gradient.ts';
import type { Phases } from './input-gradient.ts';
import { isNarrow, narrowConvolve, narrowFilterGradient } from './narrow.ts';
import { maxPooled, maxPoolGradient } from './pool.ts';
import { stackedRows, wovenRows } from './rows.ts';
import { byTap, keptPatches, patchConvolve, patchFilterGradient } from './patches.ts';
import { winogradFilterGradient, winogradForward, winogradInputGradient } from './winograd.ts';

/** x [N, C, H, W] as [C, H, W, N]. */
const channelsFirst = (lowering: OnnxLowering, x: Tensor): Value =>
  lowering.once(`channels first ${x.id}`, () => lowering.transpose(lowering.value(x), [1, 2, 3, 0]));

/** x [N, I, H, W] in whatever layout, weight [O, I, k, k]: y [H', W', N, O]. */
function convolved(lowering: OnnxLowering, from: Tensor, weight: Value, g: Geometry): Value {
  if (isOneBlockStem(lowering, g)) return blockedStemInOrder(lowering, channelsFirst(lowering, from), weight, g);
  if (isBlockedStem(lowering, g)) return blockedStem(lowering, lowering.value(from), weight, g);
  if (isNarrow(g)) return narrowConvolve(lowering, channelsFirst(lowering, from), weight, g);
  const x = lowering.value(from, 'pixels');
  if (isOneBlock(lowering, g)) return blockedConvolve(lowering, x, weight);
  const tile = winogradTile(g);
  if (tile > 0) return winogradForward(lowering, x, weight, { ...g, tile });
  return patchConvolve(lowering, x, byTap(lowering, weight), g, keptPatches(lowering, from, g));
}

/** dy [H, W, N, O], weight [O, I, k, k], of stride 1: dx [H, W, N, I]. */
function inputGradient(lowering: OnnxLowering, dy: Value, weight: Value, g: Geometry): Value {
  if (isOneBlock(lowering, g)) return blockedInputGradient(lowering, dy, weight);
  const tile = winogradTile(g);
  if (tile > 0) return winogradInputGradient(lowering, dy, weight, { ...g, tile });
  return turned(lowering, dy, weight, g);
}

/** Gradients of strided convolutions' inputs as the phases that they were woven of. */
const unwoven = new WeakMap<OnnxLowering, Map<Tensor, { phases: Phases; g: Geometry }>>();

/** Hands a gradient on that consists of phases, as such and woven. */
function setPhases(lowering: OnnxLowering, phases: Phases, g: Geometry, to: Tensor): void {
  const all = unwoven.get(lowering) ?? new Map<Tensor, { phases: Phases; g: Geometry }>();
  unwoven.set(lowering, all.set(to, { phases, g }));
  lowering.set(to, woven(lowering, phases, g), 'pixels'); // left out where only the phases are read
}

/** x [N, I, H, W], dy [H', W', N, O]: dw [O, I, k, k]. */
function filterGradient(lowering: OnnxLowering, from: Tensor, dy: Value, g: Geometry): Value {
  if (isNarrow(g)) return narrowFilterGradient(lowering, channelsFirst(lowering, from), dy, g);
  const x = (): Value => lowering.again(from, 'pixels');
  if (hasBlockedFilterGradient(lowering, g)) return blockedFilterGradient(lowering, x(), dy, g);
  const tile = winogradTile(g);
  return tile > 0
    ? winogradFilterGradient(lowering, x(), dy, { ...g, tile })
    : patchFilterGradient(lowering, x, dy, g, keptPatches(lowering, from, g));
}

export const pixels: ImageLayout = {
  axes: [2, 3, 0, 1],
  regroups: true,
  recomputes: true,
  keepsCentred: true,
  anyThreads: true,
  apart: true,
  convolve(lowering, g, { from, by, to }) {
    lowering.set(to, convolved(lowering, from, lowering.value(by), g), 'pixels');
  },
  inputGradient(lowering, g, { from, by, to }) {
    const [dy, weight] = [lowering.value(from, 'pixels'), lowering.value(by)];
    if (g.stride > 1) setPhases(lowering, phasesOf(lowering, dy, weight, g), g, to);
    else lowering.set(to, inputGradient(lowering, dy, weight, g), 'pixels');
  },
  add(lowering, a, b, to) {
    const [one, other] = [a, b].map((t) => unwoven.get(lowering)?.get(t));
    if (!one || one.phases.stride !== other?.phases.stride) return false;
    setPhases(lowering, added(lowering, one.phases, other.phases), one.g, to);
    return true;
  },
  filterGradient(lowering, g, { from, by, to }) {
    lowering.set(to, filterGradient(lowering, from, lowering.value(by, 'pixels'), g));
  },
  maxPool: (lowering, g, { from, to }) =>
    lowering.set(to, maxPooled(lowering, lowering.value(from, 'pixels'), g), 'pixels'),
  maxPoolGradient(lowering, g, { from, by, of, to }) {
    const lead = lowering.apart(`pool ${from.id}`);
    const [x, y, dy] = [from, of, by].map((t) => {
      const value = lowering.again(t, 'pixels');
      return lowering.reshape(value, [...lead, ...value.shape]);
    }) as [Value, Value, Value];
    const dx = maxPoolGradient(lowering, x, y, dy, g, lead.length);
    lowering.set(to, lowering.reshape(dx, dx.shape.slice(lead.length)), 'pixels');
  },
  averagePool(lowering, x) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const rows = lowering.reshape(lowering.value(x, 'pixels'), [h * w, n * c]);
    return lowering.reshape(lowering.reduce('ReduceMean', rows, [0]), [n, c]);
  },
  channels: (g) => (g.stacked ? stackedRows(g) : wovenRows(g)),
};
