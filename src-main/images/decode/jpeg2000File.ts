/** A JPEG 2000 as a file: 8 bits are colours, more are values. */
import { reason } from '../../../shared/reason.ts';
import { formatBytes, ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { decodeJpeg2000 } from './jpeg2000.ts';
import type { Jpeg2000Image } from './jpeg2000.ts';
import type { Note, Route } from './route.ts';
import type { Values } from './samples.ts';
import { bandsOf } from './tiffPages.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';

const MOST_BYTES = 1.5e9;

export async function findJpeg2000(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Promise<Route> {
  let image: Jpeg2000Image;
  try {
    image = await decodeJpeg2000(bytes, MOST_BYTES, async ({ width, height }) => {
      assertPixels(file, width, height, limits);
      await limits.beforeDecode?.(width * height);
    });
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw endsEarly(bytes)
      ? new ImageError(file, 'truncated.bytes', { bytes: formatBytes(bytes.length) })
      : new ImageError(file, 'corrupt');
  }
  const { width, height, componentCount: count } = image;
  const bands = bandsOf(rule, count, [], count >= 3);
  const notes: Note[] = [];
  if (count > 4 || count === 2)
    notes.push(reason('note.bands', { count, shown: bands.map((band) => band + 1).join(', ') }));
  return {
    by: 'values',
    samples: {
      width,
      height,
      bands: bands.map((band) => component(image, band)),
      of: { count, chosen: bands },
      channels: false,
      inverted: false,
      nodata: null,
    },
    profile: profileOf(bytes),
    notes,
  };
}

/** One component [height, width] out of the interleaved ones. */
function component(
  { data, width, height, componentCount, bitsPerSample, isSigned }: Jpeg2000Image,
  of: number,
): Values {
  const wide = bitsPerSample > 8;
  const all = !wide
    ? isSigned
      ? new Int8Array(data.buffer, data.byteOffset, data.length)
      : data
    : isSigned
      ? new Int16Array(data.buffer, data.byteOffset, data.length >> 1)
      : new Uint16Array(data.buffer, data.byteOffset, data.length >> 1);
  const out = new (all.constructor as Uint16ArrayConstructor)(width * height) as Values;
  for (let i = 0, s = of; i < out.length; i++, s += componentCount) out[i] = all[s]!;
  return out;
}

/** Whether the codestream's end marker is missing from the last 64 bytes. */
const endsEarly = (bytes: Buffer): boolean => !bytes.subarray(-64).includes('ffd9', 0, 'hex');

/** The ICC profile of the colour box, or null where it holds none. */
function profileOf(bytes: Buffer): Uint8Array | null {
  const at = bytes.subarray(0, 1 << 16).indexOf('colr');
  if (at < 4 || bytes[at + 4] !== 2) return null;
  return bytes.subarray(at + 7, at - 4 + bytes.readUInt32BE(at - 4));
}
