/** The list of an embedding's photos as a file: few are written at once, many in a thread. */
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { readIds, writeIds } from '../../src-main/app/explore/readIds.ts';
import { testFolder } from '../helpers/folders.ts';

test.each([3, 20_001])(
  '%i ids are read as they were written; what cannot be written says where and why',
  async (count) => {
    const folder = testFolder('ids');
    const ids = IdList.of(Array.from({ length: count }, (_, i) => `photo-${i}`));
    await writeIds(join(folder, 'ids.json'), ids);
    const read = await readIds(join(folder, 'ids.json'), count);
    expect([read.ids.length, read.ids.at(count - 1), read.isUnique]).toEqual([count, `photo-${count - 1}`, true]);
    const path = join(folder, 'gone', 'ids.json');
    await expect(writeIds(path, ids)).rejects.toMatchObject({
      key: 'write-failed.path',
      values: { path, reason: { key: 'write-failed.no-folder' } },
      details: { errno: 'ENOENT' },
    });
  },
);
