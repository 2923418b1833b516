/**
 * Where results for other programs may go: a new folder or one of ours (src-main/files), and never a person's photos or
 * the home's own folders.
 */
import { isAbsolute, resolve } from 'node:path';
import { storageError } from '../db/index.ts';
import { claimFolder, FileError, isInside, isThere, placeOf } from '../files/index.ts';
import type { Claim } from '../files/index.ts';
import type { AppContext } from './context.ts';
import { AppError } from './errors.ts';

/**
 * Makes the folder and claims it for `files`.
 * @throws AppError bad-folder, FileError not-ours, no-answer; write-failed while another application writes there
 */
export async function openTarget(
  context: Pick<AppContext, 'store' | 'paths'>,
  given: string,
  files: readonly string[],
  replace: boolean,
): Promise<Claim> {
  if (!isAbsolute(given)) throw new AppError('bad-folder.relative', { folder: given });
  const folder = resolve(given);
  await isThere(folder); // or its disk does not answer, which nobody waits for
  await refusePlaces(context, folder);
  try {
    return await claimFolder(folder, files, replace);
  } catch (error) {
    if (error instanceof FileError && (error.code === 'not-ours' || error.key === 'write-failed.in-use')) throw error;
    throw unwritable(folder, error);
  }
}

/** The folders of one piece of work, from their claim until they are whole. Whoever opens one releases all, however the work ends. */
export class Targets {
  readonly #context: Pick<AppContext, 'store' | 'paths'>;
  readonly #claims = new Map<string, Claim>();

  constructor(context: Pick<AppContext, 'store' | 'paths'>) {
    this.#context = context;
  }

  /** As openTarget; answers the folder. One that is opened again stays as it was claimed, for the same files. */
  async open(given: string, files: readonly string[], replace: boolean): Promise<string> {
    const known = this.#claims.get(resolve(given));
    if (known) return known.folder; // claimed twice, a person's file in it would be taken for ours
    const claim = await openTarget(this.#context, given, files, replace);
    this.#claims.set(claim.folder, claim);
    return claim.folder;
  }

  /** Its files are whole. */
  async seal(folder: string, files: readonly string[]): Promise<void> {
    await this.#claims.get(folder)!.seal(files);
    this.#claims.delete(folder);
  }

  /** Gives up what is not whole: where nothing was written no empty folder stays. */
  release = async (): Promise<void> => {
    for (const claim of this.#claims.values()) await claim.release().catch(() => {}); // it stays as after a crash
  };
}

/** What a disk said about a folder, as the sentence of a folder. */
export const unwritable = (folder: string, error: unknown): AppError =>
  new AppError(
    (storageError(error, folder) as { code?: string }).code === 'full-disk'
      ? 'bad-folder.full'
      : 'bad-folder.unwritable',
    { folder },
  );

/**
 * The home's own folder of exports is a place for them, also where the home itself lies in a folder of photos.
 * @throws AppError where the folder is, holds or lies in a photo folder of the library or the home's own
 */
export async function refusePlaces(
  { store, paths }: Pick<AppContext, 'store' | 'paths'>,
  folder: string,
): Promise<void> {
  const target = await placeOf(folder);
  const meets = (other: string) => isInside(target, other) || isInside(other, target);
  const [home, exports] = await Promise.all([placeOf(paths.home), placeOf(paths.exports)]);
  const isForExports = isInside(target, exports) && target !== exports;
  for (const { folder: own, name } of store.datasets.all()) {
    const photos = await placeOf(own);
    if (meets(photos) && !(isForExports && isInside(home, photos)))
      throw new AppError('bad-folder.photos', { folder, name });
  }
  if (meets(home) && !isForExports) throw new AppError('bad-folder.home', { folder });
}
