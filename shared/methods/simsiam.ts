/**
 * SimSiam (Chen and He, arXiv 2011.10566): what everything else is measured against, with the studies of its paper. And
 * FastSiam (Pototzky, Sultan and Schmidt-Thieme, GCPR 2022): SimSiam of more than two views.
 */
import { z } from 'zod';
import type { RunConfig } from '../config.ts';
import { reason } from '../reason.ts';
import { learns, longer } from '../lab/paper.ts';
import { meta, section } from '../setting.ts';
import { pairedViews, softmaxOver, studiesOfAllViews } from './method.ts';
import type { Conflict, Method } from './method.ts';

const simsiam: Method = {
  citation: 'SimSiam (Chen and He, 2021)',
  defaults: {},
  studies: { withoutStopGradient: true, crossEntropy: true, oneSided: true, alternation: true, movingAverage: true },
  conflicts({ stopGradient, similarity, innerSteps, predictor: { kind } }: RunConfig): Conflict[] {
    const out: Conflict[] = [];
    if (innerSteps !== 1 && !stopGradient)
      out.push({ setting: 'innerSteps', reason: reason('bad-config.kept-targets', { value: innerSteps }) });
    if (kind === 'movingAverage' && (similarity !== 'cosine' || innerSteps !== 1 || !stopGradient))
      out.push({ setting: 'predictor.kind', reason: reason('bad-config.moving-average') });
    return out;
  },
  views: pairedViews,
  /** An alternation takes the network over at every k-th step and leaves the copy alone between. */
  target: ({ innerSteps }) =>
    innerSteps === 1
      ? null
      : ({ step, stepsPerEpoch }) => Number(step % (innerSteps === 'epoch' ? stepsPerEpoch : innerSteps) !== 0),
  inputs: () => ({}),
  /** The moving average of a photo's targets. */
  carries: ({ predictor, head }) => ({
    ...(predictor.kind === 'movingAverage' && { average: ['photos', head.outputDim] as const }),
  }),
  loss: ({ similarity, head }) => (similarity === 'cosine' ? { kind: 'cosine' } : softmaxOver(head.outputDim)),
  needs: ['stopGradient', 'predictor'],
  alternative: { method: 'moco', stopGradient: true },
  lab: {
    paper: learns(68.1, longer(70.0, 70.8, 71.3)),
    patch({ similarity, predictor }) {
      const rate = (baseLearningRate: number) => ({ optimizer: { baseLearningRate } });
      if (similarity === 'crossEntropy') return rate(6); // its gradient is that much smaller
      return predictor?.kind === 'fixed' ? rate(0.5) : {}; // at high rates the projector learns to invert it
    },
  },
};

const fastsiam: Method = {
  ...simsiam,
  citation: 'FastSiam (Pototzky et al., 2022)',
  studies: studiesOfAllViews,
  conflicts: () => [],
  views: ({ imageSize, fastsiam: { views } }) => Array.from({ length: views }, () => ({ size: imageSize })),
  target: () => null,
  carries: () => ({}),
  loss: () => ({ kind: 'cosine' }),
  // Three views: a step of four takes twice SimSiam's time, and all arms make as many steps as the slowest can.
  lab: { paper: learns(null), patch: () => ({ fastsiam: { views: 3 } }) },
};

export const methods = { simsiam, fastsiam };

export const settings = {
  fastsiam: section({
    views: meta(
      z.int().min(3).max(8).default(4),
      'FastSiam: views of a photo',
      'views',
      'FastSiam: 4; each predicts the mean of the others, and costs a pass of its own',
      true,
    ),
  }),
};
