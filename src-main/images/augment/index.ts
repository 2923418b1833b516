/** Augmentation: parameters drawn from counted randomness, and views made from them. */
export { AugmentError, augmentView, imagenetNormalisation, noNormalisation } from './augmentView.ts';
export { encodeParameters } from './encode.ts';
export { epochOrder, sortedIndices } from './order.ts';
export { drawParameters } from './parameters.ts';
export type { ViewParameters } from './parameters.ts';
export { augmentedPair } from './preview.ts';
