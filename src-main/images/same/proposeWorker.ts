/** The thread behind proposed(): one job, then it ends. */
import '../../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import { propose } from './propose.ts';
import type { ProposeJob, Proposals } from './propose.ts';

export type ProposeReply = { progress: number } | { result: Proposals };

const port = parentPort!;
const reply = (message: ProposeReply) => port.postMessage(message);
reply({ result: propose(workerData as ProposeJob, (progress) => reply({ progress })) });
