/**
 * Backbone features of many photos, batch by batch, from their evaluation images in the cache. It leaves writing them
 * to its caller, so that an embedding never has to be in memory as a whole.
 */
import type { Encoder } from '../engine/index.ts';
import type { ImageCache } from '../images/index.ts';

export interface EmbedOptions {
  batch?: number;
  signal?: AbortSignal;
  onProgress?(done: number, total: number): void;
}

/** Yields features [count, D] of `ids` in their order, not normalised. */
export async function* embedPhotos(
  encoder: Pick<Encoder, 'embed'>,
  cache: ImageCache,
  ids: readonly string[],
  { batch = 64, signal, onProgress }: EmbedOptions = {},
): AsyncGenerator<Float32Array> {
  for (let at = 0; at < ids.length; at += batch) {
    signal?.throwIfAborted();
    const some = ids.slice(at, at + batch);
    const { features } = await encoder.embed(await cache.healed(() => cache.evaluation(some)), some.length);
    yield features;
    onProgress?.(at + some.length, ids.length);
  }
}
