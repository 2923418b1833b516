/** Reads the list of an embedding's photos: where there are many, in a thread of its own. */
import { z } from 'zod';
import { IdList } from '../../../shared/idList.ts';
import { FileError, readRecord } from '../../files/index.ts';
import { askThread } from '../oneAnswer.ts';

const extension = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/** Up to so many ids are read in a few milliseconds, as many as a thread takes to start. */
const FEW = 20_000;

export interface ReadList {
  /** Of the file's form (files/record.ts). */
  version: number;
  ids: IdList;
  isUnique: boolean;
}
type Parts = Omit<ReadList, 'ids'> & { bytes: Uint8Array<ArrayBuffer>; table: Int32Array };

/** @throws FileError where the file is damaged; the system's error where it cannot be read */
export async function idParts(path: string): Promise<Parts> {
  const { version, content } = await readRecord(path);
  const { success, data } = z.array(z.string()).safeParse(content);
  if (!success) throw new FileError('bad-file.damaged', { path });
  const ids = IdList.of(data);
  return { version, bytes: ids.bytes, table: ids.table(), isUnique: ids.isUnique };
}

/** @param count how many there should be. @throws as `idParts` */
export async function readIds(path: string, count: number): Promise<ReadList> {
  const { version, bytes, table, isUnique } =
    count <= FEW
      ? await idParts(path)
      : await askThread<Parts>(new URL('./idsWorker' + extension, import.meta.url), path);
  return { version, ids: IdList.read(bytes, table), isUnique };
}
