/** The folder of thumbnails keeps to its budget, which goes by how many photos there are. */
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { utimes } from 'node:fs/promises';
import { expect, test, vi } from 'vitest';
import { thumbnailBudget, Thumbnails } from '../../src-main/app/library/thumbnails.ts';
import { testFolder } from '../helpers/folders.ts';

test('what was not looked at for longest goes where there is no room, and nothing where there is', async () => {
  const directory = testFolder('thumbnails');
  let budget = 2000;
  const thumbnails = new Thumbnails(directory, () => budget);
  const photo = (i: number) => ({ path: `/photos/${i}.jpg`, bytes: 1, modified: 1 });
  for (let i = 0; i < 6; i++) {
    await thumbnails.write(photo(i), new Uint8Array(300));
    await utimes(thumbnails.place(photo(i)), 100, 100 + i);
  }
  const there = async () => (await Promise.all([0, 1, 2, 3, 4, 5].map((i) => thumbnails.has(photo(i))))).map(Number);
  await thumbnails.sweep();
  expect(await there()).toEqual([1, 1, 1, 1, 1, 1]);
  budget = 1400;
  await thumbnails.sweep();
  expect(await there()).toEqual([0, 0, 1, 1, 1, 1]);
  expect(readdirSync(directory).length).toBeGreaterThan(0);
});

test('what cannot be removed stays, and is no fault of the photo that is written', async () => {
  const directory = testFolder('thumbnails');
  const thumbnails = new Thumbnails(directory, () => 0);
  const photo = (path: string) => ({ path, bytes: 1, modified: 1 });
  const stuck = thumbnails.place(photo('stuck.jpg'));
  mkdirSync(stuck, { recursive: true }); // a folder in its place, which is not removed as a file is
  await thumbnails.write(photo('a.jpg'), new Uint8Array(300));
  await thumbnails.sweep();
  expect([existsSync(stuck), await thumbnails.has(photo('a.jpg'))]).toEqual([true, false]);
});

test('no photo waits until the others were looked at', async () => {
  const thumbnails = new Thumbnails(testFolder('thumbnails'), () => 0);
  const sweep = vi.spyOn(thumbnails, 'sweep').mockReturnValue(new Promise(() => {}));
  await thumbnails.write({ path: '/a.jpg', bytes: 1, modified: 1 }, new Uint8Array(100e6 + 1));
  expect(sweep).toHaveBeenCalledOnce();
});

test('a million photos have room for a million thumbnails, of a disk that has it', () => {
  expect(thumbnailBudget(1000, 1e12)).toBe(2e9);
  expect(thumbnailBudget(1_000_000, 1e12)).toBe(20e9);
  expect(thumbnailBudget(1_000_000, 40e9)).toBe(10e9);
  expect(thumbnailBudget(1_000_000, 1e9)).toBe(2e9);
});
