/**
 * A worker thread of the view loader: draws chunks of batches from the queue and writes their views into the
 * batch's slot. Everything it computes is a function of (seed, epoch, image id, view), so it does not matter which
 * worker does what. It never returns; the loader terminates it.
 */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import type { AugmentConfig } from '../../shared/config.ts';
import { inputShape } from '../../shared/input.ts';
import { VIEW_PARAMETERS } from '../../shared/viewParameters.ts';
import { augmentView, drawParameters, encodeParameters, epochOrder } from './augment/index.ts';
import type { CachePlace, Damage } from './cache/descriptor.ts';
import type { BandImage } from './bands.ts';
import { normalisationOf } from './normalize.ts';
import type { PixelRule } from './rule.ts';
import { BatchQueue } from './loaderQueue.ts';
import type { RgbImage } from './resize.ts';

/** A view of a batch: its edge in pixels, and a crop range of its own where it has one (multi-crop). */
export interface ViewSpec {
  size: number;
  cropScaleMin?: number;
  cropScaleMax?: number;
}

export interface WorkerJob {
  descriptor: unknown;
  cacheModule: string;
  augment: AugmentConfig;
  input: Partial<PixelRule>;
  seed: number;
  views: ViewSpec[];
  batchSize: number;
  chunkSize: number;
  /** Cache indices in the order epochOrder speaks of, shared by all workers. */
  sorted: Int32Array;
  queue: { buffer: SharedArrayBuffer; slots: number; chunks: number };
  /** One per slot: the views of a batch one after the other, each [N, C, size, size]; with a field the drawn numbers, then the photos. */
  batches: Float32Array[];
  /** Largest size of a photo where the views are left to a device; undefined where they are made here. */
  field: { width: number; height: number } | undefined;
  /** Byte of a slot at which the photos begin, behind the drawn numbers. */
  numberBytes: number;
}

export type WorkerMessage =
  | { finished: number }
  /** An entry of the cache is damaged; the loader answers with a MendedMessage. */
  | { damaged: Damage }
  | { failed: { message: string; code: string | undefined; image: string | undefined } };

/** Where the entry is read from now on. */
export type MendedMessage = CachePlace;

interface TrainingImages {
  ids: readonly string[];
  trainingSize(index: number): { width: number; height: number };
  /** Bytes of a training copy; without it three for each pixel. */
  trainingBytes?(index: number): number;
  trainingImage(index: number, into: Uint8Array): RgbImage | BandImage;
  /** As trainingImage, of copies that are not kept as pixels; without it all are. */
  trainingCopy?(index: number, into: Uint8Array): Promise<RgbImage | BandImage>;
  place?(index: number, place: CachePlace): void;
}

const job = workerData as WorkerJob;
const post = (message: WorkerMessage): void => parentPort!.postMessage(message);
let image: string | undefined; // being worked on, for the error's sake

try {
  const { ImageCache } = (await import(job.cacheModule)) as {
    ImageCache: { open(descriptor: unknown): TrainingImages | Promise<TrainingImages> };
  };
  await work(await ImageCache.open(job.descriptor));
} catch (error) {
  const { message, code } = error as Error & { code?: string };
  post({ failed: { message, code, image } });
}

async function work(cache: TrainingImages): Promise<never> {
  const { seed, views, batchSize, chunkSize, sorted, batches } = job;
  const queue = new BatchQueue(job.queue.slots, job.queue.chunks, job.queue.buffer);
  const settings = views.map((view) => ({
    ...job.augment,
    cropScaleMin: view.cropScaleMin ?? job.augment.cropScaleMin,
    cropScaleMax: view.cropScaleMax ?? job.augment.cropScaleMax,
  }));
  let order: Int32Array = new Int32Array(0);
  let orderEpoch = -1;
  let pixels = new Uint8Array(0); // the image being worked on
  const { channels, colour } = inputShape(job.input);
  const bands = colour ? undefined : channels;
  const normalisation = normalisationOf(job.input);

  for (;;) {
    const { job: number, slot, chunk, epoch, step, cancelled } = queue.claim();
    if (!cancelled) {
      if (epoch !== orderEpoch) {
        order = epochOrder(seed, epoch, sorted.length);
        orderEpoch = epoch;
      }
      const end = Math.min(batchSize, (chunk + 1) * chunkSize);
      for (let n = chunk * chunkSize; n < end; n++) {
        const index = sorted[order[step * batchSize + n]!]!;
        const id = (image = cache.ids[index]!);
        const { width, height } = cache.trainingSize(index);
        const bytes = cache.trainingBytes?.(index) ?? width * height * 3;
        if (pixels.length < bytes) pixels = new Uint8Array(bytes);
        const photo = await wholeImage(cache, index, pixels);
        const draw = (v: number) => drawParameters(settings[v]!, seed, epoch, id, v, width, height, bands);
        if (job.field) {
          const { field, numberBytes } = job;
          const photos = new Uint8Array(batches[slot]!.buffer, numberBytes, 3 * batchSize * field.width * field.height);
          for (let y = 0; y < height; y++)
            photos.set(
              photo.data.subarray(3 * y * width, 3 * (y + 1) * width),
              3 * field.width * (n * field.height + y),
            );
          for (const [v, { size }] of views.entries())
            encodeParameters(draw(v), size, batches[slot]!, (v * batchSize + n) * VIEW_PARAMETERS);
          continue;
        }
        let start = 0; // of the view's [N, C, size, size]
        for (const [v, { size }] of views.entries()) {
          const values = channels * size * size;
          augmentView(photo, draw(v), size, batches[slot]!, start + n * values, normalisation);
          start += batchSize * values;
        }
      }
    }
    if (queue.complete(number)) post({ finished: number });
  }
}

/** The training copy of a photo; where it is damaged, waits until it has been made again. */
async function wholeImage(cache: TrainingImages, index: number, pixels: Uint8Array): Promise<RgbImage | BandImage> {
  for (;;) {
    try {
      return (await cache.trainingCopy?.(index, pixels)) ?? cache.trainingImage(index, pixels);
    } catch (error) {
      const { damage } = error as { damage?: Damage };
      if (!damage) throw error;
      post({ damaged: damage });
      cache.place!(index, awaitMended());
    }
  }
}

/**
 * Waits for the loader's answer. Blocks the thread, which has nothing else to do; where the photo is lost, the loader
 * ends it here.
 */
function awaitMended(): MendedMessage {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (;;) {
    const received = receiveMessageOnPort(parentPort!) as { message: MendedMessage } | undefined;
    if (received) return received.message;
    Atomics.wait(nothing, 0, 0, 20); // ms
  }
}
