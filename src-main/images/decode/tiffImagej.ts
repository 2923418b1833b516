/**
 * What ImageJ keeps in tags of its own: labels of planes and the tables of colours (LUTs) of channels. The bytes are a
 * list of kinds with how many blocks each has, then the blocks, whose lengths another tag has.
 */
import type { Colour } from './tiffStacks.ts';
import type { TiffDirectory } from './tiff.ts';

interface Told {
  /** Of the planes, in lower case, without the place that ImageJ puts before a name. */
  labels: string[];
  /** The brightest colour of each channel's table; null for one that ends in black. */
  colours: (Colour | null)[];
}

const [KIND_BYTES, LUT_BYTES] = [8, 768];
const PLACE = /^(?:[czt]:\d+\/\d+[ ;]*)+(?:- )?/;

export function imagejOf({ imagej }: Pick<TiffDirectory, 'imagej'>): Told {
  const told: Told = { labels: [], colours: [] };
  const { bytes, lengths } = imagej ?? { bytes: Buffer.alloc(0), lengths: [] };
  const mark = bytes.toString('latin1', 0, 4);
  if (mark !== 'IJIJ' && mark !== 'JIJI') return told;
  const big = mark === 'IJIJ';
  let [at, block] = [lengths[0] ?? 0, 1];
  for (let head = 4; head + KIND_BYTES <= Math.min(lengths[0] ?? 0, bytes.length); head += KIND_BYTES) {
    const letters = bytes.toString('latin1', head, head + 4);
    const kind = big ? letters : [...letters].reverse().join('');
    const count = big ? bytes.readUInt32BE(head + 4) : bytes.readUInt32LE(head + 4);
    for (let i = 0; i < count && block < lengths.length; i++, block++) {
      const part = bytes.subarray(at, at + lengths[block]!);
      at += lengths[block]!;
      if (kind === 'labl') told.labels.push(labelOf(part, big));
      else if (kind === 'luts') told.colours.push(colourOf(part));
    }
  }
  return told;
}

function labelOf(part: Buffer, big: boolean): string {
  const even = Buffer.from(part.subarray(0, part.length - (part.length % 2)));
  const text = (big ? even.swap16() : even).toString('utf16le');
  return text.split('\n')[0]!.trim().toLowerCase().replace(PLACE, '');
}

function colourOf(part: Buffer): Colour | null {
  if (part.length < LUT_BYTES) return null;
  const colour: Colour = [part[255]! / 255, part[511]! / 255, part[767]! / 255];
  return colour.some((share) => share > 0) ? colour : null;
}
