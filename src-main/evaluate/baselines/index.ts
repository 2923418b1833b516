/** What an encoder is compared with that needs no training: pixels and edges. */
export { fitFree, freeFeatures } from './features.ts';
export { mostRepeated } from './repeated.ts';
export type { Repeated } from './repeated.ts';
export { toPictures } from './pictures.ts';
