/**
 * SimCLR (Chen, Kornblith, Norouzi and Hinton, arXiv 2002.05709), decoupled or not (Yeh et al., arXiv 2110.06848).
 */
import { z } from 'zod';
import { learns, longer } from '../lab/paper.ts';
import { meta, section } from '../setting.ts';
import { pairedViews, softmaxOver, studiesOfAllViews } from './method.ts';
import type { Method } from './method.ts';

const simclr: Method = {
  citation: 'SimCLR (Chen et al., 2020)',
  // Sec. 2: two layers to 128, no predictor, gradients through both views. LARS for batches of 4096 is left at SGD.
  defaults: {
    head: { layers: 2, outputDim: 128 },
    predictor: { kind: 'identity' },
    stopGradient: false,
    temperature: 0.1,
  },
  studies: studiesOfAllViews,
  conflicts: () => [],
  views: pairedViews,
  target: () => null,
  inputs: () => ({}),
  carries: () => ({}),
  // Against all others of the batch, and unless decoupled the positive itself.
  loss: ({ batchSize, simclr: { decoupled } }) => softmaxOver(2 * batchSize - (decoupled ? 2 : 1)),
  needs: [],
  alternative: null,
  lab: {
    paper: learns(66.5, longer(68.3, 69.8, 70.4)),
    patch: () => ({ optimizer: { baseLearningRate: 1.5 }, head: { outputDim: 128 } }),
  },
};

export const methods = { simclr };

export const settings = {
  simclr: section({
    decoupled: meta(
      z.boolean().default(false),
      'SimCLR: decoupled',
      '',
      'DCL: the other view of a photo does not count among what it is told apart from, which learns faster from small batches',
      true,
    ),
  }),
};
