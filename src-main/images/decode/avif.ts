/**
 * AVIF, whose colours are mostly named by codes, which libvips passes over: Display P3, BT.2020 and PQ are converted
 * here, from all the bits there are. All else is libvips' as it stands.
 */
import sharp from 'sharp';
import { codesOfMedia, convertColours, needsConversion } from './cicp.ts';
import { framesLeft, sequenceOf } from './isoSequence.ts';
import type { Route } from './route.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';

/** Of a sequence the first picture, or the still one beside it, which is said. */
export async function findAvif(file: string, original: Buffer, limits: DecodeLimits): Promise<Route> {
  const sequence = sequenceOf(original);
  const bytes = sequence?.bytes ?? original;
  const notes = framesLeft(sequence);
  const asItIs: Route = { by: 'vips', bytes, notes };
  const codes = codesOfMedia(bytes);
  if (!codes || !needsConversion(codes) || bytes.subarray(0, 1 << 20).includes('colrprof')) return asItIs;
  try {
    const options = { limitInputPixels: false, failOn: 'error' as const, page: 0, pages: 1 };
    const header = await sharp(bytes, options).metadata();
    assertPixels(file, header.width, header.height, limits);
    await limits.beforeDecode?.(header.width * header.height);
    const { data, info } = await sharp(bytes, { ...options, ignoreIcc: true, autoOrient: true })
      .flatten({ background: '#fff' })
      .toColourspace('rgb16')
      .raw({ depth: 'ushort' })
      .toBuffer({ resolveWithObject: true });
    const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
    const most = header.bitsPerSample && header.bitsPerSample > 8 ? 65536 - (1 << (16 - header.bitsPerSample)) : 65535;
    const clipped = values.map((value) => Math.min(value, most));
    const pixels = convertColours(clipped, info.channels, most, codes);
    return { by: 'pixels', notes, pixels: { width: info.width, height: info.height, data: pixels } };
  } catch {
    return asItIs; // which says what is wrong with it
  }
}
