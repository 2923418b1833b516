/** MoCo v2 (Chen, Fan, Girshick and He, arXiv 2003.04297): a queue of keys from a momentum encoder. */
import { z } from 'zod';
import { learns, longer } from '../lab/paper.ts';
import { powerOfTwoBelow } from '../numbers.ts';
import { meta, section } from '../setting.ts';
import { pairedViews, softmaxOver, studiesOfMomentum } from './method.ts';
import type { Method } from './method.ts';

const moco: Method = {
  citation: 'MoCo v2 (Chen et al., 2020)',
  // Two layers to 128 without batch normalisation.
  defaults: { head: { layers: 2, outputDim: 128, norm: 'none' }, predictor: { kind: 'identity' }, temperature: 0.2 },
  studies: studiesOfMomentum,
  conflicts: () => [],
  views: pairedViews,
  target:
    ({ moco: { momentum } }) =>
    () =>
      momentum,
  inputs: () => ({}),
  carries: ({ moco: { queueSize }, head }) => ({ queue: [queueSize, head.outputDim] }),
  loss: ({ moco: { queueSize } }) => softmaxOver(queueSize + 1),
  needs: [],
  alternative: null,
  lab: {
    paper: learns(67.4, longer(69.9, 71.0, 72.2)),
    // Its published head without batch normalisation learns too slowly to be compared so early.
    patch: (_arm, images) => ({
      head: { outputDim: 128, norm: 'hidden' },
      moco: { queueSize: Math.max(4, Math.min(512, powerOfTwoBelow(images / 2))) },
    }),
  },
};

export const methods = { moco };

export const settings = {
  moco: section({
    queueSize: meta(
      z.int().min(4).max(1_000_000).default(4096),
      'MoCo: queue of negatives',
      'keys',
      '65,536 for ImageNet; 4,096 is usual for 50,000 images, and more than the collection repeats its photos',
      true,
    ),
    momentum: meta(
      z.number().min(0).lt(1).default(0.99),
      'MoCo: momentum of the key encoder',
      'per step',
      'MoCo v2: 0.999 over 200,000 steps; 0.99 follows within the thousand steps of a small collection',
      true,
    ),
  }),
};
