/**
 * The page of a TIFF that says how opaque another is (a transparency mask, as GDAL writes it beside JPEG), for pictures that
 * libvips reads, which passes over it. Of values what it leaves out was not measured: tiffSamples.ts.
 */
import type { Rect } from '../../../shared/parts.ts';
import type { Mask } from './masked.ts';
import type { TiffDirectory } from './tiff.ts';
import { isMask, pageOf } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';
import type { TiffValues } from './tiffSamples.ts';
import { shrunk } from './tiffShrunk.ts';
import { sizeOf } from './types.ts';

type Masked = Pick<TiffPage, 'mask'>;
/** What reads a mask where it is wanted; nothing for a page without one. */
type Found = { mask?: () => Promise<Mask> };

/** The mask of a page or of a window of it. */
export function maskOf(values: TiffValues, { mask }: Masked, window?: Rect): Found {
  if (!mask) return {};
  const read = async () => ({
    ...sizeOf(window ?? mask),
    data: (await values.read(mask, [0], window))[0] as Uint8Array,
  });
  return { mask: read };
}

/** The same of a whole page, its longest side at least `longest` where it has so many, from the smallest copy that serves. */
export function smallMaskOf(
  values: TiffValues,
  directories: readonly TiffDirectory[],
  { mask }: Masked,
  longest: number,
): Found {
  if (!mask) return {};
  const isCopy = ({ width, height }: TiffPage) =>
    Math.max(width, height) >= longest && Math.abs(width / height / (mask.width / mask.height) - 1) < SAME_SHAPE;
  const copies = directories.filter(isMask).map((directory) => pageOf(directory));
  const from = copies.filter(isCopy).sort((a, b) => a.width - b.width)[0] ?? mask;
  const factor = Math.max(1, Math.floor(Math.max(from.width, from.height) / longest));
  const size = { width: Math.ceil(from.width / factor), height: Math.ceil(from.height / factor) };
  const page = { ...from, bits: 8 }; // as many as what is read of each pixel
  const read = async () => {
    const [data] = await shrunk(page, factor, size, 1, (window, kept) => values.read(from, [0], window, kept));
    return { ...size, data: data as Uint8Array };
  };
  return { mask: read };
}
const SAME_SHAPE = 0.02;
