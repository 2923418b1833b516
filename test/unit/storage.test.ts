/** What the home takes, and clearing its caches. */
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { homePaths } from '../../src-main/app/index.ts';
import { clearCache, storageUse } from '../../src-main/app/storage.ts';
import { openStore } from '../../src-main/db/index.ts';
import { testFolder } from '../helpers/folders.ts';

it('counts the caches, and clears them but for the speeds that were measured', async () => {
  const paths = homePaths(testFolder('storage'));
  const store = openStore(':memory:');
  mkdirSync(join(paths.thumbnails, 'ab'), { recursive: true });
  mkdirSync(paths.photoCache, { recursive: true });
  writeFileSync(join(paths.thumbnails, 'ab', 'x.webp'), 'x'.repeat(100));
  writeFileSync(join(paths.photoCache, 'pixels.bin'), 'x'.repeat(1000));
  writeFileSync(join(paths.photoCache, 'speed.json'), '[]');
  mkdirSync(join(paths.cache, 'compiled'), { recursive: true });
  writeFileSync(join(paths.cache, 'compiled', 'module'), 'of the program itself');
  expect(await storageUse({ paths, store })).toMatchObject({ cacheBytes: 1100, runsBytes: 0, exports: paths.exports });
  expect(await clearCache({ paths })).toBe(1100);
  expect((await storageUse({ paths, store })).cacheBytes).toBe(0);
  expect(existsSync(join(paths.photoCache, 'speed.json'))).toBe(true);
});
