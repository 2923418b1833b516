/** CSV files that a person names: read, and written anywhere but among the photos. */
import { statSync } from 'node:fs';
import { stat } from 'node:fs/promises';
import { dirname, resolve } from 'node:path';
import type { Client } from '../../shared/client.ts';
import { CsvError, csvRecords, csvText } from '../../shared/csv.ts';
import { answered, isInside, placeOf, writeFileAtomicSync } from '../files/index.ts';
import { UsageError } from './command.ts';
import { readNamed } from './namedFile.ts';

/**
 * @throws UsageError naming the file, where it cannot be read or is no CSV; FileError where it is none, or its disk does
 * not answer
 */
export async function readCsvFile(file: string): Promise<string> {
  return readText(file, csvRecords);
}

/** The text of a file that is no CSV. @throws as readCsvFile */
export const readLines = async (file: string): Promise<string[]> => (await readText(file)).split(/\r?\n/);

/** @param check throws where the text is not what it should be */
async function readText(file: string, check: (text: string) => unknown = () => {}): Promise<string> {
  const bytes = await readNamed(file);
  try {
    const text = csvText(bytes);
    check(text);
    return text;
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`${file}: ${error.message}`);
    throw error;
  }
}

/**
 * The path of a CSV that is to be written, whole: where a link leads to. Asked before the work whose result it takes.
 * @throws UsageError where it would lie in a photo folder of the library, or take the place of what is no file
 */
export async function csvTarget(client: Client, option: string, given: string): Promise<string> {
  const place = await placeOf(resolve(given));
  const folders = (await client.call('library.list', null)).filter(({ parent }) => parent === null);
  const places = await Promise.all(folders.map(({ folder }) => placeOf(folder)));
  const around = folders.find((_, i) => isInside(place, places[i]!));
  if (around)
    throw new UsageError(
      `--${option} ${given} lies in the photo folder ${around.name}, and nothing is ever written there: choose another place`,
    );
  // a file that is written whole takes the place of what had its name, which a device or a pipe would not survive
  if (isSpecial(place))
    throw new UsageError(`--${option} ${given} is not a file but a folder, a pipe or a device: name a file`);
  // an evaluation may take hours: not after it is it said that its result cannot be written
  const folder = dirname(place);
  if (!(await answered(folder, () => stat(folder).catch(() => null)))?.isDirectory())
    throw new UsageError(`--${option} ${given}: there is no folder ${folder}: create it or choose another place`);
  return place;
}

function isSpecial(path: string): boolean {
  try {
    return !statSync(path).isFile();
  } catch {
    return false; // nothing is there, or nothing can be written there, which is then said
  }
}

/** @throws FileError where the disk does not take it */
export const writeCsvFile = (file: string, lines: readonly string[]): void => writeFileAtomicSync(file, lines.join(''));
