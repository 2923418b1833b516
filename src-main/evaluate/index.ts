/** Measures of frozen features: collapse, neighbours, classifiers. */
export { fitFree, freeFeatures, mostRepeated, toPictures } from './baselines/index.ts';
export { alignment, effectiveRank, stdRatio, uniformity } from './collapse.ts';
export { measureProbe, measures } from './measures.ts';
export type { Embedded, Probe, Votes } from './measures.ts';
export { knnClassify, neighbourAgreement, votersAmong } from './knn.ts';
export type { Voters } from './knn.ts';
export { confusionMatrix } from './confusion.ts';
export { drawPerClass, fewShot, linearEvaluation } from './linear.ts';
export { fitLogistic } from './logistic.ts';
export { fitProbe } from './probe.ts';
export { embedPhotos } from './embed.ts';
export { fitReadout, readOut } from './readout.ts';
export type { Readout } from './readout.ts';
export { chosenRows, pieces, rowsOfFile } from './rows.ts';
export type { FeatureRows } from './rows.ts';
