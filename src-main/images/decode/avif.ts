/**
 * AVIF, whose colours are mostly named by codes, which libvips passes over: Display P3, BT.2020 and PQ are converted
 * here, from all the bits there are. All else is libvips' as it stands.
 */
import sharp from 'sharp';
import type { Sharp } from 'sharp';
import { reason } from '../../../shared/reason.ts';
import { codesOfMedia, convertColours, needsConversion } from './cicp.ts';
import { divideByAlpha, isPremultiplied } from './isoBoxes.ts';
import { picturesLeft } from './isoItems.ts';
import { framesLeft, sequenceOf } from './isoSequence.ts';
import type { Note, Route } from './route.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels, decodeVips } from './vips.ts';
import { wrapAsTiff } from './wrap.ts';

/** Of a sequence the first picture, or the still one beside it, which is said. */
export async function findAvif(file: string, original: Buffer, limits: DecodeLimits): Promise<Route> {
  const sequence = sequenceOf(original);
  const bytes = sequence?.bytes ?? original;
  const notes = sequence ? framesLeft(sequence) : picturesLeft(bytes);
  const asItIs: Route = { by: 'vips', bytes, notes };
  const codes = codesOfMedia(bytes);
  if (isPremultiplied(bytes)) return (await divided(file, bytes, limits, notes).catch(() => null)) ?? asItIs;
  if (!codes || !needsConversion(codes) || bytes.subarray(0, 1 << 20).includes('colrprof')) return asItIs;
  try {
    const options = { limitInputPixels: false, failOn: 'error' as const, page: 0, pages: 1 };
    const header = await sharp(bytes, options).metadata();
    assertPixels(file, header.width, header.height, limits);
    await limits.beforeDecode?.(header.width * header.height);
    const most = header.bitsPerSample && header.bitsPerSample > 8 ? 65536 - (1 << (16 - header.bitsPerSample)) : 65535;
    const upright = () => sharp(bytes, { ...options, ignoreIcc: true, autoOrient: true });
    const valuesOf = async (opaque: Sharp) => {
      const read = opaque.toColourspace('rgb16').raw({ depth: 'ushort' });
      const { data, info } = await read.toBuffer({ resolveWithObject: true });
      const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
      return { values: values.map((value) => Math.min(value, most)), info };
    };
    const isWhite = ({ values }: { values: Uint16Array }) => values.every((value) => value === most);
    let shown = await valuesOf(upright().flatten({ background: '#fff' }));
    // as in vips.ts: of what is transparent everywhere there would be nothing left
    const isClear = header.hasAlpha && isWhite(shown);
    if (isClear) shown = await valuesOf(upright().removeAlpha());
    if (isClear && !isWhite(shown)) notes.push(reason('note.transparent'));
    const { values, info } = shown;
    const pixels = convertColours(values, info.channels, most, codes);
    return { by: 'pixels', notes, pixels: { width: info.width, height: info.height, data: pixels } };
  } catch {
    return asItIs; // which says what is wrong with it
  }
}

/** One whose colours were multiplied by their transparency, which libvips does not ask for. Throws ImageError. */
async function divided(file: string, bytes: Buffer, limits: DecodeLimits, notes: Note[]): Promise<Route | null> {
  const header = await sharp(bytes, { limitInputPixels: false }).metadata();
  assertPixels(file, header.width, header.height, limits);
  if (!header.hasAlpha) return null;
  await limits.beforeDecode?.(header.width * header.height);
  const read = sharp(bytes, { limitInputPixels: false, failOn: 'error', ignoreIcc: true, autoOrient: true });
  const { data, info } = await read.toColourspace('srgb').raw().toBuffer({ resolveWithObject: true });
  if (info.channels !== 4 || data.every((level, i) => i % 4 < 3 || level === 0)) return null;
  divideByAlpha(data);
  const wrapped = wrapAsTiff(data, info.width, info.height, 4, header.icc);
  const upright = await decodeVips(file, wrapped, limits);
  return { by: 'pixels', notes, pixels: upright };
}
