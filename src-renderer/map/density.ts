/**
 * A map of very many points seen as a whole: how many lie in each cell, as a picture in their colours. Points are drawn
 * where few are in sight. Pure.
 */
import type { PointIndex } from './geometry.ts';

/** Maps of fewer points are drawn point by point at any zoom. */
export const DENSE_FROM = 250_000;
/** Of a denser map points are drawn where no more than so many are in sight. */
export const MOST_DRAWN = 150_000;

/** The cell of the fewest points is still to be seen. */
const FAINTEST = 0.25;

/**
 * The picture [side, side], rows upwards: mean colour of the points of each cell, its alpha by the logarithm of their
 * number, the colour multiplied by it.
 * @param colors red, green, blue and alpha by turns of each point, of which alpha is not heeded
 */
export function densityPicture({ side, begin, points }: PointIndex, colors: Uint8Array): Uint8Array<ArrayBuffer> {
  let most = 1;
  for (let cell = 0; cell < side * side; cell++) most = Math.max(most, begin[cell + 1]! - begin[cell]!);
  const picture = new Uint8Array(4 * side * side);
  for (let cell = 0; cell < side * side; cell++) {
    const count = begin[cell + 1]! - begin[cell]!;
    if (count === 0) continue;
    const sum = [0, 0, 0];
    for (let at = begin[cell]!; at < begin[cell + 1]!; at++)
      for (let channel = 0; channel < 3; channel++) sum[channel]! += colors[4 * points[at]! + channel]!;
    const alpha = FAINTEST + ((1 - FAINTEST) * Math.log(count)) / Math.log(Math.max(2, most));
    for (let channel = 0; channel < 3; channel++)
      picture[4 * cell + channel] = Math.round((alpha * sum[channel]!) / count);
    picture[4 * cell + 3] = Math.round(255 * alpha);
  }
  return picture;
}
