/**
 * Copies of chosen photos in a folder of the person's choice: never over a file that is there, never into photos that
 * are read, and no original is touched. What cannot be done is said before the first file is written.
 */
import { constants } from 'node:fs';
import { access, copyFile, link, open, rm } from 'node:fs/promises';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import { setImmediate as breathe } from 'node:timers/promises';
import {
  errnoOf,
  isThere as answersFor,
  makeFolder,
  moveInto,
  removeOwnTemporaryFiles,
  systemPath,
  temporaryName,
} from '../../files/index.ts';
import { isFullDisk } from '../../db/index.ts';
import { shownName } from '../../../shared/fileNames.ts';
import { reason } from '../../../shared/reason.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import { photoPath } from '../library/photos.ts';
import { freeBytes } from '../system.ts';
import { refusePlaces, unwritable } from '../target.ts';
import type { TaskWork } from '../tasks.ts';
import { each, gathered, unhurried } from '../unhurried.ts';
import type { Work } from '../../../shared/work.ts';
import { chosenPhotos } from './listed.ts';

/** Names that are looked at before others may have the thread. */
const NAMES_AT_ONCE = 1000;

interface Copy {
  from: string;
  to: string;
  bytes: number;
}

/**
 * The work of a task whose result is the folder, and how many files it copies.
 * @throws AppError bad-folder, no-images; FileError no-answer
 */
export async function copyPhotos(
  context: AppContext,
  imageIds: readonly string[],
  given: string,
  byTag: boolean,
): Promise<{ files: number; work: TaskWork }> {
  if (!isAbsolute(given)) throw new AppError('bad-folder.relative', { folder: given });
  const folder = resolve(given);
  await answersFor(folder); // as in openTarget
  await refusePlaces(context, folder);
  const copies = await unhurried(planned(context.store, imageIds, folder, byTag), context.closing);
  if (copies.length === 0) throw new AppError('no-images.copy');
  const work: TaskWork = async ({ signal, progress }) => {
    await sweep(copies, folder);
    await refuseClashes(copies, folder, signal);
    try {
      makeFolder(folder);
      const needed = copies.reduce((sum, { bytes }) => sum + bytes, 0);
      if ((await freeBytes(folder)) < needed) throw new AppError('bad-folder.full', { folder });
      for (const [i, copy] of copies.entries()) {
        signal.throwIfAborted();
        await copyOne(copy);
        progress((i + 1) / copies.length, reason('doing.copying'));
      }
    } catch (error) {
      if (error instanceof AppError || signal.aborted) throw error;
      throw isFullDisk(error) ? new AppError('bad-folder.full', { folder }) : unwritable(folder, error);
    }
    return folder;
  };
  return { files: copies.length, work };
}

/** Where each goes: as in its own folder, or under its tags. */
function* planned(
  store: AppContext['store'],
  imageIds: readonly string[],
  folder: string,
  byTag: boolean,
): Work<Copy[]> {
  const photos = yield* gathered(chosenPhotos(store, imageIds));
  const several = new Set(photos.map(({ row }) => row.datasetId)).size > 1;
  const copies = new Map<string, Copy>(); // parts of one file are that file
  yield* each(photos, ({ row, folder: own, tags }) => {
    const from = photoPath(own, row);
    const file = shownName(row.file).split('/'); // what is not UTF-8 is not on every disk
    const flat = file.at(-1)!;
    const inside = several ? [fileName(own.name), ...file] : file;
    const places = byTag ? tags.map((tag) => [fileName(tag), flat]) : [inside];
    for (const parts of places.length ? places : [[flat]]) {
      const to = join(folder, ...parts);
      copies.set(`${from}\0${to}`, { from, to, bytes: row.bytes });
    }
  });
  return [...copies.values()];
}

/** A tag as the name of a folder, on every file system: Windows keeps some names for devices, whatever stands behind a point. */
const fileName = (name: string): string =>
  name
    .replace(/[<>:"/\\|?*\p{Cc}]+/gu, '-')
    .slice(0, 100)
    .replace(/[. ]+$/, '')
    .replace(/^(?:con|prn|aux|nul|com\d|lpt\d)(?=\.|$)/i, '$&-') || '-';

/** Removes what a copy that was killed had half written into these folders. Where that fails, writing says why. */
async function sweep(copies: readonly Copy[], folder: string): Promise<void> {
  const into = new Set([folder, ...copies.map(({ to }) => dirname(to))]);
  for (const each of into) await removeOwnTemporaryFiles(each).catch(() => {});
}

/** @throws AppError where a name is there already, or two photos would have it */
async function refuseClashes(copies: readonly Copy[], folder: string, signal: AbortSignal): Promise<void> {
  const taken = new Set<string>();
  /** Of each folder that they go into: in one that is not there nothing is. */
  const folders = new Map<string, boolean>();
  for (const [i, { to }] of copies.entries()) {
    signal.throwIfAborted();
    if (i % NAMES_AT_ONCE === 0) await breathe(); // of a folder that is not there nobody is asked
    const key = to.toLowerCase(); // one name on many file systems
    const into = dirname(to);
    if (!folders.has(into)) folders.set(into, await isThere(into));
    if (taken.has(key) || (folders.get(into) && (await isThere(to))))
      throw new AppError('bad-folder.clash', { folder, file: to.slice(folder.length + 1) });
    taken.add(key);
  }
}

const isThere = (path: string): Promise<boolean> =>
  access(systemPath(path), constants.F_OK).then(
    () => true,
    () => false,
  );

/** Whole or not at all: a copy that was cut off has no photo's name. */
async function copyOne({ from, to }: Copy): Promise<void> {
  makeFolder(dirname(to));
  const part = temporaryName(to);
  try {
    await copyFile(systemPath(from), part, constants.COPYFILE_EXCL);
    await nameFreshly(part, to);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST')
      throw new AppError('bad-folder.clash', { folder: dirname(to), file: basename(to) });
    if (isFullDisk(error)) throw error;
    await refuseUnreadable(from);
    throw error;
  } finally {
    await rm(part, { force: true });
  }
}

/** Gives a whole copy its name unless a file has got it meanwhile: a link takes no other's place, where the disk knows links. */
async function nameFreshly(part: string, to: string): Promise<void> {
  try {
    await link(part, to);
  } catch (error) {
    if (errnoOf(error) === 'EEXIST') throw error;
    await moveInto(part, to);
  }
}

/** @throws AppError naming the photo, where it is that which cannot be read, and not the folder that cannot be written */
async function refuseUnreadable(from: string): Promise<void> {
  const why = await readFault(from);
  if (why === 'ENOENT' || why === 'ENOTDIR') throw new AppError('bad-folder.missing-photo', { file: from });
  if (why !== null) throw new AppError('bad-folder.closed-photo', { file: from, errno: why });
}

async function readFault(path: string): Promise<string | null> {
  try {
    const file = await open(systemPath(path), 'r');
    await file.read(new Uint8Array(1), 0, 1, 0).finally(() => file.close());
    return null;
  } catch (error) {
    return errnoOf(error) ?? String(error);
  }
}
