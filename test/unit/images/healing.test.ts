/** Damage in the cache's files: told before it is used, mended from the photo, and named where that is gone too. */
import { readFileSync, readdirSync, rmSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, it } from 'vitest';
import { RunConfig } from '../../../shared/config.ts';
import { buildCache, DamagedEntryError, ImagePool, ViewLoader } from '../../../src-main/images/index.ts';
import type { ImageCache } from '../../../src-main/images/index.ts';
import { testFolder } from '../../helpers/folders.ts';
import { texture } from '../../helpers/pictures.ts';

const count = 8;
const { augment } = RunConfig.parse({});
let pool: ImagePool;
let scratch: string;
let files: { id: string; path: string }[];
let mended: string[];
const open: { close(): unknown }[] = [];

beforeAll(() => void (pool = new ImagePool({ workers: 1 })));
afterAll(() => pool.close());
beforeEach(async () => {
  scratch = testFolder('healing');
  files = Array.from({ length: count }, (_, i) => ({ id: `photo ${i}`, path: join(scratch, `${i}.png`) }));
  for (const [i, { path }] of files.entries())
    writeFileSync(
      path,
      await texture(i, 60 + i, 50)
        .png()
        .toBuffer(),
    );
  mended = [];
});
afterEach(async () => {
  for (const item of open.splice(0)) await item.close();
});

async function build() {
  let reused = 0;
  const { cache } = await buildCache({
    files,
    directory: join(scratch, 'cache'),
    imageSize: 16,
    pool,
    onProgress: (progress) => (reused = progress.reused),
    onMended: (_, path) => mended.push(path),
  });
  open.push(cache);
  return { cache, reused };
}

/** Flips a bit of the entry: in its evaluation image, or `training` in the copy behind it. */
function flip({ descriptor }: ImageCache, index: number, training = false): void {
  const pack = descriptor.packs[descriptor.pack[index]!]!;
  const bytes = readFileSync(pack);
  const at = descriptor.offset[index]! + (training ? 3 * 16 * 16 + 40 : 40);
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(pack, bytes);
}

const indexFile = (): string => {
  const name = (readdirSync(join(scratch, 'cache'), { recursive: true }) as string[]).find((n) => n.endsWith('.index'));
  return join(scratch, 'cache', name!);
};

it('tells a flipped bit, makes the entry again, and finds it in the next build', async () => {
  const { cache } = await build();
  const [picture, copy] = [cache.evaluationBytes('photo 2'), cache.trainingImage(5).data];
  flip(cache, 2);
  flip(cache, 5, true);
  const { cache: damaged, reused } = await build();
  expect(reused).toBe(count);
  expect(() => damaged.evaluationBytes('photo 2')).toThrow(DamagedEntryError);
  expect(() => damaged.evaluation(['photo 1', 'photo 2'])).toThrow(DamagedEntryError);
  expect(() => damaged.trainingImage(5)).toThrow(DamagedEntryError);
  const few = damaged.subset(['photo 1', 'photo 2']);
  const [first, second] = await Promise.all([
    damaged.healed(() => damaged.evaluationBytes('photo 2')),
    few.healed(() => few.evaluationBytes('photo 2')),
  ]);
  expect(first).toEqual(picture);
  expect(second).toEqual(picture);
  expect(await damaged.healed(() => damaged.trainingImage(5).data)).toEqual(copy);
  expect(mended).toEqual([files[2]!.path, files[5]!.path]);
  const next = await build();
  expect(next.reused).toBe(count);
  expect(next.cache.evaluationBytes('photo 2')).toEqual(picture);
  expect(next.cache.trainingImage(5).data).toEqual(copy);
});

it('decodes again what a damaged line of an index named, and that alone', async () => {
  const { cache } = await build();
  const copies = files.map((_, i) => Uint8Array.from(cache.trainingImage(i).data));
  const bytes = readFileSync(indexFile());
  const at = bytes.indexOf(0x0a) + 40; // in the key or the offset of the second line: as good a line as any other
  bytes[at] = bytes[at]! ^ 1;
  writeFileSync(indexFile(), bytes);
  const again = await build();
  expect(again.reused).toBe(count - 1);
  files.forEach(({ id }, i) => expect(again.cache.trainingImage(again.cache.indexOf(id)).data).toEqual(copies[i]));
});

it('reads packs of versions without checksums', async () => {
  const { cache } = await build();
  const copy = Uint8Array.from(cache.trainingImage(3).data);
  const older = readFileSync(indexFile(), 'utf8').replace(/^(\[.*),\d+,\d+\]\t[0-9a-f]{8}$/gm, '$1]');
  expect(older).not.toContain('\t');
  writeFileSync(indexFile(), older);
  const again = await build();
  expect(again.reused).toBe(count);
  expect(again.cache.trainingImage(3).data).toEqual(copy);
});

it('gives the batches that it would have given', async () => {
  const { cache } = await build();
  const batches = async (from: ImageCache) => {
    const loader = new ViewLoader({ cache: from, augment, imageSize: 16, batchSize: 4, seed: 3, workers: 2 });
    const out = [];
    for (const [epoch, step] of [
      [0, 0],
      [0, 1],
      [1, 0],
      [1, 1],
    ] as const) {
      const { ids, views } = await loader.next(epoch, step);
      out.push({ ids, views: views.map((view) => view.slice()) });
    }
    await loader.close();
    return out;
  };
  const expected = await batches(cache);
  for (const index of [1, 4, 6]) flip(cache, index, true);
  const { cache: damaged } = await build();
  expect(await batches(damaged)).toEqual(expected);
  expect([...mended].sort()).toEqual([1, 4, 6].map((i) => files[i]!.path));
});

it('names the photo that cannot stand in for its copy', async () => {
  const { cache } = await build();
  const { cache: held } = await build();
  for (const index of [0, 1, 2]) flip(cache, index);
  rmSync(files[0]!.path);
  writeFileSync(files[1]!.path, await texture(99, 61, 50).png().toBuffer());
  utimesSync(files[2]!.path, 5, 5); // touched, and what it was
  const read = (id: string) => held.healed(() => held.evaluationBytes(id));
  await expect(read('photo 0')).rejects.toMatchObject({
    key: 'cache-read.photo',
    message: expect.stringMatching(/0\.png .*no longer exists/) as string,
  });
  await expect(read('photo 1')).rejects.toMatchObject({
    message: expect.stringMatching(/1\.png .*has changed/) as string,
  });
  await read('photo 2');
  const loader = new ViewLoader({ cache: held, augment, imageSize: 16, batchSize: 8, seed: 3, workers: 1 });
  open.push(loader);
  flip(held, 1, true);
  await expect(loader.next(0, 0)).rejects.toMatchObject({ key: 'cache-read.photo' });
});

it('names the photos that are not those that were listed', async () => {
  const listed = files.map(({ path }) => ({ bytes: statSync(path).size, modified: statSync(path).mtimeMs }));
  writeFileSync(files[3]!.path, await texture(98, 63, 50).png().toBuffer());
  utimesSync(files[3]!.path, 7, 7);
  const given = files.map((file, i) => ({ ...file, listed: listed[i]! }));
  const options = { directory: join(scratch, 'cache'), imageSize: 16, pool };
  const { cache, changed } = await buildCache({ ...options, files: given });
  open.push(cache);
  expect(changed).toEqual(['photo 3']);
});
