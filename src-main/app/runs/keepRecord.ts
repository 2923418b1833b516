/** A record of rows, written where it says something else than before. */
import { lasting } from '../../db/index.ts';
import type { KeptRows } from '../../db/index.ts';
import { checksum, readRecord, writeRecord } from '../../files/index.ts';

/** Version of the rules by which records are written; later versions read those of earlier ones. */
export const keptVersion = 1;

/**
 * @param before what it was last written with, as this answered; left out: that is read from it
 * @throws FileError write-failed
 */
export async function keepRecord(path: string, rows: KeptRows, before?: string | null): Promise<string> {
  const now = digest(rows);
  const isAny = Object.values(rows).some((some) => some.length > 0);
  if ((before ?? (await writtenIn(path))) !== now && isAny) await writeRecord(path, keptVersion, rows);
  return now;
}

/** What a file was last written with, by another session too; null where it is missing or damaged. */
const writtenIn = (path: string): Promise<string | null> =>
  readRecord(path).then(
    ({ content }) => digest(content as KeptRows),
    () => null,
  );

/** Equal ones need not be written again. */
function digest(rows: KeptRows): string {
  const text = lasting(rows);
  return `${text.length} ${checksum(text)}`;
}
