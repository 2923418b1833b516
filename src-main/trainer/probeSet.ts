/**
 * Which photos the monitor looks at: a fixed, seeded choice, the same at every probe and after every resume, so that
 * its figures can be compared. Probe photos are trained on like the others (there are no labels to leak); a photo that
 * is held out is never trained on and is only asked, never a neighbour.
 *
 * The size bounds the cost. A probe runs one forward pass for each probe photo, and one more for the second views
 * (half of the photos) and for the held-out photos; a training step runs a forward pass and about two more for the
 * gradient, for each of two views. With 0.4 of an epoch's photos (0.3 beside a held-out split) that is at most a
 * tenth of the epoch's time, on any machine and however narrow the network.
 */
import { createHash } from 'node:crypto';
import type { RunConfig } from '../../shared/config.ts';
import type { JobImage } from '../../shared/contract/job.ts';

export interface ProbeSet {
  /** Figures are of these photos. */
  photos: string[];
  /** The first of them, whose second view is looked at too: for alignment and agreement. */
  paired: number;
  /** Held-out photos, classified by the probe photos; empty: each probe photo is classified by the others. */
  heldOut: string[];
}

/** Never fewer, or the figures say nothing; a collection of a few dozen photos pays a little more for them. */
const LEAST = 64;

/** Ids in an order that depends on the seed and on nothing else. */
export function shuffledIds(ids: readonly string[], seed: number): string[] {
  const key = (id: string) => createHash('sha256').update(`${seed}\0${id}`).digest('hex').slice(0, 24) + id;
  return ids.map((id) => [key(id), id] as const).sort(([a], [b]) => (a < b ? -1 : 1)).map(([, id]) => id);
}

export function chooseProbeSet(config: Pick<RunConfig, 'probe' | 'seed'>, training: readonly string[], heldOut: readonly JobImage[]): ProbeSet {
  const labelled = heldOut.filter((image) => image.label !== null).map((image) => image.id);
  const share = labelled.length > 0 ? 0.3 : 0.4;
  const affordable = Math.max(LEAST, Math.floor(share * training.length * config.probe.everyEpochs));
  const count = Math.min(training.length, config.probe.images, affordable);
  const paired = Math.min(count, Math.max(LEAST / 2, Math.floor(count / 2)));
  return {
    photos: shuffledIds(training, config.seed).slice(0, count),
    paired,
    heldOut: shuffledIds(labelled, config.seed).slice(0, paired),
  };
}

/** Queries of the strip: photos of as many labels as there are, else simply the first. */
export function chooseQueries(photos: readonly string[], labelOf: (id: string) => string | null, count: number): string[] {
  const seen = new Set<string | null>();
  const fresh = photos.filter((id) => !seen.has(labelOf(id)) && seen.add(labelOf(id)));
  const rest = photos.filter((id) => !fresh.includes(id));
  return [...fresh, ...rest].slice(0, count);
}
