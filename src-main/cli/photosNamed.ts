/** Photos of a folder that a person names: one by one, or in a file that lists them. */
import { stat } from 'node:fs/promises';
import { basename, resolve } from 'node:path';
import type { Client } from '../../shared/client.ts';
import { csvRecords, unguarded } from '../../shared/csv.ts';
import type { Dataset, ListedPhoto } from '../../shared/contract.ts';
import { IdList } from '../../shared/idList.ts';
import { inPieces } from '../../shared/pieces.ts';
import { answered } from '../files/index.ts';
import { UsageError } from './command.ts';
import { readCsvFile, readLines } from './csvFile.ts';

/** Names of the column of photos, as where tags and labels are read. */
const columns = ['file', 'path', 'filename', 'image', 'file_name', 'filepath'];

interface PhotosOf {
  find(named: string): ListedPhoto | undefined;
  /** Why it finds none. */
  none(named: string): string;
}

/** Finds photos by path inside the folder, by path on this computer, or by a name that is unique. */
async function photosOf(client: Client, { id, folder, name }: Dataset): Promise<PhotosOf> {
  const all = [...IdList.read(await client.call('photos.ids', { datasetId: id }))];
  const photos = await inPieces(all, (imageIds) => client.call('photos.list', { imageIds }));
  const byPath = new Map(photos.flatMap((photo) => [[photo.file, photo] as const, [photo.path, photo] as const]));
  const byName = Map.groupBy(photos, ({ file }) => basename(file));
  return {
    find(named) {
      const alone = byName.get(named);
      return byPath.get(named) ?? (alone?.length === 1 ? alone[0] : undefined);
    },
    none(named) {
      const several = byName.get(named)?.length;
      return several
        ? `${several} photos of ${name} are named ${named}: give the path inside ${folder}`
        : `there is no photo ${named} in ${folder}`;
    },
  };
}
/** @throws UsageError naming the first that is none */
export async function photosNamed(client: Client, dataset: Dataset, files: readonly string[]): Promise<ListedPhoto[]> {
  const { find, none } = await photosOf(client, dataset);
  return files.map((file) => {
    const found = find(file);
    if (!found) throw new UsageError(none(file));
    return found;
  });
}

/**
 * The photos of an option: each value is a photo, or else a file that lists some.
 * @throws UsageError naming what is neither, and the first line that names no photo; FileError where a disk does not answer
 */
export async function photosGiven(
  client: Client,
  dataset: Dataset,
  option: string,
  given: readonly string[],
): Promise<ListedPhoto[]> {
  const { find, none } = await photosOf(client, dataset);
  const photos: ListedPhoto[] = [];
  for (const value of given) {
    const alone = find(value);
    if (alone) {
      photos.push(alone);
      continue;
    }
    const list = resolve(value);
    const isFile = await answered(list, () =>
      stat(list)
        .then((found) => found.isFile())
        .catch(() => false),
    );
    if (!isFile) throw new UsageError(`--${option}: ${none(value)}, and no file of that name that lists photos`);
    for (const line of await linesOf(list)) {
      const found = find(line);
      if (!found) throw new UsageError(`--${option} ${value}: ${none(line)}`);
      photos.push(found);
    }
  }
  return photos;
}

/** What a list names: of a CSV its column of photos, of another text each line as it stands, which may hold commas. */
async function linesOf(list: string): Promise<string[]> {
  if (!/\.csv$/i.test(list)) return (await readLines(list)).map((line) => line.trim()).filter((line) => line !== '');
  const records = csvRecords(await readCsvFile(list));
  const at = records[0]?.findIndex((cell) => columns.includes(cell.trim().toLowerCase())) ?? -1;
  return (at < 0 ? records : records.slice(1))
    .map((cells) => unguarded(cells[Math.max(0, at)]?.trim() ?? ''))
    .filter((cell) => cell !== '');
}
