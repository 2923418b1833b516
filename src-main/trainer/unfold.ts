/** The scales of batch normalisation that given weights have lost (engine/unfold.ts), found on some of the run's photos. */
import { unfoldBackbone } from '../engine/index.ts';
import { few } from '../search/index.ts';
import type { StartingPoint } from './start.ts';
import type { ProbePhotos } from './trainingPhotos.ts';

/** Photos that they are found on: their positions are many times as many numbers. */
const MOST = 256;

export async function unfold({ config, state }: StartingPoint, { cache, set }: ProbePhotos): Promise<void> {
  const ids = few(set.photos, MOST);
  const images = await cache.healed(() => cache.evaluation(ids));
  await unfoldBackbone(config, state, images, ids.length, { threads: config.threads });
}
