/** Recorded runs of committed configurations: the methods and the paper's studies, a collapse, the quick preset, dim photos. */
import { mergeConfig } from '../../shared/config.ts';
import { sketchPatch } from '../../shared/lab/sketch.ts';
import { A, B } from './recording.ts';
import type { Recording } from './recording.ts';
import type { Half } from '../../test/unit/recordings.ts';

/** The committed configuration of a method or study, with each of several seeds. */
function seeds(file: string, half: Half, about: string, count: number, matched?: string): Record<string, Recording> {
  const one = (seed: number): Recording => ({
    folder: 'sample',
    half,
    file: `configs/methods/${file}.json`,
    patch: seed === 0 ? {} : { seed },
    about,
    ...(matched ? { matched } : {}),
  });
  return Object.fromEntries(
    Array.from({ length: count }, (_, seed) => [seed === 0 ? file : `${file}-seed-${seed}`, one(seed)]),
  );
}

export const committedRuns: Record<string, Recording> = {
  // The methods and the paper's studies on the sample set, configs/methods.
  ...seeds('simsiam', A, 'SimSiam', 3),
  ...seeds('simclr', B, 'SimCLR', 3),
  ...seeds('moco', A, 'MoCo v2', 3),
  ...seeds('byol', B, 'BYOL', 3),
  ...seeds('swav', A, 'SwAV', 3),
  ...seeds('fastsiam', B, 'FastSiam of three views', 1),
  ...seeds('barlowtwins', B, 'Barlow Twins', 1),
  ...seeds('simsiam-no-stop-gradient', A, 'no stop-gradient (paper, Fig. 2)', 3, 'simsiam'),
  ...seeds('simsiam-no-predictor', B, 'no predictor (paper, Table 1)', 3, 'simsiam'),
  ...seeds('simsiam-fixed-predictor', A, 'a predictor that is not trained (paper, Table 1)', 3),
  ...seeds('simsiam-cross-entropy', B, 'cross-entropy for the cosine (paper, Sec. 4.5)', 3),
  ...seeds('simsiam-asymmetric', A, 'one-sided loss (paper, Sec. 4.6)', 3),
  ...seeds('simsiam-asymmetric-2x', B, 'one-sided loss of two pairs (paper, Sec. 4.6)', 1),
  ...seeds('simsiam-alternation-10', B, 'targets kept for 10 steps (paper, Sec. 5.2)', 3),
  ...seeds('simsiam-alternation-epoch', A, 'targets kept for an epoch (paper, Sec. 5.2)', 1),
  ...seeds('simsiam-moving-average', A, 'no predictor, targets averaged over steps (paper, Sec. 5.2)', 1, 'simsiam'),
  ...seeds('simsiam-lars', A, 'LARS for SGD', 1),
  ...seeds('simclr-predictor-stop-gradient', B, 'SimCLR with predictor and stop-gradient (paper, Fig. 3)', 1),
  ...seeds('swav-no-stop-gradient', A, 'SwAV without stop-gradient (paper, Fig. 3)', 1, 'swav'),

  // Ten thousand photos of CIFAR-10, five epochs, and the quick preset.
  collapse: {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse.json',
    patch: {},
    matched: 'collapse-healthy',
    about: 'no stop-gradient',
  },
  'collapse-32px': {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse.json',
    patch: { imageSize: 32 },
    about: 'no stop-gradient at 32 px, where the last map is a single pixel',
  },
  'collapse-healthy': {
    folder: 'cifar',
    half: A,
    file: 'configs/collapse-healthy.json',
    patch: {},
    about: 'the same with stop-gradient',
  },
  quick: {
    folder: 'sample',
    half: A,
    patch: mergeConfig(sketchPatch({ images: 1200, device: 'cpu' }), { minutes: null, epochs: 12 }),
    about: 'the quick preset for a fixed number of epochs',
  },

  // Photos of seven levels of brightness (dim-photos.ts): close together, and told apart all the same.
  'dim-simsiam': {
    folder: 'dim',
    half: A,
    patch: mergeConfig(sketchPatch({ images: 450, device: 'cpu' }), { minutes: null, epochs: 12, threads: 1 }),
    about: 'SimSiam on photos of seven levels of brightness',
  },
  'dim-simclr': {
    folder: 'dim',
    half: B,
    patch: mergeConfig(sketchPatch({ images: 450, device: 'cpu' }), {
      method: 'simclr',
      optimizer: { baseLearningRate: 0.6 },
      minutes: null,
      epochs: 12,
      threads: 1,
    }),
    about: 'SimCLR on photos of seven levels of brightness',
  },
};
