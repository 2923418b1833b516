/** The thread behind readIds.ts: reads one list, then ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import { errnoOf, FileError } from '../../files/index.ts';
import { idParts } from './readIds.ts';
import type { IdsReply } from './readIds.ts';

const answer = async (): Promise<IdsReply> => {
  try {
    return { parts: await idParts(workerData as string) };
  } catch (error) {
    if (error instanceof FileError) return { damaged: true };
    return { error: error instanceof Error ? error.message : String(error), errno: errnoOf(error) ?? null };
  }
};

const reply = await answer();
// what is handed over is not copied
const given = 'parts' in reply ? [reply.parts.bytes.buffer, reply.parts.table.buffer] : [];
parentPort!.postMessage(reply, given as ArrayBuffer[]);
