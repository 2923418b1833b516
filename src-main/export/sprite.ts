/**
 * The photos as one picture, row by row in the order of the table: the Embedding Projector draws a point as its square
 * of it. The projector takes at most 8192 x 8192 pixels, so the more photos, the smaller each.
 */
import sharp from 'sharp';
import { writeFileAtomic } from '../files/index.ts';
import { exactly, largestDifference } from './report.ts';
import type { Pictures } from './table.ts';

const MOST_SIDE = 8192;
/** Side of one photo in pixels: larger shows nothing more at the size of a point, smaller shows nothing. */
const PHOTO = { most: 64, least: 8 };

/** Side of one photo in pixels, and photos in a row; null where there are too many to be seen, or none. */
export function spriteLayout(n: number, size: number): { side: number; columns: number } | null {
  const columns = Math.ceil(Math.sqrt(n));
  const side = Math.min(PHOTO.most, size, Math.floor(MOST_SIDE / columns));
  return n > 0 && side >= PHOTO.least ? { side, columns } : null;
}

/** Mean colours of the part of a picture [size, size, 3] that falls on each of side x side pixels. */
function shrink(
  picture: Uint8Array,
  size: number,
  side: number,
  put: (x: number, y: number, c: number, v: number) => void,
) {
  const from = (i: number) => Math.floor((i * size) / side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++)
      for (let c = 0; c < 3; c++) {
        let sum = 0;
        for (let v = from(y); v < from(y + 1); v++)
          for (let u = from(x); u < from(x + 1); u++) sum += picture[(v * size + u) * 3 + c]!;
        put(x, y, c, Math.round(sum / ((from(y + 1) - from(y)) * (from(x + 1) - from(x)))));
      }
}

/** Writes the PNG and reads it back. Gives the side of one photo in it. @throws FileError write-failed, ExportError verify-failed */
export async function writeSprite(
  path: string,
  file: string,
  n: number,
  { size, of }: Pictures,
): Promise<{ side: number; verified: ReturnType<typeof exactly> } | null> {
  const layout = spriteLayout(n, size);
  if (!layout) return null;
  const { side, columns } = layout;
  const width = columns * side;
  const height = Math.ceil(n / columns) * side;
  const pixels = new Uint8Array(width * height * 3);
  for (let i = 0; i < n; i++) {
    const [left, top] = [(i % columns) * side, Math.floor(i / columns) * side];
    shrink(await of(i), size, side, (x, y, c, value) => (pixels[((top + y) * width + left + x) * 3 + c] = value));
  }
  const raw = { width, height, channels: 3 as const };
  await writeFileAtomic(path, await sharp(pixels, { raw, limitInputPixels: false }).png().toBuffer());
  const found = await sharp(path, { limitInputPixels: false }).removeAlpha().raw().toBuffer();
  return { side, verified: exactly(file, largestDifference(found, pixels), 'libvips') };
}
