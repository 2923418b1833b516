/**
 * Copies of chosen photos in a folder of the person's choice: never over a file that is there, never into photos that
 * are read, and no original is touched. What cannot be done is said before the first file is written.
 */
import { constants } from 'node:fs';
import { access, copyFile, rm } from 'node:fs/promises';
import { dirname, isAbsolute, join, resolve } from 'node:path';
import { errnoOf, makeFolder, moveInto, systemPath } from '../../files/index.ts';
import { isFullDisk } from '../../db/index.ts';
import { shownName } from '../../../shared/fileNames.ts';
import { reason } from '../../../shared/reason.ts';
import type { AppContext } from '../context.ts';
import { AppError } from '../errors.ts';
import type { Library } from '../library/library.ts';
import { freeBytes } from '../system.ts';
import { refusePlaces, unwritable } from '../target.ts';
import type { TaskWork } from '../tasks.ts';

interface Copy {
  from: string;
  to: string;
  bytes: number;
}

/**
 * The work of a task whose result is the folder.
 * @throws AppError bad-folder, no-images
 */
export function copyPhotos(
  context: AppContext,
  library: Library,
  imageIds: readonly string[],
  given: string,
  byTag: boolean,
): TaskWork {
  if (!isAbsolute(given)) throw new AppError('bad-folder.relative', { folder: given });
  const folder = resolve(given);
  refusePlaces(context, folder);
  const copies = plan(context, library, imageIds, folder, byTag);
  if (copies.length === 0) throw new AppError('no-images.copy');
  return async ({ signal, progress }) => {
    await refuseClashes(copies, folder);
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
}

/** Where each goes: as in its own folder, or under its tags. */
function plan(
  { store }: AppContext,
  library: Library,
  imageIds: readonly string[],
  folder: string,
  byTag: boolean,
): Copy[] {
  const rows = imageIds.flatMap((id) => store.images.get(id) ?? []);
  const several = new Set(rows.map(({ datasetId }) => datasetId)).size > 1;
  const names = new Map(store.tags.all().map(({ id, name }) => [id, fileName(name)]));
  const copies = rows.flatMap((row) => {
    const from = library.photos.path(row);
    const file = shownName(row.file).split('/'); // what is not UTF-8 is not on every disk
    const flat = file.at(-1)!;
    const inside = several ? [fileName(store.datasets.get(row.datasetId)!.name), ...file] : file;
    const places = byTag ? store.tags.of(row.id).map((tagId) => [names.get(tagId)!, flat]) : [inside];
    return (places.length ? places : [[flat]]).map((parts) => ({ from, to: join(folder, ...parts), bytes: row.bytes }));
  });
  return [...new Map(copies.map((copy) => [`${copy.from}\0${copy.to}`, copy])).values()]; // parts of one file are that file
}

/** A tag as the name of a folder, on every file system. */
const fileName = (name: string): string =>
  name
    .replace(/[<>:"/\\|?*\p{Cc}]+/gu, '-')
    .replace(/[. ]+$/, '')
    .slice(0, 100) || '-';

/** @throws AppError where a name is there already, or two photos would have it */
async function refuseClashes(copies: readonly Copy[], folder: string): Promise<void> {
  const taken = new Set<string>();
  for (const { to } of copies) {
    const key = to.toLowerCase(); // one name on many file systems
    const isThere = await access(to, constants.F_OK).then(
      () => true,
      () => false,
    );
    if (isThere || taken.has(key))
      throw new AppError('bad-folder.clash', { folder, file: to.slice(folder.length + 1) });
    taken.add(key);
  }
}

/** Whole or not at all: a copy that was cut off has no photo's name. */
async function copyOne({ from, to }: Copy): Promise<void> {
  makeFolder(dirname(to));
  const part = `${to}.part`;
  try {
    await copyFile(systemPath(from), part, constants.COPYFILE_EXCL);
    await moveInto(part, to);
  } catch (error) {
    await rm(part, { force: true });
    if (errnoOf(error) === 'ENOENT') throw new AppError('bad-folder.missing-photo', { file: from });
    throw error;
  }
}
