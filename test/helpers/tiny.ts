/** The smallest training, for tests of what is around it: a step takes some hundredths of a second. */

export const tinyNetwork = {
  backbone: { width: 0.125, stem: 'cifar' },
  head: { hiddenDim: 32, outputDim: 32, layers: 2 },
  predictor: { hiddenDim: 8 },
} as const;

export const tinyRun = { ...tinyNetwork, imageSize: 16, batchSize: 8, augment: { blur: 0 }, threads: 1 } as const;
