/** The cache: what it holds, that it is reused, survives being killed, and says what is wrong with its disk. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { appendFileSync, mkdirSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { describe, expect, it } from 'vitest';
import {
  CacheReadError,
  ImageCache,
  cacheBytes,
  clearCache,
  decodeBytes,
  evaluationImage,
} from '../../../src-main/images/index.ts';
import type { CacheProgress } from '../../../src-main/images/index.ts';
import { bytesOf } from '../../../shared/bytes.ts';
import { texture } from '../../helpers/pictures.ts';
import { COUNT, build, files, packs, photos, scratch } from './photosInCache.ts';

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
    expect(Buffer.compare(bytesOf(probe.trainingImage(1).data), bytesOf(cache.trainingImage(2).data))).toBe(0);
    expect(() => cache.subset(['nobody'])).toThrow(/nobody/);
  });

  it('holds what the encoder looks at alone where nothing is trained on, or takes it from training copies', async () => {
    const alone = await build({ evaluationsOnly: true });
    const { directory } = alone;
    expect(cacheBytes(directory)).toBeLessThan(COUNT * 3 * 32 * 32 + 10_000); // pixels, and the index
    const { cache: whole, directory: trained } = await build();
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
    expect(Buffer.compare(image.data, bytesOf(cache.trainingImage(4).data))).toBe(0);
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
    files.forEach((_, i) => expect(Buffer.compare(bytesOf(again.cache.trainingImage(i).data), whole[i]!)).toBe(0));
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
      expect(Buffer.compare(bytesOf(cache.trainingImage(i).data), bytesOf(reference.cache.trainingImage(i).data))).toBe(
        0,
      );
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
