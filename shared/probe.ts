/**
 * How many photos the monitor looks at at each probe; which ones is the trainer's choice (src-main/trainer/probeSet.ts).
 *
 * The size bounds the cost. A probe runs one forward pass for each probe photo, and one more for the second views
 * (half of the photos) and for the held-out photos; a training step runs a forward pass and about two more for the
 * gradient, for each of two views. With 0.4 of an epoch's photos (0.3 beside a held-out split) that is at most a
 * tenth of the epoch's time, on any machine and however narrow the network.
 */
import type { RunConfig } from './config.ts';

export interface ProbeSizes {
  /** Photos that the figures are of. */
  photos: number;
  /** How many of them, from the first on, have a second view looked at too: for alignment and agreement. */
  paired: number;
  /** Held-out photos that are classified; 0: each probe photo is classified by the others. */
  heldOut: number;
}

/**
 * Probe photos at least, or the figures say nothing; a collection of a few dozen photos pays a little more for them.
 */
const LEAST = 64;

/** Photos at most that a readout is fitted on at a run's end: of 4,000 it is no better (docs/recipes.md). */
const READOUT = 2000;

/**
 * How many photos the last readout of a run is fitted on, where those are more than the probe's; 0 where there is none. At
 * most half of all, as they are kept as pixels, as probe photos are, however little room there is for the others.
 */
export const readoutSize = ({ embedding }: Pick<RunConfig, 'embedding'>, training: number): number =>
  embedding === 'pooled' ? 0 : Math.min(READOUT, Math.floor(training / 2));

/**
 * About how many photos are kept as pixels whatever the room, as figures are taken of them or the last readout is fitted
 * on them.
 * @param heldOut labelled photos that are held out
 */
export function keptForFigures(
  config: Pick<RunConfig, 'embedding' | 'probe'>,
  training: number,
  heldOut: number,
): number {
  const probe = probeSizes(config.probe, training, heldOut);
  const fitted = readoutSize(config, training);
  // Chosen apart from each other, so that as many are both as chance has it.
  const more = fitted > probe.photos ? Math.ceil(fitted * (1 - probe.photos / training)) : 0;
  return probe.photos + more + probe.heldOut;
}

/** @param heldOut labelled photos that are held out */
export function probeSizes({ images, everyEpochs }: RunConfig['probe'], training: number, heldOut: number): ProbeSizes {
  const affordable = Math.max(LEAST, Math.floor((heldOut > 0 ? 0.3 : 0.4) * training * everyEpochs));
  const photos = Math.min(training, images, affordable);
  const paired = Math.min(photos, Math.max(LEAST / 2, Math.floor(photos / 2)));
  return { photos, paired, heldOut: Math.min(heldOut, paired) };
}
