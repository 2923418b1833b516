/** CSV files that a person names: read, and written anywhere but among the photos. */
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Client } from '../../shared/client.ts';
import { CsvError, csvRecords } from '../../shared/csv.ts';
import { isInside, realPlace, writeFileAtomicSync } from '../app/index.ts';
import { UsageError } from './command.ts';

/** @throws UsageError naming the file, where it cannot be read or is no CSV */
export function readCsvFile(file: string): string {
  try {
    const text = readFileSync(file, 'utf8');
    csvRecords(text); // what is wrong with it is said with its name
    return text;
  } catch (error) {
    if (error instanceof CsvError) throw new UsageError(`${file}: ${error.message}`);
    throw new UsageError(`${file} cannot be read (${(error as NodeJS.ErrnoException).code}): check its path`);
  }
}

/**
 * The path of a CSV that is to be written, whole; asked before the work whose result it takes.
 * @throws UsageError where it would lie in a photo folder of the library
 */
export async function csvTarget(client: Client, option: string, given: string): Promise<string> {
  const place = realPlace(resolve(given));
  const folders = (await client.call('library.list', null)).filter(({ parent }) => parent === null);
  const around = folders.find(({ folder }) => isInside(place, realPlace(folder)));
  if (around)
    throw new UsageError(
      `--${option} ${given} lies in the photo folder ${around.name}, and nothing is ever written there: choose another place`,
    );
  return resolve(given);
}

/** @throws FileError where the disk does not take it */
export const writeCsvFile = (file: string, lines: readonly string[]): void => writeFileAtomicSync(file, lines.join(''));
