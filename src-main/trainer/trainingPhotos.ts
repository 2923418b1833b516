/**
 * The photos of a training: those that are trained on, kept as the disk allows, and those that figures are taken of,
 * always kept as pixels. A run that has begun goes on with copies of the kind that it began with.
 */
import { append } from '../../shared/append.ts';
import { collectionBytes, planCopies, planKept } from '../../shared/cachePlan.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { TrainJob } from '../../shared/contract/job.ts';
import type { Skipped } from '../../shared/contract/dataset.ts';
import { inputShape } from '../../shared/input.ts';
import { keptForFigures } from '../../shared/probe.ts';
import type { Field, ImageCache } from '../images/index.ts';
import type { JobContext } from './control.ts';
import { largestOf, preparePhotos, requirePhotos, sizesOf } from './photos.ts';
import { probeSetOf, readoutPhotos } from './probeSet.ts';
import type { ProbeSet } from './probeSet.ts';

/** What the monitor looks at, as pixels. */
export interface ProbePhotos {
  cache: ImageCache;
  set: ProbeSet;
  /** What the last readout is fitted on. */
  fitted: string[];
}

export interface TrainingPhotos {
  probe: ProbePhotos;
  skipped: Skipped[];
  trained: ImageCache;
  /** How the copies are kept, as the run's configuration records it; 'auto' in a run of a version that did not. */
  copies: RunConfig['copies'];
  /** Place of each photo trained on in the order of ids, under which a method keeps what it keeps for a photo. */
  numbers: ReadonlyMap<string, number>;
  /** What every photo trained on fits into, for a device that makes the views. */
  largest: Field;
  close(): void;
}

/** @throws PhotosError photos-gone; whoever gets them closes them. */
export async function trainingPhotos(job: TrainJob, context: JobContext): Promise<TrainingPhotos> {
  const { images, config, cacheBytes } = job;
  const shape = inputShape(config.input);
  const shown = images.filter(({ heldOut }) => !heldOut);
  const sizes = sizesOf(images);
  const plan = planKept(sizes, images.length, config.imageSize, cacheBytes, {
    wanted: config.copies,
    probe: keptForFigures(config, shown.length, images.length - shown.length),
    shape,
  });
  // such a run goes on with what its version made: pixels, smaller ones where the largest did not fit
  const earlier = job.resumeFrom !== null && config.copies === 'auto';
  const soft = earlier && planCopies(sizes, images.length, config.imageSize, cacheBytes, shape).factor !== null;
  const copies = earlier ? 'auto' : plan.kept;
  const whole = soft || (plan.kept === 'pixels' && plan.again === 0);
  const parts = whole ? await allAsPixels(job, context) : await apart(job, context, plan.kept, plan.reserved);
  try {
    await requirePhotos(images, parts.skipped);
  } catch (error) {
    parts.close();
    throw error;
  }
  const { trained } = parts;
  const numbers = new Map([...trained.ids].sort().map((id, i) => [id, i]));
  return { ...parts, copies, numbers, largest: largestOf(trained) };
}

type Parts = Pick<TrainingPhotos, 'probe' | 'trained' | 'skipped' | 'close'>;

/** One cache of all photos. */
async function allAsPixels(job: TrainJob, context: JobContext): Promise<Parts> {
  const { cache, skipped } = await preparePhotos(job, context, job.config);
  const heldOut = new Set(job.images.filter((image) => image.heldOut).map((image) => image.id));
  const trained = cache.subset(cache.ids.filter((id) => !heldOut.has(id)));
  const set = probeSetOf(job.config, cache.ids, job.images);
  const fitted = readoutPhotos(job.config, set, trained.ids);
  return { probe: { cache, set, fitted }, trained, skipped, close: () => cache.close() };
}

/** Bytes of the cache's indexes that a limit is passed by at most for the photos that figures are taken of. */
const slack = 1e6;

/** A cache of what is trained on, and one of what figures are taken of. */
async function apart(job: TrainJob, context: JobContext, kept: 'pixels' | 'webp', reserved: number): Promise<Parts> {
  const images = job.images.filter(({ heldOut }) => !heldOut);
  const { cache: trained, skipped } = await preparePhotos({ ...job, images }, context, job.config, {
    copies: { kept, reserved },
  });
  const { imageSize, input } = job.config;
  const { trainingSide } = trained.descriptor;
  const lost = new Set<string>();
  try {
    for (;;) {
      const heldOut = job.images.filter((image) => image.heldOut).map(({ id }) => id);
      const readable = [...trained.ids, ...heldOut].filter((id) => !lost.has(id));
      const set = probeSetOf(job.config, readable, job.images);
      const training = trained.ids.filter((id) => !lost.has(id));
      const fitted = readoutPhotos(job.config, set, training);
      const wanted = new Set([...set.photos, ...set.heldOut, ...fitted]);
      const some = job.images.filter(({ id }) => wanted.has(id));
      // Kept in any case, as pixels of the largest size: where the limit is smaller than they are, nothing else is kept.
      const needed = collectionBytes(sizesOf(some), imageSize, trainingSide, inputShape(input));
      const cacheBytes = Math.max(job.cacheBytes, needed + trained.bytes) + slack;
      const beside = trained.descriptor.packs;
      const looked = await preparePhotos({ ...job, images: some, cacheBytes }, context, job.config, { beside });
      const { cache } = looked;
      append(skipped, looked.skipped);
      if (looked.skipped.length === 0) {
        const close = () => {
          trained.close();
          cache.close();
        };
        return { probe: { cache, set, fitted }, trained, skipped, close };
      }
      for (const { id } of some) if (!cache.has(id)) lost.add(id);
      cache.close();
    }
  } catch (error) {
    trained.close();
    throw error;
  }
}
