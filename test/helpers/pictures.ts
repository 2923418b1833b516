/**
 * Small pictures for tests, drawn and encoded in code: four coloured quarters, so that every rotation and mirroring
 * can be told from every other.
 */
import { readFileSync } from 'node:fs';
import sharp from 'sharp';
import type { Sharp } from 'sharp';

export const WIDTH = 96;
export const HEIGHT = 64;
/** Top left, top right, bottom left, bottom right. */
export const QUARTERS = [
  [220, 40, 40],
  [40, 200, 60],
  [40, 60, 220],
  [240, 240, 240],
] as const;

/** The picture's pixels, [HEIGHT, WIDTH, 3]. */
export function patternPixels(width = WIDTH, height = HEIGHT): Buffer {
  const pixels = Buffer.alloc(width * height * 3);
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++)
      pixels.set(QUARTERS[(y >= height / 2 ? 2 : 0) + (x >= width / 2 ? 1 : 0)]!, (y * width + x) * 3);
  }
  return pixels;
}

export function pattern(width = WIDTH, height = HEIGHT): Sharp {
  return sharp(patternPixels(width, height), { raw: { width, height, channels: 3 } });
}

/** A photo-like texture: gradients with noise, different for each seed. */
export function texture(seed: number, width = 160, height = 120): Sharp {
  const pixels = Buffer.alloc(width * height * 3);
  let state = (seed * 2654435761 + 1) >>> 0;
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      for (let c = 0; c < 3; c++) {
        state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
        const wave =
          60 * Math.sin((x * (1 + (seed % 5)) + c * 20) / 17) + 50 * Math.cos((y * (1 + (seed % 3))) / 13 + seed);
        pixels[(y * width + x) * 3 + c] = Math.max(0, Math.min(255, 128 + wave + (state >>> 28)));
      }
    }
  }
  return sharp(pixels, { raw: { width, height, channels: 3 } });
}

/** The colours at the middle of the four quarters of a decoded picture. */
export function quartersOf(image: { width: number; height: number; data: Uint8Array }): number[][] {
  const at = (x: number, y: number): number[] => {
    const i = (Math.floor(y) * image.width + Math.floor(x)) * 3;
    return [...image.data.subarray(i, i + 3)];
  };
  const { width, height } = image;
  return [
    at(width / 4, height / 4),
    at((3 * width) / 4, height / 4),
    at(width / 4, (3 * height) / 4),
    at((3 * width) / 4, (3 * height) / 4),
  ];
}

/** The picture stored so that a viewer who applies `orientation` (1 to 8) sees it upright. */
export async function orientedJpeg(orientation: number, width = WIDTH, height = HEIGHT): Promise<Buffer> {
  const stored = await storedFor(orientation, width, height);
  return await stored.withMetadata({ orientation }).jpeg({ quality: 95, chromaSubsampling: '4:4:4' }).toBuffer();
}

/** Undoes `orientation` on the pixels: written out pixel by pixel, independent of any library's rotation. */
export async function storedFor(orientation: number, width = WIDTH, height = HEIGHT): Promise<Sharp> {
  const upright = patternPixels(width, height);
  const turned = orientation >= 5;
  const storedWidth = turned ? height : width;
  const storedHeight = turned ? width : height;
  const stored = Buffer.alloc(upright.length);
  for (let y = 0; y < storedHeight; y++) {
    for (let x = 0; x < storedWidth; x++) {
      // Where the stored pixel (x, y) is seen: the EXIF specification's table of row 0 and column 0.
      const [seenX, seenY] = {
        1: [x, y],
        2: [width - 1 - x, y],
        3: [width - 1 - x, height - 1 - y],
        4: [x, height - 1 - y],
        5: [y, x],
        6: [width - 1 - y, x],
        7: [width - 1 - y, height - 1 - x],
        8: [y, height - 1 - x],
      }[orientation] as [number, number];
      stored.set(
        upright.subarray((seenY * width + seenX) * 3, (seenY * width + seenX) * 3 + 3),
        (y * storedWidth + x) * 3,
      );
    }
  }
  return sharp(stored, { raw: { width: storedWidth, height: storedHeight, channels: 3 } });
}

/** A bitmap with a BITMAPINFOHEADER and a gap before its pixels. */
export function bmp(
  bits: 1 | 4 | 8 | 16 | 24 | 32,
  options: { topDown?: boolean; width?: number; height?: number; gap?: number } = {},
): Buffer {
  const { topDown = false, width = WIDTH, height = HEIGHT, gap = 6 } = options;
  const palette = bits <= 8 ? Array.from({ length: 1 << bits }, (_, i) => QUARTERS[i % 4]!) : [];
  const stride = Math.ceil((width * bits) / 32) * 4;
  const start = 54 + palette.length * 4 + gap;
  const out = Buffer.alloc(start + stride * height);
  out.write('BM', 0, 'latin1');
  out.writeUInt32LE(out.length, 2);
  out.writeUInt32LE(start, 10);
  out.writeUInt32LE(40, 14);
  out.writeInt32LE(width, 18);
  out.writeInt32LE(topDown ? -height : height, 22);
  out.writeUInt16LE(1, 26);
  out.writeUInt16LE(bits, 28);
  palette.forEach(([r, g, b], i) => out.set([b, g, r, 0], 54 + 4 * i));
  for (let y = 0; y < height; y++) {
    const row = start + (topDown ? y : height - 1 - y) * stride;
    for (let x = 0; x < width; x++) {
      const index = (y >= height / 2 ? 2 : 0) + (x >= width / 2 ? 1 : 0);
      const [r, g, b] = QUARTERS[index]!;
      if (bits === 32) out.set([b, g, r, 0], row + 4 * x);
      else if (bits === 24) out.set([b, g, r], row + 3 * x);
      else if (bits === 16) out.writeUInt16LE(((r >> 3) << 10) | ((g >> 3) << 5) | (b >> 3), row + 2 * x);
      else {
        const perByte = 8 / bits;
        out[row + Math.floor(x / perByte)]! |= (index & ((1 << bits) - 1)) << (8 - bits - (x % perByte) * bits);
      }
    }
  }
  return out;
}

/** The picture as a bitmap of 32 bits whose header has a mask for transparency (BITMAPV4HEADER). */
export function bmpWithAlpha(alphaAt: (x: number) => number): Buffer {
  const plain = bmp(32, { gap: 0 });
  const head = Buffer.alloc(14 + 108);
  plain.copy(head, 0, 0, 54);
  head.writeUInt32LE(head.length, 10);
  head.writeUInt32LE(108, 14);
  head.writeUInt32LE(3, 30); // bit fields: red, green, blue and transparency
  [0xff0000, 0xff00, 0xff, 0xff000000].forEach((mask, i) => head.writeUInt32LE(mask, 54 + 4 * i));
  const pixels = Buffer.from(plain.subarray(54));
  for (let i = 0; i < pixels.length / 4; i++) pixels[4 * i + 3] = alphaAt(i % WIDTH);
  return Buffer.concat([head, pixels]);
}

/** The picture as an RLE8 bitmap. */
export function bmpRle8(width = WIDTH, height = HEIGHT): Buffer {
  const head = bmp(8, { width, height, gap: 0 }).subarray(0, 54 + 1024);
  const out = [head];
  for (let y = height - 1; y >= 0; y--) {
    const low = y >= height / 2 ? 2 : 0;
    out.push(
      Buffer.from([
        width / 2,
        low,
        0,
        width / 2,
        ...new Array<number>(width / 2).fill(low + 1),
        ...((width / 2) % 2 ? [0] : []),
        0,
        0,
      ]),
    );
  }
  out.push(Buffer.from([0, 1]));
  const bytes = Buffer.concat(out);
  bytes.writeUInt32LE(1, 30);
  return bytes;
}

type Tag = [tag: number, type: 1 | 3 | 4, value: number];

/** One TIFF directory; offsets are relative to the structure's own start. */
function tiffHeader(tags: Tag[], magic = 'II*\0', at = 8): Buffer {
  const out = Buffer.alloc(at + 2 + tags.length * 12 + 4);
  out.write(magic, 0, 'latin1');
  out.writeUInt32LE(at, 4);
  out.writeUInt16LE(tags.length, at);
  tags.forEach(([tag, type, value], i) => {
    out.writeUInt16LE(tag, at + 2 + i * 12);
    out.writeUInt16LE(type, at + 4 + i * 12);
    out.writeUInt32LE(1, at + 6 + i * 12);
    if (type === 3) out.writeUInt16LE(value, at + 10 + i * 12);
    else out.writeUInt32LE(value, at + 10 + i * 12);
  });
  return out;
}

export type RawKind = 'cr2' | 'nef' | 'dng' | 'orf' | 'rw2' | 'raf' | 'cr3';

/**
 * A file laid out as a camera's RAW: header, a small thumbnail, sensor data (noise), and a large JPEG preview of the
 * picture stored for `orientation`; `own` is what the preview's EXIF says of it.
 */
export async function rawFile(kind: RawKind, orientation = 1, own?: number): Promise<Buffer> {
  const width = 320;
  const height = 200;
  const stored = await storedFor(orientation, width, height);
  const large = stored.clone().jpeg({ quality: 95, chromaSubsampling: '4:4:4' });
  const preview = await (
    kind === 'raf'
      ? large.withMetadata({ orientation: own ?? orientation })
      : own
        ? large.withMetadata({ orientation: own })
        : large
  ).toBuffer();
  const thumbnail = await pattern(80, 60).negate().jpeg().toBuffer();
  const sensor = Buffer.from(Uint8Array.from({ length: 20_000 }, (_, i) => (Math.imul(i, 2654435761) >>> 13) & 0x7f));
  // Sensor data of CR2 and DNG is lossless JPEG: larger than the preview, and no picture.
  const lossless = Buffer.from([0xff, 0xd8, 0xff, 0xc3, 0, 14, 14, 0x20, 0, 0x20, 0, 2, 1, 0x11, 0, 2, 0x11, 0]);
  const cfa: Tag = [0x0106, 3, 32803];
  const turned: Tag = [0x0112, 3, orientation];
  const parts = {
    cr2: () => [tiffHeader([turned], 'II*\0', 16)],
    nef: () => [tiffHeader([cfa, turned])],
    dng: () => [tiffHeader([turned, [0xc612, 1, 1]])],
    orf: () => [tiffHeader([turned], 'IIRO')],
    rw2: () => [tiffHeader([turned], 'IIU\0')],
    raf: () => [Buffer.from('FUJIFILMCCD-RAW 0201FF393103'.padEnd(120, '\0'), 'latin1')],
    cr3: () => {
      const inner = tiffHeader([turned]);
      const box = Buffer.alloc(8);
      box.writeUInt32BE(inner.length + 8, 0);
      box.write('CMT1', 4, 'latin1');
      return [Buffer.from('\0\0\0\x18ftypcrx \0\0\0\x01crx isom', 'latin1'), box, inner];
    },
  } satisfies Record<RawKind, () => Buffer[]>;
  const header = Buffer.concat(parts[kind]());
  if (kind === 'cr2') header.write('CR\x02\0', 8, 'latin1');
  return Buffer.concat([header, thumbnail, lossless, sensor, preview, sensor]);
}

/** A JPEG of 48 x 400 pixels with a restart marker every 32 rows, which sharp does not write. */
export const restartJpeg = (): Buffer => readFileSync(new URL('../unit/images/fixtures/restarts.jpg', import.meta.url));
