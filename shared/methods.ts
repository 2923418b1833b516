/**
 * What follows from the choice of a method: the defaults in which its publication differs from SimSiam's, the
 * settings that it cannot be combined with, and the views that it takes of a photo. The methods themselves are in
 * src-main/engine/methods.
 */
import type { ConfigPatch, RunConfig } from './config.ts';

/**
 * Published defaults of the compared methods, below everything that a preset or a person sets. All keep SGD, which
 * their authors replace by LARS for batches of 4096 (SimCLR, BYOL, SwAV).
 */
const defaults: Record<RunConfig['method'], ConfigPatch> = {
  simsiam: {},
  // Chen et al. 2020, Sec. 2: two layers to 128, no predictor, gradients through both views.
  simclr: {
    head: { layers: 2, outputDim: 128 },
    predictor: { kind: 'identity' },
    stopGradient: false,
    temperature: 0.1,
  },
  // Chen, Fan, Girshick and He 2020: two layers to 128 without batch normalisation.
  moco: { head: { layers: 2, outputDim: 128, norm: 'none' }, predictor: { kind: 'identity' }, temperature: 0.2 },
  // Grill et al. 2020, Sec. 3.3: 4096 to 256, batch normalisation on hidden layers.
  byol: { head: { layers: 2, hiddenDim: 4096, outputDim: 256, norm: 'hidden' }, predictor: { hiddenDim: 4096 } },
  // Caron et al. 2020, appendix A: two layers to 128, batch normalisation on the hidden one.
  swav: { head: { layers: 2, outputDim: 128, norm: 'hidden' }, predictor: { kind: 'identity' }, temperature: 0.1 },
};

export const methodDefaults = (method: unknown): ConfigPatch => defaults[method as RunConfig['method']] ?? {};

/** Settings that contradict each other, with the remedy; empty where the configuration can be trained. */
export function conflicts(config: RunConfig): { setting: string; message: string }[] {
  const { method, predictor, stopGradient, similarity, symmetry, innerSteps, swav } = config;
  const rules: [broken: boolean, setting: string, value: unknown, reason: string, remedy: string][] = [
    [
      !stopGradient && (method === 'moco' || method === 'byol'),
      'stopGradient',
      stopGradient,
      `the targets of ${method} come from a momentum encoder, which no gradient reaches`,
      'set it to true, or method to simsiam, simclr or swav',
    ],
    [
      similarity !== 'cosine' && method !== 'simsiam',
      'similarity',
      similarity,
      `${method} has a loss of its own`,
      'set it to cosine, or method to simsiam',
    ],
    [
      symmetry !== 'symmetric' && (method === 'simclr' || method === 'swav'),
      'symmetry',
      symmetry,
      `${method} compares all views of a photo with each other`,
      'set it to symmetric, or method to simsiam, byol or moco',
    ],
    [
      innerSteps !== 1 && method !== 'simsiam',
      'innerSteps',
      innerSteps,
      'the alternation is a study of SimSiam',
      'set it to 1, or method to simsiam',
    ],
    [
      innerSteps !== 1 && !stopGradient,
      'innerSteps',
      innerSteps,
      'targets that are kept for several steps are constants',
      'set stopGradient to true, or innerSteps to 1',
    ],
    [
      predictor.kind === 'movingAverage' &&
        (method !== 'simsiam' || similarity !== 'cosine' || innerSteps !== 1 || !stopGradient),
      'predictor.kind',
      predictor.kind,
      'the moving average is a study of SimSiam with cosine similarity, stop-gradient and innerSteps 1',
      'use those, or predictor.kind mlp',
    ],
    [
      method === 'swav' && swav.smallCrops > 0 && swav.smallCropSize >= config.imageSize,
      'swav.smallCropSize',
      swav.smallCropSize,
      `small crops are smaller than the views of ${config.imageSize} px`,
      'lower it, or set swav.smallCrops to 0',
    ],
  ];
  return rules
    .filter(([broken]) => broken)
    .map(([, setting, value, reason, remedy]) => ({
      setting,
      message: `${setting} = ${String(value)}: ${reason}; ${remedy}`,
    }));
}

/** A view of each photo: its size, and a crop range where it is not that of the augmentation. */
export interface View {
  size: number;
  cropScaleMin?: number;
  cropScaleMax?: number;
}

/**
 * The views that a step takes of each photo: two, or two pairs (asymmetric2x: first view and target of the first
 * pair, then of the second), or with SwAV's multi-crop two large and several small ones.
 */
export function viewsOf(config: RunConfig): View[] {
  const { imageSize, swav } = config;
  const large: View = { size: imageSize };
  if (config.symmetry === 'asymmetric2x') return [large, large, large, large];
  if (config.method !== 'swav' || swav.smallCrops === 0) return [large, large];
  const wide: View = { size: imageSize, cropScaleMin: swav.smallCropScale };
  const small: View = { size: swav.smallCropSize, cropScaleMin: 0.05, cropScaleMax: swav.smallCropScale };
  return [wide, wide, ...Array.from({ length: swav.smallCrops }, () => small)];
}
