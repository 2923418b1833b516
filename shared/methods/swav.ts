/** SwAV (Caron et al., arXiv 2006.09882): views of a photo are assigned to the same prototypes. */
import { z } from 'zod';
import { reason } from '../reason.ts';
import { learns, longer } from '../lab/paper.ts';
import { meta, section } from '../setting.ts';
import { softmaxOver, studiesOfAllViews } from './method.ts';
import type { Method, View } from './method.ts';

const swav: Method = {
  citation: 'SwAV (Caron et al., 2020)',
  // Appendix A: two layers to 128, batch normalisation on the hidden one. LARS for batches of 4096 is left at SGD.
  defaults: { head: { layers: 2, outputDim: 128, norm: 'hidden' }, predictor: { kind: 'identity' }, temperature: 0.1 },
  studies: studiesOfAllViews,
  conflicts: ({ imageSize, swav: { smallCrops, smallCropSize } }) =>
    smallCrops > 0 && smallCropSize >= imageSize
      ? [
          {
            setting: 'swav.smallCropSize',
            reason: reason('bad-config.small-crops', { value: smallCropSize, imageSize }),
          },
        ]
      : [],
  /** Two large views, and with multi-crop several small ones. */
  views({ imageSize, swav: { smallCrops, smallCropSize, smallCropScale } }): View[] {
    if (smallCrops === 0) return [{ size: imageSize }, { size: imageSize }];
    const wide: View = { size: imageSize, cropScaleMin: smallCropScale };
    const small: View = { size: smallCropSize, cropScaleMin: 0.05, cropScaleMax: smallCropScale };
    return [wide, wide, ...Array.from({ length: smallCrops }, () => small)];
  },
  target: () => null,
  /** The prototypes are fixed at first. */
  inputs: ({ swav: { freezeEpochs } }) => ({
    prototypeLearningRate: ({ step, stepsPerEpoch, learningRate }) =>
      step < freezeEpochs * stepsPerEpoch ? 0 : learningRate,
  }),
  carries: ({ swav: { prototypes }, head }) => ({ prototypes: [prototypes, head.outputDim] }),
  loss: ({ swav: { prototypes } }) => softmaxOver(prototypes),
  needs: [],
  alternative: null,
  lab: {
    paper: learns(66.5, longer(69.1, 70.7, 71.8)),
    patch: () => ({ head: { outputDim: 128 }, swav: { prototypes: 64 } }),
  },
};

export const methods = { swav };

export const settings = {
  swav: section({
    prototypes: meta(
      z.int().min(2).max(100_000).default(128),
      'SwAV: prototypes',
      'vectors',
      '3,000 for ImageNet with batches of 4,096; a batch is spread evenly over them, so not many more than it has photos',
      true,
    ),
    sinkhornIterations: meta(
      z.int().min(1).max(20).default(3),
      'SwAV: Sinkhorn-Knopp',
      'iterations',
      'SwAV, Sec. 4',
      true,
    ),
    epsilon: meta(
      z.number().min(0.02).max(1).default(0.05),
      'SwAV: softness of the assignment',
      '',
      'SwAV: 0.05; higher ends in one assignment for all',
      true,
    ),
    freezeEpochs: meta(
      z.number().min(0).max(1000).default(1),
      'SwAV: prototypes fixed for',
      'epochs',
      'SwAV, appendix: the first epoch',
      true,
    ),
    smallCrops: meta(
      z.int().min(0).max(8).default(0),
      'SwAV: further small crops',
      'views',
      'multi-crop; 0 is the comparison with two views (paper, Table 4), 6 is SwAV at its best',
      true,
    ),
    smallCropSize: meta(
      z.int().min(16).max(256).multipleOf(8).default(48),
      'SwAV: size of small crops',
      'px',
      'SwAV: 96 beside 224',
      true,
    ),
    smallCropScale: meta(
      z.number().gt(0).max(1).default(0.14),
      'SwAV: where small crops end',
      'of the area',
      'SwAV: large crops take 0.14 to 1 of a photo, small ones 0.05 to 0.14',
      true,
    ),
  }),
};
