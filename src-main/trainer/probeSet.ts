/**
 * Which photos the monitor looks at: a fixed, seeded choice, the same at every probe and after every resume, so that
 * its figures can be compared. Probe photos are trained on like the others (there are no labels to leak); a photo that
 * is held out is never trained on and is only asked, never a neighbour. How many they are is shared/probe.ts.
 */
import { append } from '../../shared/append.ts';
import { createHash } from 'node:crypto';
import type { RunConfig } from '../../shared/config.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { probeSizes, readoutSize } from '../../shared/probe.ts';
import { few } from '../search/index.ts';

export interface ProbeSet {
  /** Ids of the photos that the figures are of. */
  photos: string[];
  /** The first of them, whose second view is looked at too: for alignment and agreement. */
  paired: number;
  /** Held-out photos, classified by the probe photos; empty: each probe photo is classified by the others. */
  heldOut: string[];
  /** The number of each probe photo's group, [photos]: parts of one file share it. Left out where there are none. */
  groups?: Int32Array;
  /** Those of the held-out photos, by the same numbers, [heldOut]. */
  heldOutGroups?: Int32Array;
}

/** Ids in an order that depends on the seed and on nothing else. */
export function shuffledIds(ids: readonly string[], seed: number): string[] {
  const key = (id: string) => createHash('sha256').update(`${seed}\0${id}`).digest('hex').slice(0, 24) + id;
  return ids
    .map((id) => [key(id), id] as const)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([, id]) => id);
}

export function chooseProbeSet(
  config: Pick<RunConfig, 'probe' | 'seed'>,
  training: readonly string[],
  heldOut: readonly JobImage[],
): ProbeSet {
  const labelled = heldOut.filter((image) => image.label !== null).map((image) => image.id);
  const sizes = probeSizes(config.probe, training.length, labelled.length);
  return {
    photos: shuffledIds(training, config.seed).slice(0, sizes.photos),
    paired: sizes.paired,
    heldOut: shuffledIds(labelled, config.seed).slice(0, sizes.heldOut),
  };
}

/** The probe set, chosen from the photos of a job that could be read. */
export function probeSetOf(
  config: Pick<RunConfig, 'probe' | 'seed'>,
  readable: readonly string[],
  images: readonly JobImage[],
): ProbeSet {
  const known = new Set(readable);
  const usable = images.filter((image) => known.has(image.id));
  const set = chooseProbeSet(
    config,
    usable.filter((image) => !image.heldOut).map((image) => image.id),
    usable.filter((image) => image.heldOut),
  );
  if (!usable.some(({ part, group }) => part || group !== undefined)) return set;
  const groupOf = new Map(usable.map(({ id, path, group }) => [id, group ?? path]));
  const numbers = new Map([...new Set(groupOf.values())].map((group, number) => [group, number]));
  const numbersOf = (ids: readonly string[]) => Int32Array.from(ids, (id) => numbers.get(groupOf.get(id)!)!);
  return { ...set, groups: numbersOf(set.photos), heldOutGroups: numbersOf(set.heldOut) };
}

/** Photos that the last readout of a run is fitted on, evenly over those trained on: the probe's where these are as many. */
export function readoutPhotos(
  config: Pick<RunConfig, 'embedding'>,
  { photos }: Pick<ProbeSet, 'photos'>,
  training: readonly string[],
): string[] {
  const count = readoutSize(config, training.length);
  return count > photos.length ? few([...training].sort(), count) : photos;
}

/** Queries of the strip: photos of as many labels as there are, then of as many groups, else simply the first. */
export function chooseQueries(
  photos: readonly string[],
  labelOf: (id: string) => string | null,
  count: number,
  groups?: Int32Array,
): string[] {
  const labels = new Set<string | null>();
  const fresh = photos.filter((id) => !labels.has(labelOf(id)) && labels.add(labelOf(id)));
  const rowOf = new Map(photos.map((id, row) => [id, row]));
  const groupOf = (id: string) => groups?.[rowOf.get(id)!];
  const shown = new Set(fresh.map(groupOf));
  if (groups)
    append(
      fresh,
      photos.filter((id) => !shown.has(groupOf(id)) && shown.add(groupOf(id))),
    );
  const rest = photos.filter((id) => !fresh.includes(id));
  return [...fresh, ...rest].slice(0, count);
}

/**
 * The `count` neighbours of a photo that the strip shows, out of more of them, the nearest first: those of other groups
 * before those of its own, which look like it whatever was learned (tiles of one file, shots of one burst).
 */
export function othersFirst(rows: readonly number[], row: number, groups: Int32Array, count: number): number[] {
  const isOwn = (other: number) => groups[other] === groups[row];
  return [...rows.filter((other) => !isOwn(other)), ...rows.filter(isOwn)].slice(0, count);
}
