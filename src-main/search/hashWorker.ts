/** The thread behind hashGroups: one job, then it ends. */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import { groupHashes } from './hashGroups.ts';
import type { HashJob } from './hashGroups.ts';

parentPort!.postMessage(groupHashes(workerData as HashJob));
