/**
 * Backbone features of many photos, batch by batch, from their evaluation images in the cache. It leaves writing them
 * to its caller, so that an embedding never has to be in memory as a whole.
 */
import { ENCODED_AT_ONCE } from '../engine/index.ts';
import type { Encoder } from '../engine/index.ts';
import type { ImageCache } from '../images/index.ts';

export interface EmbedOptions {
  batch?: number;
  signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/**
 * Yields features [count, D] of `ids` in their order, not normalised, of at most `batch` photos at a time. Their copies in
 * the cache are made again where they are damaged.
 * @throws ShapeError when the cache holds another size of photos than the encoder takes; the reason of an aborted `signal`
 */
export async function* embedPhotos(
  encoder: Pick<Encoder, 'embed'>,
  cache: ImageCache,
  ids: readonly string[],
  { batch = ENCODED_AT_ONCE, signal, onProgress }: EmbedOptions = {},
): AsyncGenerator<Float32Array> {
  for (let at = 0; at < ids.length; at += batch) {
    signal?.throwIfAborted();
    const some = ids.slice(at, at + batch);
    const { features } = await encoder.embed(await cache.healed(() => cache.evaluation(some)), some.length);
    yield features;
    onProgress?.(at + some.length, ids.length);
  }
}
