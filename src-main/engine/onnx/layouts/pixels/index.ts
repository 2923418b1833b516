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
import { maxPooled, maxPoolGradient } from '../max-pool.ts';
import { blockedConvolve, blockedInputGradient, isOneBlock } from './blocked.ts';
import { winogradTile } from './cost.ts';
import { byPhase, turned } from './input-gradient.ts';
import { isNarrow, narrowConvolve, narrowFilterGradient } from './narrow.ts';
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

/** x [H, W, N, I], weight [O, I, k, k]: y [H', W', N, O]. */
function convolved(lowering: OnnxLowering, x: Value, weight: Value, g: Geometry): Value {
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

/** [H, W, N, C] is one image of N C channels. */
const asOne = (lowering: OnnxLowering, image: Value): Value => {
  const [height, width, n, c] = image.shape as [number, number, number, number];
  return lowering.reshape(image, [1, height, width, n * c]);
};

export const pixels: ImageLayout = {
  axes: [2, 3, 0, 1],
  regroups: true,
  recomputes: true,
  apart: true,
  convolve(lowering, g, { from, by, to }) {
    const weight = lowering.value(by);
    const y = isNarrow(g)
      ? narrowConvolve(lowering, channelsFirst(lowering, from), weight, g)
      : convolved(lowering, lowering.value(from, 'pixels'), weight, g);
    lowering.set(to, y, 'pixels');
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
  maxPool(lowering, g, { from, to }) {
    const [n, c] = from.shape as [number, number];
    const pooled = maxPooled(lowering, asOne(lowering, lowering.value(from, 'pixels')), { ...g, batch: 1 });
    lowering.set(to, lowering.reshape(pooled, [g.outHeight, g.outWidth, n, c]), 'pixels');
  },
  maxPoolGradient(lowering, g, { from, by, to }) {
    const [n, c] = from.shape as [number, number];
    const [x, dy] = [from, by].map((t) => lowering.again(t, 'pixels')) as [Value, Value];
    const dx = maxPoolGradient(lowering, asOne(lowering, x), asOne(lowering, dy), { ...g, batch: 1 });
    lowering.set(to, lowering.reshape(dx, [g.height, g.width, n, c]), 'pixels');
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
      vector: [1, columns],
      repeats,
      // Reducing the two outer axes at once leaves the fast path: 9.3 ms against 0.9 for 131072 x 64.
      sum(lowering, rows, lead) {
        const apart = lowering.reshape(rows, [...rows.shape.slice(0, lead), positions, samples, columns]);
        return lowering.reduce('ReduceSum', lowering.reduce('ReduceSum', apart, [lead + 1]), [lead], true);
      },
    };
  },
};
