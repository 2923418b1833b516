/** What an encoder is compared with that needs no training: pixels and edges. */
export { fitFree, freeFeatures } from './features.ts';
export { toPictures } from './pictures.ts';
