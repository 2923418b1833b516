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
import { blockedConvolve, blockedInputGradient, blockedStem, isBlockedStem, isOneBlock } from './blocked.ts';
import { winogradTile } from './cost.ts';
import { byPhase, turned } from './input-gradient.ts';
import { isNarrow, narrowConvolve, narrowFilterGradient } from './narrow.ts';
import { maxPooled, maxPoolGradient } from './pool.ts';
import { byTap, patchConvolve, patchFilterGradient } from './patches.ts';
import { winogradFilterGradient, winogradForward, winogradInputGradient } from './winograd.ts';

/**
 * Numbers of a row that a vector is repeated to, at most: the runtime takes a row at a time, and rows of 32 numbers take
 * 6.7 ms of processor time for 4 M where rows of 4096 take 3.9.
 */
const ROW = 4096;

/** x [N, C, H, W] as [C, H, W, N]. */
const channelsFirst = (lowering: OnnxLowering, x: Tensor): Value =>
  lowering.once(`channels first ${x.id}`, () => lowering.transpose(lowering.value(x), [1, 2, 3, 0]));

/** x [N, I, H, W] in whatever layout, weight [O, I, k, k]: y [H', W', N, O]. */
function convolved(lowering: OnnxLowering, from: Tensor, weight: Value, g: Geometry): Value {
  if (isBlockedStem(lowering, g)) return blockedStem(lowering, lowering.value(from), weight, g);
  if (isNarrow(g)) return narrowConvolve(lowering, channelsFirst(lowering, from), weight, g);
  const x = lowering.value(from, 'pixels');
  if (isOneBlock(lowering, g)) return blockedConvolve(lowering, x, weight);
  const tile = winogradTile(g);
  if (tile > 0) return winogradForward(lowering, x, weight, { ...g, tile });
  return patchConvolve(lowering, x, byTap(lowering, weight), g);
}

/** dy [H', W', N, O], weight [O, I, k, k]: dx [H, W, N, I]. */
function inputGradient(lowering: OnnxLowering, dy: Value, weight: Value, g: Geometry): Value {
  if (isOneBlock(lowering, g)) return blockedInputGradient(lowering, dy, weight);
  const tile = winogradTile(g);
  if (tile > 0) return winogradInputGradient(lowering, dy, weight, { ...g, tile });
  return g.stride === 1 ? turned(lowering, dy, weight, g) : byPhase(lowering, dy, weight, g);
}

/** x [H, W, N, I], dy [H', W', N, O]: dw [O, I, k, k]. */
function filterGradient(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry): Value {
  const tile = winogradTile(g);
  return tile > 0 ? winogradFilterGradient(lowering, x, dy, { ...g, tile }) : patchFilterGradient(lowering, x, dy, g);
}

export const pixels: ImageLayout = {
  axes: [2, 3, 0, 1],
  regroups: true,
  recomputes: true,
  apart: true,
  convolve(lowering, g, { from, by, to }) {
    lowering.set(to, convolved(lowering, from, lowering.value(by), g), 'pixels');
  },
  inputGradient(lowering, g, { from, by, to }) {
    lowering.set(to, inputGradient(lowering, lowering.value(from, 'pixels'), lowering.value(by), g), 'pixels');
  },
  filterGradient(lowering, g, { from, by, to }) {
    const dy = lowering.value(by, 'pixels');
    const dw = isNarrow(g)
      ? narrowFilterGradient(lowering, channelsFirst(lowering, from), dy, g)
      : filterGradient(lowering, lowering.again(from, 'pixels'), dy, g);
    lowering.set(to, dw);
  },
  maxPool: (lowering, g, { from, to }) =>
    lowering.set(to, maxPooled(lowering, lowering.value(from, 'pixels'), g), 'pixels'),
  maxPoolGradient(lowering, g, { from, by, of, to }) {
    const [x, y, dy] = [from, of, by].map((t) => lowering.again(t, 'pixels')) as [Value, Value, Value];
    lowering.set(to, maxPoolGradient(lowering, x, y, dy, g), 'pixels');
  },
  averagePool(lowering, x) {
    const [n, c, h, w] = x.shape as [number, number, number, number];
    const rows = lowering.reshape(lowering.value(x, 'pixels'), [h * w, n * c]);
    return lowering.reshape(lowering.reduce('ReduceMean', rows, [0]), [n, c]);
  },
  channels({ samples, positions, batches, channels }) {
    const columns = batches * channels;
    const repeats = partOf(samples, Math.max(1, Math.floor(ROW / columns)));
    return {
      shape: [(positions * samples) / repeats, repeats * columns],
      vector: [columns],
      repeats,
      // Reducing the two outer axes at once leaves the fast path: 9.3 ms against 0.9 for 131072 x 64.
      sum(lowering, rows) {
        const apart = lowering.reshape(rows, [positions, samples, columns]);
        return lowering.reduce('ReduceSum', lowering.reduce('ReduceSum', apart, [1]), [0]);
      },
    };
  },
};
