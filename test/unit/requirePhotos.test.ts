/** What is left of a folder that went away while it was read: nothing is made of it as if it were the whole. */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { JobImage } from '../../shared/contract/job.ts';
import type { Skipped } from '../../shared/contract/dataset.ts';
import { skipReason, systemReason } from '../../src-main/images/errors.ts';
import { requirePhotos } from '../../src-main/trainer/photos.ts';

const scratch = mkdtempSync(join(tmpdir(), 'lookalike-required-'));
const folder = join(scratch, 'photos');
afterAll(() => rmSync(scratch, { recursive: true, force: true }));

const images: JobImage[] = Array.from({ length: 30 }, (_, i) => {
  const file = `of/${i}.jpg`;
  return { id: `${i}`, path: join(folder, file), file, bytes: 1, modified: 1, label: null, heldOut: false };
});
const fill = () => {
  mkdirSync(join(folder, 'of'), { recursive: true });
  for (const { path } of images) writeFileSync(path, '.');
};
beforeAll(fill);

/** The last so many, with what the system said of them. */
const lost = (count: number, errno: string): Skipped[] =>
  images.slice(-count).map(({ file }) => ({ file, ...skipReason(systemReason({ code: errno })) }));

test('few may be gone, or damaged on the disk', async () => {
  const closed = lost(20, 'EACCES'); // as they were when they were listed
  for (const skipped of [[], lost(3, 'ENOENT'), lost(3, 'EIO'), closed])
    await expect(requirePhotos(images, skipped)).resolves.toBeUndefined();
});

test.each(['EIO', 'ENOTCONN', 'ESTALE'])('a disk or a share that fails on the way is named (%s)', async (errno) => {
  await expect(requirePhotos(images, lost(4, errno))).rejects.toMatchObject({
    key: 'photos-gone.disk',
    values: { count: 4, total: 30, folder },
  });
});

test('so is a folder whose last photos were not there, as the first no longer are', async () => {
  rmSync(join(folder, 'of'), { recursive: true });
  try {
    await expect(requirePhotos(images, lost(1, 'ENOENT'))).rejects.toMatchObject({
      key: 'photos-gone.vanished',
      values: { folder },
    });
    await expect(requirePhotos(images, lost(29, 'ENOENT'))).rejects.toMatchObject({ key: 'photos-gone.some' });
    rmSync(folder, { recursive: true });
    await expect(requirePhotos(images, lost(1, 'EIO'))).rejects.toMatchObject({ key: 'photos-gone.folder' });
  } finally {
    fill();
  }
});
