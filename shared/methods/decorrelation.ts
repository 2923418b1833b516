/**
 * Methods without negatives, predictor or stop-gradient: what keeps photos apart is that the outputs are told to vary
 * and not to repeat each other. Barlow Twins (Zbontar, Jing, Misra, LeCun and Deny, arXiv 2103.03230) and VICReg (Bardes,
 * Ponce and LeCun, arXiv 2105.04906).
 */
import { z } from 'zod';
import { reason } from '../reason.ts';
import { learns } from '../lab/paper.ts';
import { meta, section } from '../setting.ts';
import { pairedViews, studiesOfAllViews } from './method.ts';
import type { Method } from './method.ts';

const decorrelated = {
  studies: studiesOfAllViews,
  conflicts: ({ stopGradient }) =>
    stopGradient ? [{ setting: 'stopGradient', reason: reason('bad-config.both-gradients') }] : [],
  views: pairedViews,
  target: () => null,
  inputs: () => ({}),
  carries: () => ({}),
  needs: [],
  alternative: null,
} satisfies Partial<Method>;

const barlowtwins: Method = {
  ...decorrelated,
  citation: 'Barlow Twins (Zbontar et al., 2021)',
  // Three layers, as published, but of SimSiam's 2,048 units: the 8,192 there are 138 million parameters.
  defaults: { predictor: { kind: 'identity' }, stopGradient: false },
  // A mean over the d outputs: where views have nothing in common each pays 1.
  loss: () => ({ kind: 'other', chance: 1 }),
  lab: {
    paper: learns(null),
    patch: () => ({ optimizer: { baseLearningRate: 0.5 }, barlowtwins: { redundancy: 0.02 } }),
  },
};

const vicreg: Method = {
  ...decorrelated,
  citation: 'VICReg (Bardes et al., 2021)',
  // Three layers with batch normalisation on the hidden ones, as published, but of 2,048 units for the 8,192 there.
  defaults: { head: { norm: 'hidden' }, predictor: { kind: 'identity' }, stopGradient: false },
  // Where all photos are alike the views agree and nothing correlates: each output pays for its missing deviation.
  loss: ({ vicreg: { variance } }) => ({ kind: 'other', chance: variance }),
  lab: { paper: learns(null), patch: () => ({ optimizer: { baseLearningRate: 0.2 } }) },
};

export const methods = { barlowtwins, vicreg };

export const settings = {
  barlowtwins: section({
    redundancy: meta(
      z.number().positive().max(1).default(0.005),
      'Barlow Twins: weight of redundancy',
      '',
      'Barlow Twins: 0.005 at 8,192 outputs; the fewer outputs, the fewer pairs there are to weigh',
      true,
    ),
  }),
  vicreg: section({
    invariance: meta(
      z.number().positive().max(1000).default(25),
      'VICReg: weight of agreement',
      '',
      'VICReg: 25',
      true,
    ),
    variance: meta(
      z.number().positive().max(1000).default(25),
      'VICReg: weight of variance',
      '',
      'VICReg: as the agreement, without it the network collapses',
      true,
    ),
    covariance: meta(z.number().min(0).max(1000).default(1), 'VICReg: weight of covariance', '', 'VICReg: 1', true),
  }),
};
