/** A few photos in a folder, and caches that are built of them: for the tests of the cache. */
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { buildCache, ImagePool } from '../../../src-main/images/index.ts';
import type { BuildCacheOptions, CacheProgress } from '../../../src-main/images/index.ts';
import { sharedFolder } from '../../helpers/folders.ts';
import { texture } from '../../helpers/pictures.ts';

export const scratch = sharedFolder('cache');
export const photos = join(scratch, 'photos');
export const COUNT = 24;
export const files = Array.from({ length: COUNT }, (_, i) => ({ id: `photo ${i}`, path: join(photos, `${i}.png`) }));
let pool: ImagePool;

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
afterAll(() => pool.close());

let folders = 0;
/** Builds a cache of the photos in a new folder. */
export const build = async (options: Partial<BuildCacheOptions> = {}) => {
  let last: CacheProgress | undefined;
  const directory = options.directory ?? join(scratch, `c${folders++}`);
  const built = await buildCache({
    files,
    imageSize: 32,
    pool,
    onProgress: (progress) => (last = progress),
    ...options,
    directory,
  });
  return { ...built, directory, progress: last! };
};
export const packs = (directory: string): string[] =>
  (readdirSync(directory, { recursive: true }) as string[]).filter((name) => name.endsWith('.pixels'));
