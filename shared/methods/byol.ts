/** BYOL (Grill et al., arXiv 2006.07733): SimSiam with targets by a network that follows by momentum. */
import { z } from 'zod';
import { learns, longer } from '../lab/paper.ts';
import { meta, section } from '../setting.ts';
import { pairedViews, studiesOfMomentum } from './method.ts';
import type { Method } from './method.ts';

const byol: Method = {
  citation: 'BYOL (Grill et al., 2020)',
  // Sec. 3.3: 4096 to 256, batch normalisation on hidden layers. LARS for batches of 4096 is left at SGD.
  defaults: { head: { layers: 2, hiddenDim: 4096, outputDim: 256, norm: 'hidden' }, predictor: { hiddenDim: 4096 } },
  studies: studiesOfMomentum,
  conflicts: () => [],
  views: pairedViews,
  /** Rises to 1 over the run by half a cosine. */
  target:
    ({ byol: { momentum } }) =>
    ({ step, steps }) =>
      1 - ((1 - momentum) * (1 + Math.cos((Math.PI * (step - 1)) / steps))) / 2,
  inputs: () => ({}),
  carries: () => ({}),
  loss: () => ({ kind: 'cosine' }),
  needs: [],
  alternative: null,
  lab: {
    paper: learns(66.5, longer(70.6, 73.2, 74.3)),
    patch: () => ({ head: { norm: 'default' }, byol: { momentum: 0.95 } }),
  },
};

export const methods = { byol };

export const settings = {
  byol: section({
    momentum: meta(
      z.number().min(0).lt(1).default(0.99),
      'BYOL: momentum of the target network',
      'per step, at first',
      'BYOL: rises to 1 by a cosine; 0.996 for 1,000 epochs, 0.99 for 100',
      true,
    ),
  }),
};
