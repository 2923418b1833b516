/** JPEG whose frame is described otherwise than most: its height behind its pixels, or a code that is not read. */
import sharp from 'sharp';
import { SIDE } from '../../../helpers/rasters.ts';
import { rgb } from '../../../helpers/scene.ts';
import { LOSSLESS_JPEG8 } from '../../../helpers/seeds.ts';
import { inGrey, near } from './row.ts';
import type { Row } from './row.ts';

const jpegOfScene = (): Promise<Buffer> =>
  sharp(Buffer.from(rgb), { raw: { width: SIDE, height: SIDE, channels: 3 } })
    .jpeg({ quality: 97, chromaSubsampling: '4:4:4' })
    .toBuffer();

/** The scene with other bytes from where its frame is described on. */
export async function reframed(...bytes: number[]): Promise<Buffer> {
  const jpeg = await jpegOfScene();
  jpeg.set(bytes, jpeg.indexOf('ffc00011', 0, 'hex'));
  return jpeg;
}

const [BITS, LENGTH] = [8, [0, 17]];
const refused = (kind: string, marker: number, says: string, bits = BITS): Row => ({
  kind: `JPEG, ${kind}`,
  file: () => reframed(0xff, marker, ...LENGTH, bits),
  right: { refused: 'unsupported.kind', says },
});

export const jpegRows: readonly Row[] = [
  {
    kind: 'JPEG whose height stands behind its pixels',
    file: async () => {
      const jpeg = await reframed(0xff, 0xc0, ...LENGTH, BITS, 0, 0);
      const lines = Buffer.of(0xff, 0xdc, 0, 4, 0, SIDE);
      return Buffer.concat([jpeg.subarray(0, -2), lines, jpeg.subarray(-2)]);
    },
    right: near(2),
  },
  { kind: 'JPEG, lossless', file: () => LOSSLESS_JPEG8, right: inGrey },
  {
    kind: 'JPEG whose height is said nowhere',
    file: () => reframed(0xff, 0xc0, ...LENGTH, BITS, 0, 0),
    right: { refused: 'corrupt' },
  },
  refused('lossless by arithmetic', 0xcb, 'lossless JPEG, arithmetic'),
  refused('hierarchical', 0xc5, 'hierarchical JPEG'),
  refused('of 12 bits by arithmetic', 0xc9, 'JPEG, 12 bits, arithmetic', 12),
  refused('of 10 bits', 0xc1, 'JPEG, 10 bits', 10),
];
