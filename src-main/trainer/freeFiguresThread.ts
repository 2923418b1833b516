/**
 * The thread that measures what costs nothing: posts whether the photos repeat one picture while the network is
 * prepared, and the figures once it is told to go on, or which photo of the cache is damaged, or the error it ended
 * with. It imports files, not whole folders: engine and decoders would take it longer to load than the figures take,
 * beside the network that waits for it.
 */
import '../files/offline.ts'; // first: what follows may not send
import { parentPort, workerData } from 'node:worker_threads';
import { DamagedEntryError } from '../images/cache/descriptor.ts';
import { ImageCache } from '../images/cache/imageCache.ts';
import { freeFigures, lookAtPictures } from './freeFigures.ts';
import type { FreeFiguresReport, FreeFiguresTask } from './baselines.ts';

const { config, descriptor, labels, set } = workerData as FreeFiguresTask;
const cache = ImageCache.open(descriptor);
const post = (report: FreeFiguresReport) => parentPort!.postMessage(report);
const told = new Promise<void>((resolve) => parentPort!.once('message', () => resolve()));
try {
  const { pictures, repeated } = lookAtPictures(config, cache, set);
  post({ repeated });
  await told;
  post({ figures: await freeFigures(config, cache, labels, set, pictures) });
} catch (error) {
  if (!(error instanceof DamagedEntryError)) throw error;
  post({ damaged: error.damage });
} finally {
  cache.close();
  parentPort!.unref(); // it listens still beside a damaged photo, and would never end
}
