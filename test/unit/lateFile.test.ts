/** A file whose disk answers after it was given up. */
import { writeFileSync } from 'node:fs';
import type { FileHandle } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { openGiven } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';

const disk = vi.hoisted(() => ({ answer: () => {}, opened: null as FileHandle | null }));
vi.mock(import('node:fs/promises'), async (original) => {
  const fs = await original();
  const open: typeof fs.open = async (...given) => {
    await new Promise<void>((resolve) => (disk.answer = resolve));
    return (disk.opened = await fs.open(...given));
  };
  return { ...fs, open };
});

test('is closed again', async () => {
  const path = join(testFolder('late'), 'file');
  writeFileSync(path, 'x');
  await expect(openGiven(path, 0.01)).rejects.toMatchObject({ code: 'no-answer' });
  disk.answer();
  await expect.poll(() => disk.opened?.fd).toBe(-1); // as a handle says that is closed
});
