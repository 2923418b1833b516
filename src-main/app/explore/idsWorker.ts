/** The thread behind readIds.ts: reads or writes one list, then ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { workerData } from 'node:worker_threads';
import { IdList } from '../../../shared/idList.ts';
import { answerOnce } from '../oneAnswer.ts';
import { idParts, writeParts } from './readIds.ts';
import type { Asked } from './readIds.ts';

const { path, bytes } = workerData as Asked;
if (bytes) await answerOnce(path, () => writeParts(path, IdList.read(bytes)).then(() => null));
else
  await answerOnce(
    path,
    () => idParts(path),
    ({ bytes: read }) => [read],
  );
