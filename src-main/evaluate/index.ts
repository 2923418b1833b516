/** Measures of frozen features: collapse, neighbours, classifiers. */
export { alignment, effectiveRank, stdRatio, uniformity } from './collapse.ts';
export { knnClassify, neighbourAgreement } from './knn.ts';
export type { KnnInput, KnnResult } from './knn.ts';
export { confusionMatrix } from './confusion.ts';
export type { Confusion } from './confusion.ts';
