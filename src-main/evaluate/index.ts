/** Measures of frozen features: collapse, neighbours, classifiers. */
export { fitFree, freeFeatures, toPictures } from './baselines/index.ts';
export { alignment, effectiveRank, stdRatio, uniformity } from './collapse.ts';
export { measureProbe, measures } from './measures.ts';
export type { Embedded, Probe, Votes } from './measures.ts';
export { knnClassify, neighbourAgreement } from './knn.ts';
export type { KnnInput, KnnResult } from './knn.ts';
export { confusionMatrix } from './confusion.ts';
export type { Confusion } from './confusion.ts';
export { drawPerClass, fewShot, linearEvaluation } from './linear.ts';
export type {
  FewShotResult,
  LabelledFeatures,
  LinearInput,
  LinearOptions,
  LinearResult,
  LinearSolver,
} from './linear.ts';
export { fitLogistic, predictLinear } from './logistic.ts';
export type { LinearClassifier, LogisticFit, LogisticOptions } from './logistic.ts';
export { fitProbe } from './probe.ts';
export type { ProbeOptimizer, ProbeOptions } from './probe.ts';
export { fitStandardization, standardize } from './standardize.ts';
export { embedPhotos } from './embed.ts';
export type { EmbedOptions } from './embed.ts';
