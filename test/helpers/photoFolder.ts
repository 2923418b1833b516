/** A library and a folder of files that change under it, both new for each test of the file that imports this. */
import { mkdirSync, renameSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, expect } from 'vitest';
import { sharedFolder } from './folders.ts';
import { openLibrary } from './libraryDouble.ts';
import type { LibraryDouble } from './libraryDouble.ts';

const scratch = sharedFolder('machine');
let count = 0;
export let folder: string;
let home: string;
export let library: LibraryDouble;
/** Rejections that nobody took; none is left when a test ends. */
export const unhandled: unknown[] = [];
const note = (error: unknown) => void unhandled.push(error);

beforeEach(() => {
  process.on('unhandledRejection', note);
  folder = join(scratch, `photos${count}`);
  home = join(scratch, `home${count++}`);
  library = openLibrary(home);
});
afterEach(async () => {
  await library.close();
  process.off('unhandledRejection', note);
  expect(unhandled.splice(0)).toEqual([]);
});

/** As another start of the application finds it. */
export const openAgain = () => void (library = openLibrary(home));
/** The folder under another name. */
export function moveFolder() {
  renameSync(folder, `${folder} moved`);
  folder = `${folder} moved`;
}

let clock = 1_700_000_000;
/** Each write has a time of its own, as files that a camera makes have. */
export function put(file: string, text = file) {
  mkdirSync(dirname(join(folder, file)), { recursive: true });
  writeFileSync(join(folder, file), text);
  touch(file);
}
export const touch = (file: string) => utimesSync(join(folder, file), ++clock, clock);

export async function add() {
  const { id } = await library.call('library.add', { folder });
  await library.idle();
  return id;
}
export async function rescan(datasetId: string) {
  await library.call('library.rescan', { datasetId });
  await library.idle();
  const scans = library.events.flatMap((event) => (event.name === 'scan' ? [event.progress] : []));
  return scans.at(-1)!;
}
export const images = async (datasetId: string) => (await library.call('library.images', { datasetId })).images;
export const byFile = async (datasetId: string) =>
  new Map((await images(datasetId)).map((image) => [image.file, image]));
export const labels = async (datasetId: string) =>
  Object.fromEntries((await images(datasetId)).map(({ file, label }) => [file, label]));
