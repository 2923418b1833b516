/**
 * JPEG XL by jxl-oxide compiled to WebAssembly (MIT or Apache 2.0, memory-safe Rust), which turns it upright and hands it
 * over as PNG; what that says of its colours is png.ts's.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { crc32, deflateSync } from 'node:zlib';
import { initSync, JxlImage } from 'jxl-oxide-wasm';
import sharp from 'sharp';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import { jxlDepth } from './jxlDepth.ts';
import { findPng, isNarrowAndCoded } from './png.ts';
import type { Route } from './route.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';
import { announcesMore } from './whole.ts';

let isReady = false;

/** Compiles the decoder at the first file: it takes some milliseconds. */
function prepare(): void {
  if (isReady) return;
  const folder = dirname(createRequire(import.meta.url).resolve('jxl-oxide-wasm/package.json'));
  initSync({ module: readFileSync(join(folder, 'jxl_oxide_wasm_bg.wasm')) });
  isReady = true;
}

export async function findJxl(file: string, bytes: Buffer, limits: DecodeLimits): Promise<Route> {
  prepare();
  const image = new JxlImage();
  try {
    image.feedBytes(bytes);
    const ready = image.tryInit();
    const { width, height } = image;
    if (!ready || width === undefined || height === undefined) throw announcesMore(file, bytes.length);
    assertPixels(file, width, height, limits);
    await limits.beforeDecode?.(width * height);
    if (image.numLoadedKeyframes === 0 && !image.loaded) throw announcesMore(file, bytes.length);
    // Forced to sRGB it would give 8 bits of everything; encoding ends the life of what was rendered.
    let png = Buffer.from(image.render(0).encodeToPng());
    if (isNarrowAndCoded(png)) {
      image.forceSrgb = true;
      png = Buffer.from(image.render(0).encodeToPng());
    }
    const bits = jxlDepth(bytes);
    if (bits !== null && bits > 8 && bits < 16 && png[PNG_BITS] === 16) png = await filling(png, bits);
    return withNotes(await findPng(file, png, limits), image);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    // its decoder has no profile by which inks become colours
    if (/unsupported colorspace/i.test(String(error))) throw new ImageError(file, 'unsupported.kind', { kind: 'JPEG XL, CMYK' }); // prettier-ignore
    throw new ImageError(file, 'corrupt');
  } finally {
    image.free();
  }
}

/** Where a PNG says how many bits a value has, and which values a pixel. */
const [PNG_BITS, PNG_COLOUR] = [24, 25];
/** Of those kinds of pixels that are grey: grey alone, and with transparency. */
const [GREY, GREY_ALPHA] = [0, 4];

/**
 * A PNG of 16 bits whose values are of fewer, with values that fill their range: the decoder hands over those of 9 to 15
 * bits as they are and does not say so.
 */
async function filling(png: Buffer, bits: number): Promise<Buffer<ArrayBuffer>> {
  const read = sharp(png, { limitInputPixels: false, ignoreIcc: true }).toColourspace('rgb16').raw({ depth: 'ushort' });
  const { data, info } = await read.toBuffer({ resolveWithObject: true });
  const values = new Uint16Array(data.buffer, data.byteOffset, data.length / 2);
  const colour = png[PNG_COLOUR]!;
  const hasAlpha = info.channels === 4;
  const kept = colour === GREY || colour === GREY_ALPHA ? [0, ...(hasAlpha ? [3] : [])] : [0, 1, 2, ...(hasAlpha ? [3] : [])]; // prettier-ignore
  const scale = 65535 / (2 ** bits - 1);
  const row = 1 + 2 * kept.length * info.width; // behind the number of its filter, none
  const rows = Buffer.alloc(row * info.height);
  for (let y = 0, s = 0; y < info.height; y++)
    for (let x = 0, at = y * row + 1; x < info.width; x++, s += info.channels)
      for (const c of kept) at = rows.writeUInt16BE(Math.min(65535, Math.round(values[s + c]! * scale)), at);
  const chunk = (type: string, content: Buffer) => {
    const out = Buffer.alloc(12 + content.length);
    out.writeUInt32BE(content.length, 0);
    out.write(type, 4, 'latin1');
    content.copy(out, 8);
    out.writeUInt32BE(crc32(out.subarray(4, -4)), out.length - 4);
    return out;
  };
  // all that it says before its pixels stays
  const head = png.subarray(0, png.indexOf('IDAT', 0, 'latin1') - 4);
  return Buffer.concat([head, chunk('IDAT', deflateSync(rows, { level: 1 })), chunk('IEND', Buffer.alloc(0))]);
}

/** Of an animation the first picture is used, which is said. */
function withNotes(route: Route, image: JxlImage): Route {
  const more = image.animated ? image.numLoadedKeyframes - 1 : 0;
  return more > 0 ? { ...route, notes: [...(route.notes ?? []), reason('note.frames', { count: more })] } : route;
}
