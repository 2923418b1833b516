/**
 * Stands in the place of sharp, the decoder of photos, which the portable bench does not carry: nothing is decoded there.
 * What only sets the decoder up does nothing.
 */
function decoder(): never {
  throw new Error('the portable bench carries no decoder of photos');
}
export default Object.assign(decoder, {
  versions: {},
  cache: () => {},
  concurrency: () => {},
  simd: () => {},
  block: () => {},
  unblock: () => {},
});
