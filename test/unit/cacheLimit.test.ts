/** What decoded photos may take on disk. */
import { expect, it } from 'vitest';
import { photoCacheBytes } from '../../src-main/app/cacheLimit.ts';
import { freeDiskBytes } from '../../src-main/images/index.ts';
import { testFolder } from '../helpers/folders.ts';

const limit = (photoCache: string, cacheGigabytes: number | null) => {
  const settings = { get: () => ({ cacheGigabytes }) };
  return photoCacheBytes({ store: { settings }, paths: { photoCache } } as unknown as Parameters<
    typeof photoCacheBytes
  >[0]);
};

it('is what a person set, else half of what the disk has left', () => {
  const folder = testFolder('limit');
  expect(limit(folder, 3.5)).toBe(3.5e9);
  const half = freeDiskBytes(folder) / 2;
  expect(limit(folder, null) / half).toBeCloseTo(1, 1); // others write to the disk meanwhile
});
