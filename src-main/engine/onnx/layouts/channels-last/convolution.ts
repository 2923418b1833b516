/** Convolutions of images held as [N, H, W, C] as products over the patches of all images. */
import type { Tensor } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { gathered, inChunks, isWhole, paddedImages } from './gather.ts';

/** The runtime's Conv takes this many positions of one image at a time: where an image has fewer, most of its work is on none. */
const TILE = 32;

/** Whether a convolution is a product over the patches of all images rather than the runtime's Conv. */
export const isProduct = (g: Geometry): boolean =>
  g.outHeight * g.outWidth < TILE || (g.kernel === 1 && g.stride === 1);

/**
 * x [N, I, H, W] by filters [k, k, I, O] -> y [N, O, H', W'], as one product over the patches of all images. With
 * `reversed` the filters are those of the opposite tap, as an input gradient wants them.
 */
export function patchProduct(
  lowering: OnnxLowering,
  from: Tensor,
  filters: Value,
  g: Geometry,
  to: Tensor,
  reversed = false,
): void {
  const x = lowering.value(from, 'channelsLast', lowering.products);
  const padded = paddedImages(lowering, x, [g.padding, g.padding], g.inChannels);
  lowering.set(to, patchesBy(lowering, padded, filters, g, reversed), 'channelsLast', lowering.products);
}

/** That product of images that are padded already: [N, H', W', O]. */
export function patchesBy(lowering: OnnxLowering, padded: Value, filters: Value, g: Geometry, reversed = false): Value {
  const { inChannels, outChannels, kernel, batch } = g;
  const columns = kernel ** 2 * inChannels;
  const weight = lowering.reshape(filters, [columns, outChannels]);
  const parts = inChunks(lowering, g, columns, inChannels, lowering.products).map((chunk) => {
    const rows = chunk.images * g.outHeight * g.outWidth;
    const patches = isWhole(g) ? padded : gathered(lowering, padded, g, chunk, [rows], reversed);
    return lowering.matMul(lowering.reshape(patches, [rows, columns]), weight);
  });
  return lowering.reshape(lowering.concat(parts, 0), [batch, g.outHeight, g.outWidth, outChannels]);
}
