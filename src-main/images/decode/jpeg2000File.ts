/** A JPEG 2000 as a file: 8 bits are colours, more are values. */
import { reason } from '../../../shared/reason.ts';
import { formatBytes, ImageError } from '../errors.ts';
import type { PixelRule } from '../rule.ts';
import { CMYK, readJp2, sizeOf } from './jp2.ts';
import { decodeJpeg2000, UnreadForm } from './jpeg2000.ts';
import type { Jpeg2000Image } from './jpeg2000.ts';
import type { Note, Route } from './route.ts';
import type { Values } from './samples.ts';
import { bandsOf } from './tiffBands.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';

const MOST_BYTES = 1.5e9;

export async function findJpeg2000(file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule): Promise<Route> {
  let image: Jpeg2000Image;
  let bands: number[];
  let count: number;
  const head = readJp2(bytes);
  const asBands = typeof rule.channels === 'number' || rule.bands !== '';
  try {
    const size = sizeOf(bytes);
    count = head.palette ?? (head.colours === CMYK ? 3 : size.components.length);
    const beside = head.alpha !== null && head.alpha < count && !asBands ? head.alpha : null;
    bands = bandsOf(rule, count, [], count >= 3);
    if (count === 2 && beside === 0) bands = [1];
    if (beside !== null) bands = [...bands.filter((band) => band !== beside), beside];
    image = await decodeJpeg2000(
      bytes,
      MOST_BYTES,
      async ({ width, height }) => {
        assertPixels(file, width, height, limits);
        await limits.beforeDecode?.(width * height);
      },
      bands,
    );
    if (image.componentCount === count) image = { ...image, ...pick(image, bands) };
    if (beside !== null) bands = bands.slice(0, -1);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    if (error instanceof UnreadForm) throw new ImageError(file, 'unsupported.jpeg2000', { form: error.form });
    throw endsEarly(bytes)
      ? new ImageError(file, 'truncated.bytes', { bytes: formatBytes(bytes.length) })
      : new ImageError(file, 'corrupt');
  }
  const { width, height, componentCount, bitsPerSample } = image;
  const notes: Note[] = [];
  const alpha = componentCount > bands.length ? component(image, componentCount - 1) : undefined;
  if (count > bands.length + (alpha ? 1 : 0))
    notes.push(reason('note.bands', { count, shown: bands.map((band) => band + 1).join(', ') }));
  return {
    by: 'values',
    samples: {
      width,
      height,
      bands: bands.map((_, i) => component(image, i)),
      of: { count, chosen: bands },
      channels: false,
      inverted: false,
      nodata: null,
      ...(bitsPerSample > 8 && !image.isSigned && { white: 2 ** bitsPerSample - 1 }),
      ...(alpha && { alpha }),
    },
    profile: head.profile,
    notes,
  };
}

/** The chosen ones of all components. */
function pick(image: Jpeg2000Image, bands: readonly number[]): Pick<Jpeg2000Image, 'data' | 'componentCount'> {
  const { data, componentCount: count, bitsPerSample } = image;
  if (bands.length === count && bands.every((band, i) => band === i)) return { data, componentCount: count };
  const size = bitsPerSample > 8 ? 2 : 1;
  const pixels = data.length / size / count;
  const out = new Uint8Array(pixels * bands.length * size);
  for (let i = 0; i < pixels; i++)
    bands.forEach((band, b) => {
      const from = (i * count + band) * size;
      out.set(data.subarray(from, from + size), (i * bands.length + b) * size);
    });
  return { data: out, componentCount: bands.length };
}

/** One component [height, width] out of the interleaved ones; fewer than 8 bits as levels of 8. */
function component(
  { data, width, height, componentCount, bitsPerSample, isSigned }: Jpeg2000Image,
  of: number,
): Values {
  const wide = bitsPerSample > 8;
  const Type = wide ? (isSigned ? Int16Array : Uint16Array) : isSigned ? Int8Array : Uint8Array;
  const all: Values = new Type(data.buffer as ArrayBuffer, data.byteOffset, data.length / (wide ? 2 : 1));
  const out: Values = new Type(width * height);
  for (let i = 0, s = of; i < out.length; i++, s += componentCount) out[i] = all[s]!;
  const most = 2 ** bitsPerSample - 1;
  return most < 255 && !isSigned ? out.map((value) => Math.round((value * 255) / most)) : out;
}

/** Whether the codestream's end marker is missing from the last 64 bytes. */
const endsEarly = (bytes: Buffer): boolean => !bytes.subarray(-64).includes('ffd9', 0, 'hex');
