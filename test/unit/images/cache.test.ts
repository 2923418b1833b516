/** The cache: what it holds, that it is reused, survives being killed, and stays within its budget. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  CacheReadError,
  CacheTooLargeError,
  ImageCache,
  ImagePool,
  buildCache,
  cacheBytes,
  clearCache,
  decodeBytes,
  estimateCacheBytes,
  evaluationImage,
  planCache,
} from '../../../src-main/images/index.ts';
import type { BuildCacheOptions, CacheProgress } from '../../../src-main/images/index.ts';
import { bytesOf } from '../../../src-main/images/bands.ts';
import { defaultRule } from '../../../src-main/images/rule.ts';
import { texture } from '../../helpers/pictures.ts';

const scratch = mkdtempSync(join(tmpdir(), 'cache-'));
const photos = join(scratch, 'photos');
const COUNT = 24;
let pool: ImagePool;
const files = Array.from({ length: COUNT }, (_, i) => ({ id: `photo ${i}`, path: join(photos, `${i}.png`) }));

beforeAll(async () => {
  mkdirSync(photos);
  pool = new ImagePool({ workers: 1 });
  for (let i = 0; i < COUNT; i++)
    writeFileSync(
      files[i]!.path,
      await texture(i, 90 + i, 70)
        .png()
        .toBuffer(),
    );
});
afterAll(async () => {
  await pool.close();
  rmSync(scratch, { recursive: true, force: true });
});

let folders = 0;
const build = async (options: Partial<BuildCacheOptions> = {}) => {
  let last: CacheProgress | undefined;
  const built = await buildCache({
    files,
    directory: join(scratch, `c${folders++}`),
    imageSize: 32,
    pool,
    onProgress: (progress) => (last = progress),
    ...options,
  });
  return { ...built, progress: last! };
};
const packs = (directory: string): string[] =>
  (readdirSync(directory, { recursive: true }) as string[]).filter((name) => name.endsWith('.pixels'));

describe('buildCache', () => {
  it('holds the evaluation image and a training copy of each photo, in the order asked for', async () => {
    const { cache, skipped } = await build();
    expect(skipped).toEqual([]);
    expect(cache.ids).toEqual(files.map(({ id }) => id));
    for (const i of [0, 7, 23]) {
      const decoded = await decodeBytes(
        'x',
        await texture(i, 90 + i, 70)
          .png()
          .toBuffer(),
      );
      expect(Buffer.compare(cache.evaluationBytes(`photo ${i}`), evaluationImage(decoded, 32))).toBe(0);
      const copy = cache.trainingImage(i);
      expect([copy.width, copy.height]).toEqual([Math.round(((90 + i) * 52) / 70), 52]); // short side: ceil(1.6 x 32)
      expect(copy.data.length).toBe(copy.width * copy.height * 3);
      expect(cache.facts(`photo ${i}`)).toMatchObject({ width: 90 + i, height: 70, format: 'png', orientation: 1 });
    }
    const two = cache.evaluation(['photo 3', 'photo 1']); // [2, 3, 32, 32]
    expect(two.every(Number.isFinite)).toBe(true);
    const rgb = cache.evaluationBytes('photo 1');
    expect(two[3 * 1024 + 1024 + 5]).toBeCloseTo((rgb[5 * 3 + 1]! / 255 - 0.456) / 0.224, 5);
    const probe = cache.subset(['photo 5', 'photo 2']);
    expect(probe.ids).toEqual(['photo 5', 'photo 2']);
    expect(Buffer.compare(bytesOf(probe.trainingImage(1)), bytesOf(cache.trainingImage(2)))).toBe(0);
    expect(() => cache.subset(['nobody'])).toThrow(/nobody/);
  });

  it('holds what the encoder looks at alone where nothing is trained on, or takes it from training copies', async () => {
    const alone = await build({ evaluationsOnly: true });
    const directory = join(scratch, `c${folders - 1}`);
    expect(cacheBytes(directory)).toBeLessThan(COUNT * 3 * 32 * 32 + 10_000); // pixels, and the index
    const { cache: whole } = await build();
    const trained = join(scratch, `c${folders - 1}`);
    const { cache, progress } = await build({ directory: trained, evaluationsOnly: true });
    expect(progress).toMatchObject({ reused: COUNT, bytesWritten: 0 });
    for (const { id } of files) {
      expect(Buffer.compare(alone.cache.evaluationBytes(id), whole.evaluationBytes(id))).toBe(0);
      expect(Buffer.compare(cache.evaluationBytes(id), whole.evaluationBytes(id))).toBe(0);
    }
    // and training does not take those for its own
    expect((await build({ directory })).progress.reused).toBe(0);
  });

  it('is read in another thread from its descriptor', async () => {
    const { cache } = await build();
    const module = new URL('../../../src-main/images/cache/imageCache.ts', import.meta.url).href;
    const worker = new Worker(
      `import('${module}').then(({ ImageCache }) => {
        const { parentPort, workerData } = require('node:worker_threads');
        parentPort.postMessage(ImageCache.open(workerData).trainingImage(4));
      });`,
      { eval: true, workerData: cache.descriptor },
    );
    const [image] = (await once(worker, 'message')) as [{ data: Uint8Array }];
    expect(Buffer.compare(image.data, bytesOf(cache.trainingImage(4)))).toBe(0);
    await worker.terminate();
  });

  it('decodes only what is new or changed, and remembers what is broken', async () => {
    const directory = join(scratch, 'reuse');
    const bad = join(photos, 'broken.png');
    writeFileSync(bad, (await texture(1).png().toBuffer()).subarray(0, 500));
    const all = [...files, { id: 'broken', path: bad }, { id: 'gone', path: join(photos, 'gone.png') }];
    const first = await build({ directory, files: all.slice(4) });
    expect(first.progress).toMatchObject({ reused: 1, total: COUNT - 2, done: COUNT - 2 }); // the missing file needs no decoding
    expect(first.skipped.map(({ id, code }) => [id, code])).toEqual([
      ['broken', 'truncated'],
      ['gone', 'missing'],
    ]);
    const changed = files[10]!.path;
    writeFileSync(changed, await texture(99, 100, 70).png().toBuffer());
    const second = await build({ directory, files: all });
    expect(second.progress.reused).toBe(COUNT + 2 - 5);
    expect(second.skipped.map(({ id, code }) => [id, code])).toEqual([
      ['broken', 'truncated'],
      ['gone', 'missing'],
    ]);
    expect(second.cache.ids).toEqual(files.map(({ id }) => id));
    const decoded = await decodeBytes('x', await texture(99, 100, 70).png().toBuffer());
    expect(Buffer.compare(second.cache.evaluationBytes('photo 10'), evaluationImage(decoded, 32))).toBe(0);
    const third = await build({ directory, files: all });
    expect(third.progress.reused).toBe(COUNT + 2);
    expect(packs(directory)).toHaveLength(2);
    rmSync(bad);
    writeFileSync(changed, await texture(10, 100, 70).png().toBuffer());
  });

  it('does not see a cut or damaged end of its files', async () => {
    const directory = join(scratch, 'damaged');
    const { cache } = await build({ directory });
    const whole = files.map((_, i) => Buffer.from(cache.trainingImage(i).data));
    cache.close();
    const [name] = packs(directory);
    const data = join(directory, name!);
    truncateSync(data, statSync(data).size - 5000);
    appendFileSync(data.replace(/pixels$/, 'index'), '["half a li');
    const again = await build({ directory });
    expect(again.progress.reused).toBeLessThan(COUNT);
    expect(again.progress.reused).toBeGreaterThan(COUNT / 2);
    expect(again.cache.ids).toHaveLength(COUNT);
    files.forEach((_, i) => expect(Buffer.compare(bytesOf(again.cache.trainingImage(i)), whole[i]!)).toBe(0));
  });

  it('goes on after being killed, with what was on the disk', async () => {
    const reference = await build();
    const directory = join(scratch, 'killed');
    for (const stopAt of [1, 9, 17]) {
      const child = spawn(
        process.execPath,
        [new URL('../../helpers/buildCacheProcess.ts', import.meta.url).pathname, photos, directory],
        { stdio: ['ignore', 'pipe', 'inherit'] },
      );
      for await (const chunk of child.stdout) {
        if (
          String(chunk)
            .split('\n')
            .some((line) => Number(line) >= stopAt)
        )
          break;
      }
      child.kill('SIGKILL');
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
    }
    const { cache, skipped } = await build({ directory });
    expect(skipped).toEqual([]);
    files.forEach(({ id }, i) => {
      expect(Buffer.compare(cache.evaluationBytes(id), reference.cache.evaluationBytes(id))).toBe(0);
      expect(Buffer.compare(bytesOf(cache.trainingImage(i)), bytesOf(reference.cache.trainingImage(i)))).toBe(0);
    });
  });

  it('stops when it is cancelled, and keeps what was done', async () => {
    const directory = join(scratch, 'cancelled');
    const controller = new AbortController();
    const onProgress = ({ done }: CacheProgress): void => {
      if (done === 5) controller.abort(new Error('cancelled by the test'));
    };
    await expect(build({ directory, signal: controller.signal, onProgress })).rejects.toThrow('cancelled by the test');
    const { progress } = await build({ directory });
    expect(progress.reused).toBeGreaterThanOrEqual(5);
    expect(progress.reused).toBeLessThan(COUNT);
  });

  it('says what to do when its files are gone', async () => {
    const directory = join(scratch, 'gone');
    const { cache } = await build({ directory });
    clearCache(directory);
    expect(cacheBytes(directory)).toBe(0);
    expect(() => ImageCache.open(cache.descriptor).trainingImage(0)).toThrow(CacheReadError);
  });
});

describe('disk', () => {
  it('says what to do when the cache cannot be written', async () => {
    const blocked = join(scratch, 'a file');
    writeFileSync(blocked, '');
    await expect(build({ directory: blocked })).rejects.toMatchObject({ name: 'CacheWriteError', code: 'cache-write' });
  });

  it('starts over rather than refuse when its packs are full of photos that have changed', async () => {
    const directory = join(scratch, 'stale');
    const changing = join(scratch, 'changing');
    mkdirSync(changing);
    const few = files
      .slice(0, 8)
      .map((file, i) => ({ id: file.id, path: join(changing, `${i}.png`), width: 90, height: 70 }));
    const draw = async (from: number, seed: number) => {
      for (let i = from; i < 8; i++)
        writeFileSync(
          few[i]!.path,
          await texture(seed + i, 90, 70)
            .png()
            .toBuffer(),
        );
    };
    await draw(0, 0);
    await build({ directory, files: few });
    const maxBytes = Math.round(cacheBytes(directory) * 1.3);
    await draw(1, 20); // all but one, whose pack is thereby still in use
    const { cache, progress } = await build({ directory, files: few, maxBytes });
    expect([cache.length, progress.reused]).toEqual([8, 0]);
    expect(cacheBytes(directory)).toBeLessThanOrEqual(maxBytes);
  });
});

describe('a cache without room for all pixels', () => {
  const few = files.slice(0, 6);

  it('keeps WebP close to the pixels, and finds it again', async () => {
    const directory = join(scratch, 'webp');
    const { cache: whole } = await build({ files: few });
    const copies = { kept: 'webp', reserved: 0 } as const;
    await build({ files: few, directory, copies });
    const { cache, progress } = await build({ files: few, directory, copies });
    expect(progress).toMatchObject({ reused: 6, bytesWritten: 0 });
    expect(cacheBytes(directory)).toBeLessThan(6 * 3 * 52 * 67 * 0.7);
    for (let i = 0; i < few.length; i++) {
      const [pixels, copy] = [whole.trainingImage(i), await cache.trainingCopy(i)];
      expect([copy.width, copy.height]).toEqual([pixels.width, pixels.height]);
      const [before, after] = [bytesOf(pixels), bytesOf(copy)];
      const square = before.reduce((sum, value, at) => sum + (value - after[at]!) ** 2, 0);
      expect(square / before.length).toBeLessThan(200); // of noise, which no format keeps well
      expect(square).toBeGreaterThan(0);
    }
    expect(() => cache.trainingImage(0)).toThrow(/trainingCopy/);
    clearCache(directory);
    expect(cacheBytes(directory)).toBe(0);
  });

  it.each([
    ['pixels', {}],
    ['webp', {}],
    ['pixels', { channels: 3, depth: 16 }],
  ] as const)('decodes again what finds no room, to the same %s, %o', async (kept, input) => {
    const rule = { ...defaultRule, ...input };
    const directory = join(scratch, `little ${kept} ${Object.keys(input).length}`);
    const ample = await build({ files: few, rule, copies: { kept, reserved: 0 } });
    const maxBytes = cacheBytes(join(scratch, `c${folders - 1}`)) / 2 + 6 * 200;
    const little = await build({ files: few, directory, rule, copies: { kept, reserved: 0 }, maxBytes });
    expect(cacheBytes(directory)).toBeLessThanOrEqual(maxBytes);
    const { unkept } = little.cache.descriptor.copies!;
    expect(unkept.some((photo) => photo === null)).toBe(true);
    expect(unkept.some((photo) => photo !== null)).toBe(true);
    expect(little.cache.descriptor.trainingWidth).toEqual(ample.cache.descriptor.trainingWidth);
    for (let i = 0; i < few.length; i++) {
      const wanted = bytesOf(await ample.cache.trainingCopy(i));
      expect(Buffer.compare(bytesOf(await little.cache.trainingCopy(i)), wanted)).toBe(0);
    }
    little.cache.close();
    // with more room the rest is kept too
    const more = await build({ files: few, directory, rule, copies: { kept, reserved: 0 } });
    expect(more.cache.descriptor.copies!.unkept).toEqual(few.map(() => null));
  });

  it('says so where a photo without a copy has changed', async () => {
    const path = join(scratch, 'changing.png');
    const file = [{ id: 'changing', path }];
    writeFileSync(path, await texture(1, 80, 70).png().toBuffer());
    const { cache } = await build({ files: file, copies: { kept: 'pixels', reserved: 0 }, maxBytes: 0 });
    writeFileSync(path, await texture(2, 80, 70).png().toBuffer());
    await expect(cache.trainingCopy(0)).rejects.toThrow(/no room for a copy of .*changing\.png.*it has changed since/);
    rmSync(path);
    await expect(cache.trainingCopy(0)).rejects.toBeInstanceOf(CacheReadError);
    cache.close();
  });
});

describe('disk budget', () => {
  const many = Array.from({ length: 1000 }, () => ({ width: 4000, height: 3000 }));

  it('makes the training copies smaller before it refuses', () => {
    const ample = planCache(many, 128, 1e9);
    expect(ample.trainingSide).toBe(205);
    expect(ample.bytes).toBe(1000 * 3 * (128 * 128 + 205 * 273));
    const sides = [2e8, 1.7e8, 1.5e8, 1.3e8, 1.2e8].map((budget) => planCache(many, 128, budget).trainingSide);
    expect(sides).toEqual([...sides].sort((a, b) => b - a));
    expect(Math.min(...sides)).toBe(128);
    expect(() => planCache(many, 128, 1e8)).toThrow(CacheTooLargeError);
    expect(() => planCache(many, 128, 1e8)).toThrow(/1000 photos at 128 px needs 115 MB.*100 MB.*smaller image size/);
    expect(estimateCacheBytes([{ width: 32, height: 32 }], 128, 205)).toBe(3 * (128 * 128 + 32 * 32)); // never enlarged
  });

  it('lets other collections go, the longest unused first, and never the one it builds', async () => {
    const directory = join(scratch, 'budget');
    const sized = files.map((file, i) => ({ ...file, width: 90 + i, height: 70 }));
    const part = (from: number) => sized.slice(from, from + 8);
    const oldest = await build({ directory, files: part(0) });
    const [first] = packs(directory);
    utimesSync(join(directory, first!.replace(/pixels$/, 'index')), new Date(1e12), new Date(1e12));
    await build({ directory, files: part(8) });
    const maxBytes = cacheBytes(directory) + 20_000; // a third collection is a little larger than the first
    await build({ directory, files: part(16), maxBytes });
    expect(existsSync(join(directory, first!))).toBe(false);
    expect(packs(directory)).toHaveLength(2);
    expect(cacheBytes(directory)).toBeLessThanOrEqual(maxBytes * 1.05);
    await expect(build({ directory, files: sized, maxBytes: 100_000 })).rejects.toBeInstanceOf(CacheTooLargeError);
    oldest.cache.close();
  });
});
