/** PNGs chunk by chunk, in forms that few programs write. */
import { crc32, deflateSync } from 'node:zlib';

export type Chunk = [type: string, content: Buffer];

export const PALETTE = 3;

export interface PngForm {
  width: number;
  height: number;
  bits: 1 | 2 | 4 | 8 | 16;
  /** 0 grey, 2 red, green and blue, 3 a palette. */
  colour: 0 | 2 | typeof PALETTE | 6;
  /** Rows as they are stored, each beginning at a byte. */
  pixels: Buffer;
  /** Chunks before the pixels. */
  before?: readonly Chunk[];
  /** Chunks behind them. */
  after?: readonly Chunk[];
}

function chunk([type, content]: Chunk): Buffer {
  const out = Buffer.alloc(12 + content.length);
  out.writeUInt32BE(content.length, 0);
  out.write(type, 4, 'latin1');
  content.copy(out, 8);
  out.writeUInt32BE(crc32(out.subarray(4, 8 + content.length)), 8 + content.length);
  return out;
}

/** Rows behind the number of their filter, none, packed. */
function packedRows(pixels: Buffer, height: number): Buffer {
  const stride = pixels.length / height;
  return deflateSync(
    Buffer.concat(
      Array.from({ length: height }, (_, y) =>
        Buffer.concat([Buffer.alloc(1), pixels.subarray(y * stride, (y + 1) * stride)]),
      ),
    ),
  );
}

export function pngOf({ width, height, bits, colour, pixels, before = [], after = [] }: PngForm): Buffer {
  const header = Buffer.alloc(13);
  header.writeUInt32BE(width, 0);
  header.writeUInt32BE(height, 4);
  header.set([bits, colour], 8);
  const chunks: Chunk[] = [
    ['IHDR', header],
    ...before,
    ['IDAT', packedRows(pixels, height)],
    ...after,
    ['IEND', Buffer.alloc(0)],
  ];
  return Buffer.concat([Buffer.from('\x89PNG\r\n\x1a\n', 'latin1'), ...chunks.map(chunk)]);
}

/** An animation of two pictures (APNG), of which the first is the file's own. */
export function apng(form: Omit<PngForm, 'before' | 'after'>, second: Buffer): Buffer {
  const word = (value: number) => Buffer.of(value >>> 24, (value >> 16) & 255, (value >> 8) & 255, value & 255);
  const frame = (place: number): Chunk => [
    'fcTL',
    Buffer.concat([...[place, form.width, form.height, 0, 0].map(word), Buffer.of(0, 1, 0, 10, 0, 0)]),
  ];
  const before: Chunk[] = [['acTL', Buffer.concat([2, 0].map(word))], frame(0)];
  const after: Chunk[] = [frame(1), ['fdAT', Buffer.concat([word(2), packedRows(second, form.height)])]];
  return pngOf({ ...form, before, after });
}
