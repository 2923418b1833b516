/**
 * One photo at a time through a pool shared by the whole process: thumbnails, what the library wants to know of a
 * photo, and a query's evaluation image. Work on many photos takes a pool of its own.
 */
import { ImagePool } from './pool/pool.ts';
import type { PixelRule } from './rule.ts';
import type { ProbedImage } from './pool/jobs.ts';
import type { ImageSource } from './pool/source.ts';
import { bufferOf } from '../files/buffer.ts';

let shared: ImagePool | undefined;

/** Started at the first use; it does not keep the process alive while idle. */
function pool(): ImagePool {
  shared ??= new ImagePool({ workers: 2 });
  return shared;
}

/** WebP bytes of the upright photo, its longest side at most `size`. Throws ImageError. */
export async function thumbnail(source: ImageSource, size = 256): Promise<Buffer> {
  const { thumbnail: bytes } = await pool().probe(source, size);
  return bufferOf(bytes);
}

/** Size, format, orientation, perceptual hash and thumbnail in one decode. Throws ImageError. */
export function probeImage(source: ImageSource, thumbnailSize = 256): Promise<ProbedImage> {
  return pool().probe(source, thumbnailSize);
}

/** The normalised evaluation image [channels, imageSize, imageSize] of a file, or of bytes dropped or pasted. Throws ImageError. */
export function prepareQuery(source: ImageSource, imageSize: number, rule?: PixelRule): Promise<Float32Array> {
  return pool().query(source, imageSize, undefined, rule);
}

/** Ends the shared pool's processes; the next use starts them again. */
export async function closeSharedPool(): Promise<void> {
  const open = shared;
  shared = undefined;
  await open?.close();
}
