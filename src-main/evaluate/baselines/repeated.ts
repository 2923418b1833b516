/**
 * Whether photos are one and the same picture, as a camera that was left running, a failed import or a black channel
 * gives them: such a folder teaches nothing, and no measure of collapse tells it from a network that has collapsed.
 */
import { pictureBytes } from './pictures.ts';

export interface Repeated {
  /** Pictures in the largest group of those that are alike. */
  count: number;
  of: number;
  /** The pictures of that group show nothing: black, or of one colour. */
  blank: boolean;
}

/** Most root mean square difference of two pictures that count as one, in levels of 255 (rounding alone) ... */
const ROUNDING = 0.4;
/** ... or as a share of what varies in them: saving a photo again as a JPEG changes a twentieth, dim photos differ by all of it. */
const SAVED_AGAIN = 0.1;
/** A picture that varies by less, in levels, shows nothing. */
const BLANK = 0.4;

/** The largest group of pictures that are alike. @param pictures uint8 [n, 32, 32, channels] */
export function mostRepeated(pictures: Uint8Array, channels = 3): Repeated {
  const length = pictureBytes(channels);
  const n = pictures.length / length;
  const rows = Array.from({ length: n }, (_, i) => measured(pictures.subarray(i * length, (i + 1) * length), channels));
  // By brightness, so that only neighbours in it need a look.
  rows.sort((a, b) => a.mean - b.mean);
  const leaders: { row: Row; count: number }[] = [];
  for (const row of rows) {
    const reach = tolerance(row);
    let found = false;
    for (let k = leaders.length - 1; k >= 0 && row.mean - leaders[k]!.row.mean <= reach; k--)
      if (alike(row.pixels, leaders[k]!.row.pixels, reach)) {
        leaders[k]!.count++;
        found = true;
        break;
      }
    if (!found) leaders.push({ row, count: 1 });
  }
  const most = leaders.reduce<(typeof leaders)[number] | null>((a, b) => (a && a.count >= b.count ? a : b), null);
  return { count: most?.count ?? 0, of: n, blank: most !== null && most.row.deviation <= BLANK };
}

interface Row {
  pixels: Uint8Array;
  mean: number;
  deviation: number;
}

/**
 * Mean and deviation of a picture. Deviation is counted within each channel: a colour that all of a picture has shows
 * nothing.
 */
function measured(pixels: Uint8Array, channels: number): Row {
  const count = pixels.length / channels;
  const [totals, squares] = [new Float64Array(channels), new Float64Array(channels)];
  for (let i = 0; i < pixels.length; i++) {
    const x = pixels[i]!;
    totals[i % channels]! += x;
    squares[i % channels]! += x * x;
  }
  const means = totals.map((total) => total / count);
  const variance = means.reduce((sum, mean, c) => sum + Math.max(0, squares[c]! / count - mean * mean), 0) / channels;
  return { pixels, mean: means.reduce((a, b) => a + b) / channels, deviation: Math.sqrt(variance) };
}

const tolerance = ({ deviation }: Row): number => Math.max(ROUNDING, SAVED_AGAIN * deviation);

function alike(a: Uint8Array, b: Uint8Array, reach: number): boolean {
  const most = reach * reach * a.length;
  let squares = 0;
  for (let i = 0; i < a.length; i++) {
    squares += (a[i]! - b[i]!) ** 2;
    if (squares > most) return false;
  }
  return true;
}
