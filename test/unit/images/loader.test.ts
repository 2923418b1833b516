/** The view loader: the same batches in whatever way they are asked for, bounded memory, and no silent worker. */
import { mkdtemp, rm, truncate } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { RunConfig } from '../../../shared/config.ts';
import { augmentView, drawParameters, epochOrder } from '../../../src-main/images/augment/index.ts';
import { buildCache } from '../../../src-main/images/cache/build.ts';
import { BatchQueue } from '../../../src-main/images/loaderQueue.ts';
import { ViewLoader, viewLoaderBytes } from '../../../src-main/images/loader.ts';
import type { ViewBatch, ViewLoaderOptions } from '../../../src-main/images/loader.ts';
import { ImageCache } from './fakeCache.ts';
import type { FakeDescriptor } from './fakeCache.ts';

const { augment } = RunConfig.parse({});
const ids = Array.from({ length: 23 }, (_, i) => `photo ${(i * 7919) % 1000}`); // not in sorted order
const size = 16;
const batchSize = 5;
const seed = 11;

const open: ViewLoader[] = [];
function loader(options: Partial<ViewLoaderOptions> = {}, accidents: Partial<FakeDescriptor> = {}): ViewLoader {
  const cache = new ImageCache({ ids, ...accidents });
  const made = new ViewLoader(
    { cache, augment, imageSize: size, batchSize, seed, workers: 2, ...options },
    new URL('./fakeCache.ts', import.meta.url).href,
  );
  open.push(made);
  return made;
}
afterEach(async () => void (await Promise.all(open.splice(0).map((l) => l.close()))));

/** The batch as one thread computes it, from the definition. */
function expected(epoch: number, step: number): { ids: string[]; views: Float32Array[] } {
  const cache = new ImageCache({ ids });
  const sorted = [...ids].sort();
  const order = epochOrder(seed, epoch, ids.length);
  const chosen = Array.from({ length: batchSize }, (_, n) => sorted[order[step * batchSize + n]!]!);
  const views = [0, 1].map((view) => {
    const out = new Float32Array(batchSize * 3 * size * size);
    for (const [n, id] of chosen.entries()) {
      const image = cache.trainingImage(ids.indexOf(id));
      augmentView(
        image,
        drawParameters(augment, seed, epoch, id, view, image.width, image.height),
        size,
        out,
        n * 3 * size * size,
      );
    }
    return out;
  });
  return { ids: chosen, views };
}

/** An ONNX model y = x + x over float32 [length], written in protobuf's wire format. */
function doubling(length: number): Uint8Array {
  const bytes = (field: number, content: number[]) => [(field << 3) | 2, ...varint(content.length), ...content];
  const number = (field: number, value: number) => [field << 3, ...varint(value)];
  const text = (field: number, value: string) => bytes(field, [...Buffer.from(value)]);
  const varint = (n: number): number[] => (n < 128 ? [n] : [(n & 127) | 128, ...varint(n >> 7)]);
  const type = bytes(1, [...number(1, 1), ...bytes(2, bytes(1, number(1, length)))]);
  const value = (name: string) => [...text(1, name), ...bytes(2, type)];
  const node = [...text(1, 'x'), ...text(1, 'x'), ...text(2, 'y'), ...text(4, 'Add')];
  const graph = [...bytes(1, node), ...text(2, 'doubling'), ...bytes(11, value('x')), ...bytes(12, value('y'))];
  return Uint8Array.from([...number(1, 8), ...bytes(7, graph), ...bytes(8, number(2, 17))]);
}

const copy = (batch: ViewBatch) => ({ ids: batch.ids, views: batch.views.map((v) => v.slice()) });

describe('ViewLoader', () => {
  it('gives the batches that the definition says, over the end of an epoch', async () => {
    const l = loader();
    expect(l.stepsPerEpoch).toBe(4); // 3 of 23 are dropped
    for (const [epoch, step] of [
      [0, 0],
      [0, 1],
      [0, 2],
      [0, 3],
      [1, 0],
      [1, 1],
    ] as const) {
      const batch = copy(await l.next(epoch, step));
      expect(batch.views.every((v) => v.every(Number.isFinite))).toBe(true);
      expect(batch).toEqual(expected(epoch, step));
    }
  });

  it('starts anywhere and jumps', async () => {
    const l = loader({ prefetch: 3 });
    l.prefetch(7, 2);
    for (const [epoch, step] of [
      [7, 2],
      [7, 3],
      [2, 1],
      [2, 1],
      [40, 3],
      [41, 0],
      [0, 0],
    ] as const)
      expect(copy(await l.next(epoch, step))).toEqual(expected(epoch, step));
  });

  it('does not depend on the number of workers or the prefetch depth', async () => {
    for (const [workers, prefetch] of [
      [1, 1],
      [3, 1],
      [1, 4],
    ] as const) {
      const l = loader({ workers, prefetch });
      for (let step = 0; step < 3; step++) expect(copy(await l.next(3, step))).toEqual(expected(3, step));
    }
  });

  it('leaves a batch alone until the next call, and holds no more memory than it says', async () => {
    const l = loader({ prefetch: 2 });
    expect(l.memoryBytes).toBe(3 * 2 * batchSize * 3 * size * size * 4);
    expect(viewLoaderBytes({ imageSize: size, batchSize, prefetch: 2 })).toBe(l.memoryBytes);
    const buffers = new Set<ArrayBufferLike>();
    for (let step = 0; step < 12; step++) {
      const batch = await l.next(Math.floor(step / 4), step % 4);
      buffers.add(batch.views[0]!.buffer);
      const before = copy(batch);
      await new Promise((resolve) => setTimeout(resolve, 20)); // the workers are done with all they may do
      expect(copy(batch)).toEqual(before);
    }
    expect(buffers.size).toBe(3);
  });

  it('is ready when it had the time, and says how long the caller waited when not', async () => {
    const slow = loader({ workers: 1, prefetch: 1 }, { slow: 20 });
    expect((await slow.next(0, 0)).waited).toBeGreaterThan(0.09); // five images of 20 ms
    // The caller's thread is blocked, as by a training step: the worker goes on without it.
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
    expect((await slow.next(0, 1)).waited).toBeLessThan(0.05);
  });

  it('gives tensors that ONNX Runtime takes without a copy', async () => {
    const batch = await loader().next(0, 0);
    const feed = new Tensor('float32', batch.views[1]!, [batchSize * 3 * size * size]);
    const session = await InferenceSession.create(doubling(feed.size));
    const { y } = await session.run({ x: feed });
    expect(Float32Array.from(y!.data as Float32Array)).toEqual(batch.views[1]!.map((value) => value + value));
    await session.release();
  });

  it('makes other views on request', async () => {
    const l = loader({ views: [{ size: 16 }, { size: 16 }, { size: 8, cropScaleMin: 0.05, cropScaleMax: 0.14 }] });
    const { views, ids: chosen } = await l.next(0, 0);
    expect(views.map((v) => v.length)).toEqual([16, 16, 8].map((s) => batchSize * 3 * s * s));
    const image = new ImageCache({ ids }).trainingImage(ids.indexOf(chosen[4]!));
    const small = { ...augment, cropScaleMin: 0.05, cropScaleMax: 0.14 };
    const out = new Float32Array(3 * 8 * 8);
    augmentView(image, drawParameters(small, seed, 0, chosen[4]!, 2, image.width, image.height), 8, out);
    expect(views[2]!.subarray(4 * 192, 5 * 192)).toEqual(out);
  });

  it('refuses a batch larger than the collection and a step that is not there', async () => {
    expect(() => loader({ batchSize: 24 })).toThrow(/batchSize 24 .* 23 photos: set batchSize to 23 or less/);
    const l = loader({ batchSize: 23 });
    expect(l.stepsPerEpoch).toBe(1);
    await expect(l.next(0, 1)).rejects.toMatchObject({ code: 'bad-step' });
    await expect(l.next(0, NaN)).rejects.toMatchObject({ code: 'bad-step' });
    expect(new Set((await l.next(0, 0)).ids)).toEqual(new Set(ids));
  });

  it('takes one call at a time', async () => {
    const l = loader();
    const first = l.next(0, 0);
    await expect(l.next(0, 1)).rejects.toMatchObject({ code: 'view-loader-busy' });
    expect((await first).ids).toHaveLength(batchSize);
  });

  it('is closed at once, with a call pending', async () => {
    const l = loader({}, { slow: 50 });
    const pending = expect(l.next(0, 0)).rejects.toMatchObject({ code: 'view-loader-closed' });
    await l.close();
    await pending;
    await expect(l.next(0, 0)).rejects.toMatchObject({ code: 'view-loader-closed' });
  });

  it.each([
    ['an image that cannot be read', { broken: 'photo 919' }, /photo 919: the cache is damaged/],
    ['a worker that dies', { deadly: 'photo 919' }, /ended with code 3/],
  ])('turns %s into an error', async (_name, accident, message) => {
    expect(ids).toContain('photo 919');
    const l = loader({ batchSize: 23 }, accident);
    await expect(l.next(0, 0)).rejects.toThrow(message);
    await expect(l.next(0, 0)).rejects.toMatchObject({ code: 'view-loader-failed' });
  });
});

describe('ViewLoader on the image cache', () => {
  let folder: string;
  beforeAll(async () => void (folder = await mkdtemp(join(tmpdir(), 'views-'))));
  afterAll(() => rm(folder, { recursive: true, force: true }));

  it('reads it in its workers, and says so when it is damaged', async () => {
    const files = await Promise.all(
      Array.from({ length: 6 }, async (_, i) => {
        const path = join(folder, `${i}.png`);
        const channels = [i * 40, 255 - i * 40, 90] as const;
        await sharp({
          create: {
            width: 60 + i,
            height: 50,
            channels: 3,
            background: { r: channels[0], g: channels[1], b: channels[2] },
          },
        })
          .png()
          .toFile(path);
        return { id: `${i}.png`, path };
      }),
    );
    const { cache } = await buildCache({ files, directory: join(folder, 'cache'), imageSize: 32, workers: 1 });
    const l = new ViewLoader({ cache, augment, imageSize: 32, batchSize: 3, seed, workers: 1, prefetch: 1 });
    open.push(l);
    const { views, ids: chosen } = await l.next(0, 1);
    const out = new Float32Array(3 * 32 * 32);
    for (const [n, id] of chosen.entries()) {
      const image = cache.trainingImage(cache.indexOf(id));
      augmentView(image, drawParameters(augment, seed, 0, id, 1, image.width, image.height), 32, out);
      expect(views[1]!.subarray(n * out.length, (n + 1) * out.length)).toEqual(out);
    }
    for (const pack of cache.descriptor.packs) await truncate(pack, 0);
    for (const { path } of files) await rm(path);
    const failed = (async () => {
      for (let epoch = 1; epoch < 9; epoch++) await l.next(epoch, 0);
    })();
    await expect(failed).rejects.toMatchObject({ key: 'cache-read.photo' });
    cache.close();
  });
});

describe('BatchQueue', () => {
  it('goes on counting after 2^31 tickets, which a fast run draws within weeks', () => {
    const chunks = 2 ** 20; // large, so that few jobs come before the one that crosses the line
    const queue = new BatchQueue(2, chunks);
    const jobs = 2 ** 31 / chunks;
    for (let job = 0; job <= jobs; job++) expect(queue.publish(1, job)).toBe(job);
    Atomics.store(new Int32Array(queue.buffer), 0, 2 ** 31 - 2); // the tickets that would have been drawn by now
    expect(queue.claim()).toMatchObject({ job: jobs - 1, slot: (jobs - 1) % 2, chunk: chunks - 2, step: jobs - 1 });
    expect(queue.claim()).toMatchObject({ job: jobs - 1, chunk: chunks - 1 });
    expect(queue.claim()).toMatchObject({ job: jobs, slot: jobs % 2, chunk: 0, step: jobs });
    expect(queue.claim()).toMatchObject({ job: jobs, chunk: 1 });
  });

  it('hands out every chunk once and knows when a job is finished', () => {
    const queue = new BatchQueue(2, 3);
    const other = new BatchQueue(2, 3, queue.buffer);
    for (const [epoch, step] of [
      [4, 8],
      [4, 9],
    ] as const)
      queue.publish(epoch, step);
    const claims = Array.from({ length: 6 }, (_, i) => (i % 2 ? queue : other).claim());
    expect(claims.map((c) => [c.job, c.slot, c.chunk, c.epoch, c.step])).toEqual([
      [0, 0, 0, 4, 8],
      [0, 0, 1, 4, 8],
      [0, 0, 2, 4, 8],
      [1, 1, 0, 4, 9],
      [1, 1, 1, 4, 9],
      [1, 1, 2, 4, 9],
    ]);
    expect([0, 1, 2].map(() => other.complete(0))).toEqual([false, false, true]);
    expect([queue.finished(0), queue.finished(1)]).toEqual([true, false]);
    queue.publish(5, 0); // takes the slot of job 0
    queue.cancel(2);
    expect(other.claim()).toMatchObject({ job: 2, slot: 0, epoch: 5, step: 0, cancelled: true });
    expect(queue.finished(2)).toBe(false);
  });
});
