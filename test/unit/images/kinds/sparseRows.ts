/** TIFFs of which strips or tiles were left out, as GDAL does with what is empty; of the scene of rasters.ts. */
import { deflateSync } from 'node:zlib';
import sharp from 'sharp';
import { encode, NONE, SIDE, tiff, values } from '../../../helpers/rasters.ts';
import type { Page } from '../../../helpers/rasters.ts';
import { grey, rgb } from '../../../helpers/scene.ts';
import { near, threefold } from './row.ts';
import type { Right, Row } from './row.ts';

const [JPEG, DEFLATE, RGB, YCBCR] = [7, 8, 2, 6];
const HALF = SIDE / 2;
const isAbove = (place: number) => place < HALF * SIDE;
const upper = <T>(levels: readonly T[], each: number): T[] => levels.slice(0, HALF * SIDE * each);

/** The upper half alone, the other strip left out. */
const halved = (kind: string, page: Partial<Page>, strip: Buffer, right: Right): Row => ({
  kind: `a left out strip, ${kind}`,
  file: () => tiff({ rows: HALF, pieces: [strip, NONE], pixels: NONE, ...page }),
  right,
});
const blackBelow = (levels: readonly number[], each: number) =>
  levels.map((level, i) => (isAbove(Math.floor(i / each)) ? level : 0));

const TILE = 32;
/** Tiles of JPEG, the last of them left out. */
async function jpegTiles(): Promise<Buffer> {
  const tiles = [0, 1, 2].map((tile) => {
    const [left, top] = [(tile % 2) * TILE, Math.floor(tile / 2) * TILE];
    const pixels = Array.from({ length: TILE * TILE }, (_, i) => {
      const [x, y] = [Math.min(SIDE - 1, left + (i % TILE)), Math.min(SIDE - 1, top + Math.floor(i / TILE))];
      return rgb.slice(3 * (y * SIDE + x), 3 * (y * SIDE + x) + 3);
    });
    return sharp(Buffer.from(pixels.flat()), { raw: { width: TILE, height: TILE, channels: 3 } })
      .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
      .toBuffer();
  });
  const pieces = [...(await Promise.all(tiles)), NONE];
  return tiff({ samples: 3, photometric: YCBCR, subsampling: [1, 1], compression: JPEG, tile: TILE, pieces, pixels: NONE }); // prettier-ignore
}

export const sparseRows: readonly Row[] = [
  halved('grey', {}, Buffer.from(upper(grey, 1)), near(0, threefold(blackBelow(grey, 1)))),
  halved('colours', { samples: 3, photometric: RGB }, Buffer.from(upper(rgb, 3)), near(0, blackBelow(rgb, 3))),
  halved('deflated', { samples: 3, photometric: RGB, compression: DEFLATE }, deflateSync(Buffer.from(upper(rgb, 3))), near(0, blackBelow(rgb, 3))), // prettier-ignore
  halved('photo of 16 bits', { type: 'u16' }, encode(upper(values(0, 65535), 1), 'u16'), { stretched: grey, valid: isAbove, rest: 0 }), // prettier-ignore
  halved('measured values, and a number for none that these are not', { type: 'u16', nodata: '-9999' }, encode(upper(values(500, 4000), 1), 'u16'), { stretched: grey, valid: isAbove, rest: 0 }), // prettier-ignore
  {
    kind: 'a left out tile of JPEG',
    file: jpegTiles,
    right: near(2, rgb.map((level, i) => (Math.floor(i / 3) % SIDE >= TILE && Math.floor(i / 3 / SIDE) >= TILE ? 0 : level))), // prettier-ignore
  },
];
