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
import { partOf } from '../sums.ts';
import type { Geometry, ImageLayout } from '../layout.ts';
import { blockedConvolve, blockedInputGradient, blockedStem, blockedStemInOrder } from './blocked.ts';
import { isBlockedStem, isOneBlock, isOneBlockStem } from './blocked.ts';
import { blockedFilterGradient, hasBlockedFilterGradient } from './blocked-filter.ts';
import { winogradTile } from './cost.ts';
import { added, phasesOf, turned, woven } from './input-gradient.ts';
import type { Phases } from './input-gradient.ts';
import { isNarrow, narrowConvolve, narrowFilterGradient } from './narrow.ts';
import { maxPooled, maxPoolGradient } from './pool.ts';
import { byTap, keptPatches, patchConvolve, patchFilterGradient } from './patches.ts';
import { winogradFilterGradient, winogradForward, winogradInputGradient } from './winograd.ts';

/**
 * Numbers of a row that a vector is repeated to, at most: the runtime takes a row at a time, and rows of 32 numbers take
 * 6.7 ms of processor time for 4 M where rows of 4096 take 3.9.
 */
const ROW = 4096;
/** Rows of this many numbers are taken as they are where they are few: what a repeated vector saves is less than what it costs. */
const [WIDE, FEW] = [128, 2048];

/**
 * Parts in which rows are summed, at most. The runtime divides a sum over the first axis by columns, of which each task takes
 * a few down all the rows; a sum over a middle one is a product with ones for each part, and reads what lies together:
 * 0.25 ms in place of 0.66 for 1024 rows of 4096 numbers on two threads.
 */
const PARTS = 16;

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
  channels({ samples, positions, batches, channels }) {
    const columns = batches * channels;
    const few = columns >= WIDE && positions * samples <= FEW;
    const repeats = few ? 1 : partOf(samples, Math.max(1, Math.floor(ROW / columns)));
    // Rows in parts first, then what the parts and a row's repeats leave: to reduce two axes at once leaves the fast path.
    const height = (positions * samples) / repeats;
    const parts = few ? 1 : partOf(height, PARTS);
    const shape = [...(parts === 1 ? [] : [parts]), height / parts, repeats * columns];
    const reduced = (opType: string) => (lowering: OnnxLowering, rows: Value) => {
      const outer = [...Array(rows.shape.length - 1).keys()]; // leading ones are reduced with the rows: kept, they leave it too
      const sums = lowering.reduce(opType, rows, parts === 1 ? outer : outer.slice(-1));
      return parts * repeats === 1
        ? lowering.reshape(sums, [columns])
        : lowering.reduce(opType, lowering.reshape(sums, [parts * repeats, columns]), [0]);
    };
    return { shape, vector: [columns], repeats, sum: reduced('ReduceSum'), mean: reduced('ReduceMean') };
  },
};
