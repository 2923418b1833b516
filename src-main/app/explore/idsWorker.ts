/** The thread behind readIds.ts: reads one list, then ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { workerData } from 'node:worker_threads';
import { answerOnce } from '../oneAnswer.ts';
import { idParts } from './readIds.ts';

const path = workerData as string;
await answerOnce(
  path,
  () => idParts(path),
  ({ bytes }) => [bytes],
);
