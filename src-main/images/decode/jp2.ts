/**
 * What a JPEG 2000 says of itself before it is unpacked: the boxes of a file, and the size in its codestream; and a file
 * made around a codestream. Leaves unpacking to jpeg2000.ts.
 */

import { boxAt, boxesOf, boxOf, short, word } from './isoBoxes.ts';
import { bufferOf } from '../../files/buffer.ts';

/** The size marker of a codestream. */
export interface CodeSize {
  /** Where the codestream begins. */
  at: number;
  width: number;
  height: number;
  components: { bits: number; signed: boolean; across: number; down: number }[];
}

/** Where the codestream says the bits and sign of its first component; three bytes a component. */
export const SIGNS = 42;
const MOST_COMPONENTS = 16384;

/** @throws RangeError where there is no codestream, or its size is not all there */
export function sizeOf(bytes: Uint8Array): CodeSize {
  const stream = bufferOf(bytes);
  const at = stream.indexOf('ff4fff51', 0, 'hex');
  if (at < 0 || at + SIGNS > stream.length) throw new RangeError('no codestream');
  const count = stream.readUInt16BE(at + 40);
  if (count > MOST_COMPONENTS || at + SIGNS + 3 * count > stream.length) throw new RangeError('no components');
  return {
    at,
    width: stream.readUInt32BE(at + 8) - stream.readUInt32BE(at + 16),
    height: stream.readUInt32BE(at + 12) - stream.readUInt32BE(at + 20),
    components: Array.from({ length: count }, (_, i) => {
      const [depth, across, down] = [0, 1, 2].map((byte) => stream[at + SIGNS + 3 * i + byte]!) as [
        number,
        number,
        number,
      ];
      return { bits: (depth & 0x7f) + 1, signed: depth > 0x7f, across, down };
    }),
  };
}

/**
 * The same with every component on a grid of its own size, where all of them have one sample for the same several places
 * of the grid: the codec takes one for each. As it is where that is not so, or where tiles end between samples.
 * @throws RangeError as `sizeOf`
 */
export function onOwnGrid(bytes: Uint8Array): Uint8Array {
  const { at, components } = sizeOf(bytes);
  const steps = [components[0]?.across ?? 1, components[0]?.down ?? 1];
  const isEven = components.every(({ across, down }) => across === steps[0] && down === steps[1]);
  if (!isEven || steps[0]! * steps[1]! <= 1) return bytes;
  const out = Buffer.from(bytes);
  for (const [axis, step] of steps.entries()) {
    // end, begin, tile's length and tile's begin, two axes each
    const [end, begin, tile, tiles] = [8, 16, 24, 32].map((of) => at + of + 4 * axis) as [
      number,
      number,
      number,
      number,
    ];
    const [last, first, length, from] = [end, begin, tile, tiles].map((place) => out.readUInt32BE(place)) as [
      number,
      number,
      number,
      number,
    ];
    const isWhole = from + length >= last;
    if (first % step > 0 || from % step > 0 || (!isWhole && length % step > 0)) return bytes;
    for (const place of [end, begin, tile, tiles]) out.writeUInt32BE(Math.ceil(out.readUInt32BE(place) / step), place);
    for (const i of components.keys()) out[at + SIGNS + 3 * i + 1 + axis] = 1;
  }
  // encoders write the grid's size into the box before it, and the codec wants both to be alike
  const { width, height } = sizeOf(out);
  const header = boxAt(out, ['jp2h', 'ihdr']);
  if (header && header.from < at && header.content.length >= 8) {
    out.writeUInt32BE(height, header.from);
    out.writeUInt32BE(width, header.from + 4);
  }
  return out;
}

const [START_OF_TILE, CODING] = [0xff90, 0xff52];

/** Whether the first three components of a codestream were made from red, green and blue by its own transform. */
export function isTransformed(bytes: Uint8Array): boolean {
  const stream = bufferOf(bytes);
  const begin = stream.indexOf('ff4fff51', 0, 'hex');
  for (let at = begin + 2; begin >= 0 && at + 9 <= stream.length; at += 2 + stream.readUInt16BE(at + 2)) {
    const marker = stream.readUInt16BE(at);
    if (marker === CODING) return stream[at + 8] === 1;
    if (marker === START_OF_TILE) break;
  }
  return false;
}

export interface Jp2Head {
  /** Colours by number, 12 for CMYK; null where there are none or a profile. */
  colours: number | null;
  profile: Uint8Array | null;
  /** How many channels a palette makes; null without one. */
  palette: number | null;
  /** The channel that is transparency. */
  alpha: number | null;
}

export const CMYK = 12;

/** The boxes of a file's head; of a bare codestream nothing. */
export function readJp2(bytes: Uint8Array): Jp2Head {
  const head: Jp2Head = { colours: null, profile: null, palette: null, alpha: null };
  const file = bufferOf(bytes);
  if (file.length < 12 || file.toString('latin1', 4, 8) !== 'jP  ') return head;
  for (const outer of boxesOf(file, 0, file.length)) {
    if (outer.type !== 'jp2h') continue;
    for (const { type, content } of boxesOf(file, outer.from, outer.from + outer.content.length)) {
      if (type === 'colr' && head.colours === null && head.profile === null) {
        if (content[0] === 1 && content.length >= 7) head.colours = content.readUInt32BE(3);
        else if (content[0] === 2) head.profile = content.subarray(3);
      } else if (type === 'cmap') head.palette = content.length >> 2;
      else if (type === 'cdef' && content.length >= 2)
        for (let at = 2; at + 6 <= content.length; at += 6)
          if (content.readUInt16BE(at + 2) === OPACITY) head.alpha = content.readUInt16BE(at);
    }
  }
  return head;
}

const OPACITY = 1;

/** A file of a codestream whose channels are one or three of its components, as they are. */
export function jp2Of(codestream: Buffer, { width, height, components }: CodeSize, chosen: readonly number[]): Buffer {
  const grey = 17;
  const srgb = 16;
  const depth = components[chosen[0]!]!.bits - 1;
  return Buffer.concat([
    boxOf('jP  ', [0x0d, 0x0a, 0x87, 0x0a]),
    boxOf('ftyp', Buffer.from('jp2 \0\0\0\0jp2 ', 'latin1')),
    boxOf(
      'jp2h',
      boxOf('ihdr', word(height), word(width), short(components.length), [depth, 7, 0, 0]),
      boxOf('colr', [1, 0, 0], word(chosen.length === 1 ? grey : srgb)),
      // a palette that none of the channels uses: without one they cannot be chosen
      boxOf(
        'pclr',
        [...short(1), chosen.length],
        chosen.map(() => depth),
        chosen.flatMap(() => (depth > 7 ? [0, 0] : [0])),
      ),
      boxOf('cmap', ...chosen.map((component) => [...short(component), 0, 0])),
    ),
    boxOf('jp2c', codestream),
  ]);
}
