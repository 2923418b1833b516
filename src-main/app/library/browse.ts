/** Folders of this machine for picking one, where the host has no native dialog. */
import { readdir, stat } from 'node:fs/promises';
import { basename, dirname, extname, join, resolve } from 'node:path';
import type { AppResult } from '../../../shared/contract.ts';
import { isEncoderFile } from '../../../shared/frozen.ts';
import { byName } from '../../../shared/names.ts';
import { isWeightsFile } from '../../../shared/weights.ts';
import { IMAGE_EXTENSIONS } from '../../images/index.ts';
import { answered, personsFolder } from '../../files/index.ts';
import { AppError } from '../errors.ts';

const isPhoto = (name: string): boolean => IMAGE_EXTENSIONS.has(extname(name).slice(1).toLowerCase());

/**
 * @param folder absolute path, or null for the usual starting places
 * @throws AppError bad-folder, FileError no-answer
 */
export async function browse(folder: string | null): Promise<AppResult<'library.browse'>> {
  if (folder === null) return startingPlaces();
  const here = resolve(folder);
  return await answered(here, () => listed(here));
}

async function listed(here: string): Promise<AppResult<'library.browse'>> {
  const entries = await readdir(here, { withFileTypes: true }).catch((error: NodeJS.ErrnoException) => {
    throw new AppError('bad-folder.unopenable', { folder: here, errno: error.code ?? error.message });
  });
  const folders = entries
    .filter((entry) => !entry.name.startsWith('.') && (entry.isDirectory() || entry.isSymbolicLink()))
    .map((entry) => ({ name: entry.name, folder: join(here, entry.name), link: entry.isSymbolicLink() }));
  const open = await Promise.all(
    folders.map(async ({ folder, link }) => !link || ((await stat(folder).catch(() => null))?.isDirectory() ?? false)),
  );
  const files = entries.filter((entry) => entry.isFile());
  const filesThat = (fits: (name: string) => boolean) =>
    sorted(files.filter(({ name }) => fits(name)).map(({ name }) => ({ name, file: join(here, name) })));
  return {
    folder: here,
    parent: dirname(here) === here ? null : dirname(here),
    folders: sorted(folders.filter((_, i) => open[i]).map(({ name, folder }) => ({ name, folder }))),
    weights: filesThat(isWeightsFile),
    encoders: filesThat(isEncoderFile),
    images: files.filter(({ name }) => isPhoto(name)).length,
  };
}

const sorted = <T extends { name: string }>(items: T[]): T[] => items.sort((a, b) => byName(a.name, b.name));

async function startingPlaces(): Promise<AppResult<'library.browse'>> {
  const home = personsFolder();
  const wanted = [join(home, 'Pictures'), join(home, 'Desktop'), join(home, 'Downloads'), home];
  if (process.platform === 'win32') wanted.push('C:\\', 'D:\\', 'E:\\');
  else wanted.push(process.platform === 'darwin' ? '/Volumes' : '/media', '/');
  const places = [...new Set(wanted)]; // a container's home may be the root itself
  const there = await Promise.all(places.map(async (folder) => (await stat(folder).catch(() => null))?.isDirectory()));
  const folders = places.filter((_, i) => there[i]).map((folder) => ({ name: basename(folder) || folder, folder }));
  return { folder: '', parent: null, folders, weights: [], encoders: [], images: 0 };
}
