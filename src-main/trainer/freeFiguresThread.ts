/** The thread that measures what costs nothing, while the network is prepared: posts the figures, or the error it ended with. */
import { parentPort, workerData } from 'node:worker_threads';
import { ImageCache } from '../images/index.ts';
import { freeFigures } from './freeFigures.ts';
import type { FreeFiguresTask } from './baselines.ts';

const { config, descriptor, labels, set } = workerData as FreeFiguresTask;
const cache = ImageCache.open(descriptor);
try {
  parentPort!.postMessage(await freeFigures(config, cache, labels, set));
} finally {
  cache.close();
}
