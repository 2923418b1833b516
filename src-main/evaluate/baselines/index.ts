/** What an encoder is compared with that needs no training: pixels and edges. */
export { fitFree, freeFeatures, freeNames } from './features.ts';
export type { FreeFeatures, FreeName } from './features.ts';
export { toPictures } from './pictures.ts';
