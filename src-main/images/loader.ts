/**
 * Batches of views for training, computed ahead in worker threads. What a batch holds is a pure function of
 * (seed, epoch, step) and the ids, so that a run can start anywhere and sees the same however many workers there
 * are. Leaves decoding to the cache and augmentation to augment/.
 */
import { InternalError, KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { AugmentConfig } from '../../shared/config.ts';
import { inputShape } from '../../shared/input.ts';
import { VIEW_PARAMETERS } from '../../shared/viewParameters.ts';
import { programAt } from '../files/program.ts';
import { epochOrder, sortedIndices } from './augment/index.ts';
import type { CachePlace, Damage } from './cache/descriptor.ts';
import type { PixelRule } from './rule.ts';
import { BatchQueue } from './loaderQueue.ts';
import type { MendedMessage, ViewSpec, WorkerJob, WorkerMessage } from './loaderWorker.ts';

export type { ViewSpec } from './loaderWorker.ts';

export interface ViewLoaderOptions {
  cache: {
    readonly ids: readonly string[];
    readonly descriptor: object;
    /** Makes a photo's entry again where a worker finds it damaged, and resolves to its new place. */
    mend?(damage: Damage): Promise<CachePlace>;
  };
  augment: AugmentConfig;
  /** What the photos are trained on as; colour unless told. */
  input?: Partial<PixelRule>;
  imageSize: number;
  batchSize: number;
  seed: number;
  /** Worker threads; by default one core is left to the caller. */
  workers?: number;
  /** Default: two views of imageSize. */
  views?: ViewSpec[];
  /** Batches computed ahead, at least 1. Default: 2, or 1 when a batch is larger than 128 MiB. */
  prefetch?: number;
  /** Leaves the views to a device: batches hold the photos, each in the upper left corner of a field of this size, and what is drawn for them. */
  field?: Field;
}

export interface Field {
  width: number;
  height: number;
}

export interface ViewBatch {
  /**
   * One [N, C, size, size] per view, normalised. Valid until the next call of next() or close(). They lie in shared
   * memory, which ONNX Runtime takes as tensor data without copying under Node 24.9 and later.
   */
  views: Float32Array[];
  /** With `field`, in place of views: photos [N, height, width, 3] and parameters [V, N, VIEW_PARAMETERS], valid as long. */
  unmade?: { photos: Uint8Array; parameters: Float32Array };
  /** Ids of the photos [N]. */
  ids: string[];
  /** Seconds that next() waited for the workers. */
  waited: number;
}

type ViewLoaderErrorKey = KeyOf<'batch-too-large' | 'view-loader-failed'>;
class ViewLoaderError<Key extends ViewLoaderErrorKey = ViewLoaderErrorKey> extends KeyedError<Key> {
  override readonly name = 'ViewLoaderError';
}

/** The module from which the workers import ImageCache. */
const imageCacheModule = programAt('./cache/imageCache', import.meta.url).href;

/** One core for the training thread, and no more workers than a fast GPU needs at 224 px. */
const defaultWorkers = (): number => Math.min(8, Math.max(1, availableParallelism() - 1));

const largeBatch = 128 * 2 ** 20;
/** A batch is cut into this many chunks at most: enough to share it evenly, few enough to count for years. */
const maxChunks = 64;

type Shape = Pick<ViewLoaderOptions, 'input' | 'imageSize' | 'batchSize' | 'views' | 'prefetch' | 'field'>;

function shapeOf({
  input,
  imageSize,
  batchSize,
  views = [{ size: imageSize }, { size: imageSize }],
  prefetch,
  field,
}: Shape) {
  const { channels } = inputShape(input);
  const lengths = field
    ? [views.length * batchSize * VIEW_PARAMETERS]
    : views.map(({ size }) => batchSize * channels * size * size);
  const photoBytes = field ? batchSize * 3 * field.width * field.height : 0;
  const numberBytes = 4 * lengths.reduce((sum, length) => sum + length, 0);
  const slotBytes = numberBytes + 4 * Math.ceil(photoBytes / 4);
  const slots = 1 + Math.max(1, prefetch ?? (slotBytes > largeBatch ? 1 : 2));
  return { views, lengths, photoBytes, numberBytes, slotBytes, slots };
}

/** Bytes of the batches that a ViewLoader of this shape holds; its workers add about 15 MB each. */
export function viewLoaderBytes(shape: Shape): number {
  const { slots, slotBytes } = shapeOf(shape);
  return slots * slotBytes;
}

export class ViewLoader {
  /** Whole batches in an epoch; what is left over is dropped, and is other images in every epoch. */
  readonly stepsPerEpoch: number;
  /** Shared memory held for batches. */
  readonly memoryBytes: number;
  readonly #options: ViewLoaderOptions;
  readonly #sorted: Int32Array;
  readonly #queue: BatchQueue;
  readonly #slots: { numbers: Float32Array[]; photos: Uint8Array }[];
  readonly #workers: Worker[];
  #order: { epoch: number; indices: Int32Array } | undefined;
  /** Published and not yet handed out, oldest first. */
  #ahead: { job: number; epoch: number; step: number }[] = [];
  #busy = false;
  #closed = false;
  #failure: Error | undefined;
  #wake: () => void = () => {};

  /** @throws ViewLoaderError (batch-too-large) when the collection does not fill one batch. */
  constructor(options: ViewLoaderOptions, cacheModule = imageCacheModule) {
    const { cache, augment, batchSize, seed, field, workers = defaultWorkers() } = options;
    const { views, lengths, photoBytes, numberBytes, slots, slotBytes } = shapeOf(options);
    const count = cache.ids.length;
    if (batchSize > count)
      throw new ViewLoaderError('batch-too-large.photos', { batch: batchSize, count, most: count });
    this.#options = options;
    this.stepsPerEpoch = Math.floor(count / batchSize);

    const chunkSize = Math.ceil(batchSize / maxChunks);
    this.memoryBytes = slots * slotBytes;
    this.#queue = new BatchQueue(slots, Math.ceil(batchSize / chunkSize));
    const batches = Array.from({ length: slots }, () => new Float32Array(new SharedArrayBuffer(slotBytes)));
    this.#slots = batches.map(({ buffer }) => {
      let start = 0;
      const numbers = lengths.map((length) => new Float32Array(buffer, 4 * ((start += length) - length), length));
      return { numbers, photos: new Uint8Array(buffer, numberBytes, photoBytes) };
    });

    const sorted = sortedIndices(cache.ids);
    this.#sorted = new Int32Array(new SharedArrayBuffer(sorted.byteLength));
    this.#sorted.set(sorted);
    const { buffer, chunks } = this.#queue;
    const workerData: WorkerJob = {
      descriptor: { ...cache.descriptor, facts: [] }, // an object per photo that no worker reads
      cacheModule,
      augment,
      input: options.input ?? {},
      seed,
      views,
      batchSize,
      chunkSize,
      field,
      numberBytes,
      sorted: this.#sorted,
      queue: { buffer, slots, chunks },
      batches,
    };
    this.#workers = Array.from({ length: workers }, () => this.#startWorker(workerData));
  }

  /** Begins to compute the batches from (epoch, step) on, so that a later next(epoch, step) need not wait. */
  prefetch(epoch: number, step: number): void {
    if (this.#ahead.length === 0) this.#publishFrom(epoch, step);
  }

  /**
   * The batch of step `step` (from 0) of epoch `epoch`. Calls in sequence find it computed already; any other place
   * can be asked for and costs the time of a batch. The batch before it becomes invalid with the call. One call at
   * a time.
   * @throws ViewLoaderError when a worker failed, CacheReadError where a damaged photo cannot be made again,
   * InternalError where the step does not exist.
   */
  async next(epoch: number, step: number): Promise<ViewBatch> {
    if (this.#closed) throw new InternalError('view-loader-closed', 'the view loader is closed: make a new one');
    if (this.#failure) throw this.#failure;
    if (this.#busy)
      throw new InternalError('view-loader-busy', 'next() was called before the last call resolved: await it');
    if (!Number.isInteger(step) || step < 0 || step >= this.stepsPerEpoch)
      throw new InternalError('bad-step', `step ${step}: an epoch has steps 0 to ${this.stepsPerEpoch - 1}`, {
        epoch,
        step,
      });
    this.#busy = true;
    const began = performance.now();
    try {
      const first = this.#ahead[0];
      if (first && (first.epoch !== epoch || first.step !== step)) await this.#drain();
      this.#publishFrom(epoch, step);
      const { job } = this.#ahead[0]!;
      await this.#finished(job);
      this.#ahead.shift();
      const { numbers, photos } = this.#slots[job % this.#queue.slots]!;
      const made = this.#options.field
        ? { views: [], unmade: { photos, parameters: numbers[0]! } }
        : { views: numbers };
      return { ...made, ids: this.#idsOf(epoch, step), waited: (performance.now() - began) / 1000 };
    } finally {
      this.#busy = false;
    }
  }

  /** Stops the workers. A pending next() rejects. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#wake();
    await Promise.all(this.#workers.map((worker) => worker.terminate()));
  }

  /** Fills every free slot with what comes after the last published batch, or from (epoch, step) when there is none. */
  #publishFrom(epoch: number, step: number): void {
    let last = this.#ahead.at(-1);
    while (this.#ahead.length < this.#queue.slots) {
      const next = !last
        ? { epoch, step }
        : last.step + 1 < this.stepsPerEpoch
          ? { epoch: last.epoch, step: last.step + 1 }
          : { epoch: last.epoch + 1, step: 0 };
      last = { ...next, job: this.#queue.publish(next.epoch, next.step) };
      this.#ahead.push(last);
    }
  }

  /** Drops what was computed ahead; its slots are free when the workers have let go of them. */
  async #drain(): Promise<void> {
    for (const { job } of this.#ahead) this.#queue.cancel(job);
    for (const { job } of this.#ahead) await this.#finished(job);
    this.#ahead = [];
  }

  async #finished(job: number): Promise<void> {
    while (!this.#queue.finished(job)) {
      await new Promise<void>((resolve) => (this.#wake = resolve));
      if (this.#failure) throw this.#failure;
      if (this.#closed) throw new InternalError('view-loader-closed', 'the view loader was closed');
    }
  }

  #idsOf(epoch: number, step: number): string[] {
    const { cache, seed, batchSize } = this.#options;
    if (this.#order?.epoch !== epoch) this.#order = { epoch, indices: epochOrder(seed, epoch, cache.ids.length) };
    const { indices } = this.#order;
    return Array.from({ length: batchSize }, (_, n) => cache.ids[this.#sorted[indices[step * batchSize + n]!]!]!);
  }

  #startWorker(workerData: WorkerJob): Worker {
    const worker = new Worker(programAt('./loaderWorker', import.meta.url), { workerData, name: 'views' });
    worker.on('message', (message: WorkerMessage) => {
      if ('finished' in message) return this.#wake();
      if ('damaged' in message) return void this.#mend(worker, message.damaged);
      const { message: reason, code, image } = message.failed;
      this.#fail(`${image === undefined ? '' : `${image}: `}${reason}`, { cause: code, image });
    });
    worker.on('error', (error: Error) => this.#fail(error.message, { cause: (error as NodeJS.ErrnoException).code }));
    worker.on('exit', (code) => this.#fail(`a worker thread ended with code ${code}`, { exitCode: code }));
    return worker;
  }

  /**
   * Has a damaged entry made again. The worker waits meanwhile, so that its batch is the one that it would have been.
   */
  async #mend(worker: Worker, damage: Damage): Promise<void> {
    const { cache } = this.#options;
    try {
      if (!cache.mend) throw new InternalError('failed', 'the cache of this view loader mends nothing');
      worker.postMessage((await cache.mend(damage)) satisfies MendedMessage);
    } catch (error) {
      this.#end(error as Error);
    }
  }

  #fail(reason: string, details: Record<string, unknown>): void {
    this.#end(new ViewLoaderError('view-loader-failed.reason', { reason }, details));
  }

  /** The first failure is the one that counts; the other workers are stopped, and every call rejects with it. */
  #end(failure: Error): void {
    if (this.#closed || this.#failure) return;
    this.#failure = failure;
    this.#wake();
    for (const worker of this.#workers) void worker.terminate();
  }
}
