/**
 * Batch normalisation of given weights that was folded into the convolutions before it, taken apart again. Such weights
 * compute W x + b; the normalisation that it came of is lost, but training needs one, and with a scale of 1 it would
 * train another network than the one that was given. By what W x is on the photos that are trained on (mean m, variance
 * v) a scale of sqrt(v + eps), a shift of b + m and running statistics m, v give the same numbers in evaluation, and
 * nearly the same by the statistics of a batch.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { BATCH_NORM_EPS } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { INPUT, lower } from './encoder.ts';
import { backbone } from './nn/backbone.ts';
import { globalAveragePool, square } from './ops/index.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import type { State } from './state.ts';
import { elements } from './graph.ts';

/** Photos computed at a time. */
const PHOTOS_PER_BATCH = 32;

/**
 * Gives the backbone in `state`, whose normalisations have a mean of 0, a variance of 1 and a scale of 1, those that the
 * images have.
 * @param images n images [n, C, H, W], normalised
 */
export async function unfoldBackbone(
  config: RunConfig,
  state: State,
  images: Float32Array,
  n: number,
  settings: SessionSettings,
): Promise<void> {
  const names: string[] = [];
  const model = lower(config, state, (net, x) => {
    backbone(net, 'backbone', x, config.backbone);
    const taken = [...net.normalised];
    names.push(...taken.map(([name]) => name));
    return Object.fromEntries(
      taken.flatMap(([name, z]) => [
        [`${name} mean`, globalAveragePool(z)],
        [`${name} square`, globalAveragePool(square(z))],
      ]),
    );
  });
  const session = await openSession(model, { ...settings, device: 'cpu' });
  try {
    const sums = new Map<string, Float64Array>();
    const shape = [channelsOf(config), config.imageSize, config.imageSize];
    const pixels = elements(shape);
    for (let start = 0; start < n; start += PHOTOS_PER_BATCH) {
      const count = Math.min(PHOTOS_PER_BATCH, n - start);
      const part = images.subarray(start * pixels, (start + count) * pixels);
      const results = await session.run({ [INPUT]: new OrtTensor('float32', part, [count, ...shape]) });
      for (const [name, { data }] of Object.entries(results)) {
        const each = data as Float32Array;
        const channels = each.length / count;
        const sum = sums.get(name) ?? new Float64Array(channels);
        each.forEach((x, i) => (sum[i % channels]! += x / n));
        sums.set(name, sum);
      }
    }
    for (const name of names) settle(state, name, sums.get(`${name} mean`)!, sums.get(`${name} square`)!);
  } finally {
    await session.release();
  }
}

function settle(state: State, name: string, mean: Float64Array, squares: Float64Array): void {
  const set = (part: string, of: (channel: number) => number) => {
    const { shape, data } = state.get(`${name}.${part}`)!;
    state.set(`${name}.${part}`, { shape, data: data.map((_, i) => of(i)) });
  };
  const variance = squares.map((square, i) => Math.max(0, square - mean[i]! ** 2));
  const shift = state.get(`${name}.bias`)!.data;
  set('weight', (i) => Math.sqrt(variance[i]! + BATCH_NORM_EPS));
  set('bias', (i) => shift[i]! + mean[i]!);
  set('running_mean', (i) => mean[i]!);
  set('running_var', (i) => variance[i]!);
}
