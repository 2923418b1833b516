/** The thread behind records.ts: keeps one record of long rows, then ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { workerData } from 'node:worker_threads';
import type { KeptRows } from '../../db/index.ts';
import { answerOnce } from '../oneAnswer.ts';
import { keepRecord } from './keepRecord.ts';

const { path, rows } = workerData as { path: string; rows: KeptRows };
await answerOnce(path, () => keepRecord(path, rows));
