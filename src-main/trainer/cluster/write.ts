/**
 * The job that hands a run to PyTorch: its state as a checkpoint, its photos as a list or as shards, what the scripts
 * have to know as run.json, and the scripts. Everything that a step depends on is decided here; there it is computed.
 */
import { chmod } from 'node:fs/promises';
import { join } from 'node:path';
import { backboneDim, backboneLayers } from '../../../shared/backbone.ts';
import { planCopies } from '../../../shared/cachePlan.ts';
import {
  clusterPhotosFile,
  clusterRunFile,
  clusterStartFile,
  isReadElsewhere,
  clusterScripts,
} from '../../../shared/cluster.ts';
import type { RunConfig } from '../../../shared/config.ts';
import { hasEscapes, shownName } from '../../../shared/fileNames.ts';
import type { ClusterJob, JobImage } from '../../../shared/contract/job.ts';
import type { JobResult } from '../../../shared/contract/report.ts';
import type { Skipped } from '../../../shared/contract/dataset.ts';
import { carriedName, carriedShapes, copiesNetwork, hasTeacher, viewsOf } from '../../../shared/methods/index.ts';
import { stepsPerEpoch } from '../../../shared/plan/speed.ts';
import { photoName } from '../../../shared/parts.ts';
import { inputShape } from '../../../shared/input.ts';
import { batchBelow } from '../../../shared/numbers.ts';
import { recordVersion } from '../../../shared/records.ts';
import { writeFileAtomic, writeStreamAtomic } from '../../files/index.ts';
import { writeCheckpointFile } from '../checkpoint.ts';
import type { JobContext } from '../control.ts';
import { TrainerError } from '../errors.ts';
import { noSteps } from '../history.ts';
import { preparePhotos, requirePhotos, sizesOf, timedProgress } from '../photos.ts';
import { probeSetOf } from '../probeSet.ts';
import { createSchedule, epochAt, placeAt, totalSteps } from '../schedule.ts';
import { beginningOf } from '../start.ts';
import { clusterFormat, readScripts } from './folder.ts';
import { writeShards } from './shards.ts';
import type { PackedPhoto } from './shards.ts';

export async function writeCluster(job: ClusterJob, context: JobContext): Promise<JobResult> {
  const { config, target } = job;
  if (!inputShape(config.input).colour) throw new TrainerError('cannot-start.elsewhere-bands', { usual: 'colour' });
  if (hasTeacher(config)) throw new TrainerError('cannot-start.elsewhere-teacher');
  if (job.resumeFrom === null) refuseHere(job);
  const packed = job.shards ? await pack(job, context) : listed(job);
  const { images, skipped, trainingSide, places } = packed;
  const trained = images.filter(({ heldOut }) => !heldOut).map(({ id }) => id);
  const begun = await beginningOf(job, trained);
  if (begun.folded) throw new TrainerError('cannot-start.elsewhere-folded');
  // Where it is computed is not this machine's matter any more.
  const settings: RunConfig = {
    ...begun.config,
    device: 'auto',
    threads: 0,
    precision: 'float32',
    viewsBy: 'processor',
  };
  const perEpoch = stepsPerEpoch(trained.length, config.batchSize);
  const schedule = begun.schedule ?? createSchedule(settings, perEpoch, settings.epochs! * perEpoch);
  const step = begun.facts?.step ?? 0;

  await writeCheckpointFile(join(target, clusterStartFile), begun.state, {
    version: recordVersion,
    runId: job.card.run ?? '',
    config: settings,
    step,
    epoch: epochAt(schedule, step),
    stepInEpoch: placeAt(schedule, step).stepInEpoch,
    schedule,
    images: trained.length,
    imagesHash: begun.imagesHash,
    trainingSeconds: begun.facts?.trainingSeconds ?? 0,
    knn: begun.facts?.knn ?? null,
    agreement: begun.facts?.agreement ?? null,
    baselines: begun.facts?.baselines ?? job.baselines,
    finished: false,
    sinceRow: begun.facts?.sinceRow ?? { ...noSteps },
    lastRow: begun.facts?.lastRow ?? null,
  });
  const carried = [...carriedShapes(settings, trained.length)];
  const run = {
    format: clusterFormat,
    version: job.card.version,
    run: job.card.run,
    name: job.card.name,
    naming: job.card.naming,
    dataset: job.card.dataset,
    folder: job.card.folder,
    config: settings,
    layers: backboneLayers(settings.backbone),
    dimensions: backboneDim(settings.backbone),
    views: viewsOf(settings),
    copiesNetwork: copiesNetwork(settings),
    carries: Object.fromEntries(carried.map(([name, shape]) => [name.slice(carriedName('').length), shape])),
    trainingSide,
    firstStep: step,
    untrained: job.untrained,
    probe: probeSetOf(
      settings,
      images.map(({ id }) => id),
      images,
    ),
  };
  await writeFileAtomic(join(target, clusterRunFile), `${JSON.stringify(run, null, 1)}\n`);
  const row = ({ id, file: of, part = '', label, heldOut }: JobImage) => {
    const file = photoName(of, part);
    return JSON.stringify({ id, file, label, heldOut, ...places.get(id) });
  };
  const encoder = new TextEncoder();
  await writeStreamAtomic(join(target, clusterPhotosFile), async (append) => {
    for (let at = 0; at < images.length; at += rowsAtOnce)
      await append(
        encoder.encode(
          images
            .slice(at, at + rowsAtOnce)
            .map((image) => `${row(image)}\n`)
            .join(''),
        ),
      );
  });
  for (const [name, text] of await readScripts()) {
    await writeFileAtomic(join(target, name), text);
    if (!name.endsWith('.md')) await chmod(join(target, name), 0o755);
  }
  const shards = [...new Set([...places.values()].map(({ shard }) => shard))];
  const files = [clusterRunFile, clusterPhotosFile, clusterStartFile, ...clusterScripts, ...shards];
  return { kind: 'cluster', files, photos: images.length, steps: totalSteps(schedule) - step, skipped };
}

/** Photos whose rows are written at a time: of millions, one text would be longer than there can be. */
const rowsAtOnce = 10_000;

/** Refuses a new run that no machine could train. @throws TrainerError cannot-start */
function refuseHere({ config, images, ofCollection, card: { folder } }: ClusterJob): void {
  const trained = images.filter(({ heldOut }) => !heldOut).length;
  const { batchSize } = config;
  if (config.epochs === null) throw new TrainerError('cannot-start.elsewhere-minutes', { minutes: config.minutes! });
  if (trained < 8 && ofCollection) throw new TrainerError('no-images.few', { images: trained });
  if (trained < 8) throw new TrainerError('no-images.few-in', { images: trained, folder: shownName(folder) });
  if (batchSize > trained)
    throw new TrainerError('cannot-start.batch', { batchSize, images: trained, suggestion: batchBelow(trained) });
}

interface Packed {
  images: readonly JobImage[];
  skipped: Skipped[];
  /** Short side in pixels of the copies that crops are taken from. */
  trainingSide: number;
  places: ReadonlyMap<string, PackedPhoto>;
}

/** @throws TrainerError cannot-start where another machine would not read the photos as we do */
function listed({ images, config }: ClusterJob): Packed {
  const unread = images.filter(({ file, part = '' }) => part !== '' || !isReadElsewhere(file) || hasEscapes(file));
  if (unread.length > 0)
    throw new TrainerError('cannot-start.elsewhere-formats', { count: unread.length, file: unread[0]!.file });
  const { rule, ranges, bands, page } = config.input;
  if (ranges !== '' || bands !== '' || page !== 'auto' || !(rule === 'folder' || rule === 'file'))
    throw new TrainerError('cannot-start.elsewhere-values');
  const { side } = planCopies(sizesOf(images), images.length, config.imageSize, Infinity);
  return { images, skipped: [], trainingSide: side, places: new Map() };
}

async function pack(job: ClusterJob, context: JobContext): Promise<Packed> {
  const { cache, skipped } = await preparePhotos(job, context, job.config);
  try {
    await requirePhotos(job.images, skipped);
    const images = job.images.filter(({ id }) => cache.has(id));
    const progress = timedProgress(context.report, 'doing.packing-photos');
    const places = await writeShards(
      job.target,
      cache,
      new Map(images.map((image) => [image.id, image])),
      async (done) => {
        progress(done, cache.length);
        if (done % 64 === 0) await context.control.turn();
        context.control.throwIfStopping();
      },
    );
    return { images, skipped, trainingSide: cache.descriptor.trainingSide, places };
  } finally {
    cache.close();
  }
}
