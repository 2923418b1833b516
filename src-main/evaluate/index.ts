/** Measures of frozen features: collapse, neighbours, classifiers. */
export { alignment, effectiveRank, stdRatio, uniformity } from './collapse.ts';
export { knnClassify, neighbourAgreement } from './knn.ts';
export type { KnnInput, KnnResult } from './knn.ts';
export { confusionMatrix } from './confusion.ts';
export type { Confusion } from './confusion.ts';
export { drawPerClass, fewShot, linearEvaluation } from './linear.ts';
export type { FewShotResult, LabelledFeatures, LinearInput, LinearResult } from './linear.ts';
export { fitLogistic, predictLinear } from './logistic.ts';
export type { LinearClassifier, LogisticOptions } from './logistic.ts';
export { fitStandardization, standardize } from './standardize.ts';
export { embedPhotos } from './embed.ts';
export type { EmbedOptions } from './embed.ts';
