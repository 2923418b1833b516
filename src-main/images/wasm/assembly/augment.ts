/**
 * The arithmetic of augmentation, on float32 planes in linear memory, four or sixteen values at a time.
 * The caller (../../augment/kernels.ts) owns the memory: every argument called `src`, `row`, `planes`, `out` or
 * `...Weights` is an address it laid out, with 16 readable bytes after each region. Sizes are multiples of 4.
 * Only plain SIMD: relaxed multiply-add rounds differently from machine to machine, and views must not.
 * Compiled by scripts/build-wasm.ts into ../augment.ts.
 */
export { resize, resizeBand } from './crop';
export { brightness, greyMean, contrast, planeMean, bandContrast, saturation, hue, toGrey } from './colour';
export { normalise, blur } from './blur';
