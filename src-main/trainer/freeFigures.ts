/**
 * The figures of what costs nothing, by the same probe photos and votes as the encoder's: pixels, pixels whitened, and
 * edges beside pixels. Pictures are those that the encoder is shown, at 32 px. It knows no run and no thread: baselines.ts
 * starts it in one of its own.
 */
import type { RunConfig } from '../../shared/config.ts';
import type { Baselines, FreeName } from '../../shared/baselines.ts';
import { freeNames } from '../../shared/baselines.ts';
import { fitFree, freeFeatures, mostRepeated, toPictures } from '../evaluate/baselines/index.ts';
import type { Repeated } from '../evaluate/baselines/index.ts';
import { neighbourAgreement } from '../evaluate/knn.ts';
import type { ImageCache } from '../images/cache/imageCache.ts';
import { normalisationOf } from '../images/normalize.ts';
import type { ProbeSet } from './probeSet.ts';
import { canVote, probeVotes } from './probeVotes.ts';
import { secondViews } from './secondViews.ts';

export type FreeFigures = Pick<Baselines, 'measure' | FreeName>;

/** The probe photos as pictures, uint8 [photos, 32, 32, channels], and how many of them are one and the same. */
export function lookAtPictures(
  { imageSize }: RunConfig,
  cache: ImageCache,
  { photos }: ProbeSet,
): { pictures: Uint8Array; repeated: Repeated } {
  const pictures = picturesOf(cache, imageSize, photos);
  return { pictures, repeated: mostRepeated(pictures, cache.channels) };
}

const picturesOf = (cache: ImageCache, imageSize: number, ids: readonly string[]): Uint8Array =>
  toPictures(
    ids.map((id) => cache.evaluationLevels(id)),
    imageSize,
    cache.channels,
  );

/** @param pictures of the probe photos, as lookAtPictures gives them */
export async function freeFigures(
  config: RunConfig,
  cache: ImageCache,
  labels: ReadonlyMap<string, string | null>,
  set: ProbeSet,
  pictures: Uint8Array,
): Promise<FreeFigures> {
  const { imageSize } = config;
  const { channels } = cache;
  const fitted = fitFree(pictures, channels);
  const first = freeFeatures(fitted, pictures, channels);
  const asked =
    set.heldOut.length > 0 ? freeFeatures(fitted, picturesOf(cache, imageSize, set.heldOut), channels) : null;
  const shares: Partial<Record<FreeName, number>> = {};
  for (const name of freeNames) {
    const { features, d } = first[name];
    const votes = d > 0 ? await probeVotes(config, set, labels, features, d, () => asked![name].features) : null;
    if (votes) shares[name] = votes.accuracy;
    else if (d === 0) shares[name] = 0;
  }
  const labelled = canVote(set, labels);
  if (!labelled) {
    const others = freeFeatures(fitted, viewPictures(config, cache, set.photos.slice(0, set.paired)), channels);
    for (const name of freeNames) {
      const { features, d } = first[name];
      shares[name] =
        d === 0
          ? 0
          : await neighbourAgreement(features.subarray(0, set.paired * d), others[name].features, set.paired, d, {
              threads: config.threads,
              ...(set.groups && { groups: set.groups.subarray(0, set.paired) }),
            });
    }
  }
  return { measure: labelled ? 'knn' : 'agreement', ...(shares as Record<FreeName, number>) };
}

/** The second views as pictures again, from what the encoder is fed. */
function viewPictures(config: RunConfig, cache: ImageCache, ids: readonly string[]): Uint8Array {
  const size = config.imageSize;
  const pixels = size * size;
  const { channels } = cache;
  const { mean, std } = normalisationOf(config.input);
  const pictures = ids.map((id) => {
    const view = secondViews(config, cache, [id]); // [channels, size, size]
    const bytes = new Uint8Array(channels * pixels);
    for (let c = 0; c < channels; c++)
      for (let p = 0; p < pixels; p++) {
        const level = 255 * (view[c * pixels + p]! * std[c]! + mean[c]!);
        bytes[channels * p + c] = Math.max(0, Math.min(255, Math.round(level)));
      }
    return bytes;
  });
  return toPictures(pictures, size, channels);
}
