/** The list of an embedding's photos, read and written: where there are many, in a thread of its own. */
import { z } from 'zod';
import { IdList } from '../../../shared/idList.ts';
import type { IdBytes } from '../../../shared/idList.ts';
import { FileError, programAt, readRecord, writeRecord } from '../../files/index.ts';
import { askOnce } from '../oneAnswer.ts';

const thread = programAt('./idsWorker', import.meta.url);

/** Up to so many ids are read in a few milliseconds, as many as a thread takes to start. */
const FEW = 20_000;

export interface ReadList {
  /** Of the file's form (files/record.ts). */
  version: number;
  ids: IdList;
  isUnique: boolean;
}
type Parts = Omit<ReadList, 'ids'> & { bytes: Uint8Array<ArrayBuffer>; table: Int32Array };

/** Of the thread: a list to read, or to write where its bytes are given. */
export interface Asked {
  path: string;
  bytes?: IdBytes;
}

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
    count <= FEW ? await idParts(path) : await askOnce<Parts>(thread, { path } satisfies Asked);
  return { version, ids: IdList.read(bytes, table), isUnique };
}

/** @throws FileError write-failed */
export const writeParts = (path: string, ids: IdList): Promise<void> => writeRecord(path, 1, [...ids]);

/** @throws FileError write-failed */
export async function writeIds(path: string, ids: IdList): Promise<void> {
  if (ids.length <= FEW) await writeParts(path, ids);
  else await askOnce<null>(thread, { path, bytes: ids.bytes } satisfies Asked);
}
