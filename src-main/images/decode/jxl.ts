/**
 * JPEG XL by jxl-oxide compiled to WebAssembly (MIT or Apache 2.0, memory-safe Rust), which turns it upright and hands it
 * over as PNG; what that says of its colours is png.ts's.
 */
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { initSync, JxlImage } from 'jxl-oxide-wasm';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
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
    return withNotes(await findPng(file, png, limits), image);
  } catch (error) {
    if (error instanceof ImageError) throw error;
    throw new ImageError(file, 'corrupt');
  } finally {
    image.free();
  }
}

/** Of an animation the first picture is used, which is said. */
function withNotes(route: Route, image: JxlImage): Route {
  const more = image.animated ? image.numLoadedKeyframes - 1 : 0;
  return more > 0 ? { ...route, notes: [...(route.notes ?? []), reason('note.frames', { count: more })] } : route;
}
