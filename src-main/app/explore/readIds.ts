/** Reads the list of an embedding's photos: where there are many, in a thread of its own. */
import { Worker } from 'node:worker_threads';
import { z } from 'zod';
import { InternalError } from '../../../shared/errors.ts';
import { IdList } from '../../../shared/idList.ts';
import { FileError, readRecord } from '../../files/index.ts';

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
  const { version, bytes, table, isUnique } = count <= FEW ? await idParts(path) : await inThread(path);
  return { version, ids: IdList.read(bytes, table), isUnique };
}

export type IdsReply = { parts: Parts } | { damaged: true } | { error: string; errno: string | null };

function inThread(path: string): Promise<Parts> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./idsWorker' + extension, import.meta.url), { workerData: path });
    worker.on('message', (reply: IdsReply) => {
      if ('parts' in reply) resolve(reply.parts);
      else if ('damaged' in reply) reject(new FileError('bad-file.damaged', { path }));
      else reject(Object.assign(new Error(reply.error), reply.errno === null ? {} : { code: reply.errno }));
    });
    worker.on('error', (error) => reject(new InternalError('failed', `the ids cannot be read: ${String(error)}`)));
    worker.on('exit', () => reject(new InternalError('failed', 'the thread of the ids ended without a result')));
  });
}
