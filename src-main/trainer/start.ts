/**
 * Where a run begins: fresh from random or given weights, at a checkpoint, or at a finished run's end with more
 * epochs. Everything that the first step depends on is decided here, once, but the length of a schedule that is fitted
 * to a budget in minutes.
 */
import { createHash } from 'node:crypto';
import { backboneShapes } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { TrainJob } from '../../shared/contract/job.ts';
import { toWireError } from '../../shared/contract/wire.ts';
import type { Reason, WireError } from '../../shared/contract/wire.ts';
import { fitWeights, WeightsError } from '../../shared/givenWeights.ts';
import { channelsOf } from '../../shared/input.ts';
import { reason } from '../../shared/reason.ts';
import type { Estimate } from '../../shared/contract/runs.ts';
import { stepsPerEpoch } from '../../shared/plan/speed.ts';
import { viewsBy } from '../../shared/plan/memory.ts';
import { withReasons } from '../../shared/plan/tooFew.ts';
import { forgetPhotos, initialState, loadBackbone } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import { FileError } from '../files/index.ts';
import { readWeights, WeightsFileError } from '../weights/index.ts';
import { checkpointDirectory, readNewest } from './checkpoint.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import { isOptimizerSlot } from '../../shared/stateNames.ts';
import { PhotosError, TrainerError } from './errors.ts';
import { checkParameters, firstNotFinite } from './finite.ts';
import { planOn, refuse } from './machine.ts';
import type { Machine } from './machine.ts';
import { sizesOf } from './photos.ts';
import type { TrainingPhotos } from './trainingPhotos.ts';
import { extendSchedule, repaced } from './schedule.ts';
import { checkForTraining } from './sound.ts';
import type { Schedule } from './schedule.ts';

export interface StartingPoint {
  config: RunConfig;
  state: State;
  /** What the run will cost, as far as that is known before a step was timed. */
  estimate: Estimate;
  /** Whether the scales of batch normalisation are still to be found (unfold.ts), as they were folded into the given weights. */
  folded: boolean;
  /** Null for a fresh run, whose schedule may still depend on the machine's speed. */
  schedule: Schedule | null;
  facts: CheckpointFacts | null;
  /** The checkpoint's path: the one that was asked for, or an earlier one where that is damaged. */
  checkpoint: string | null;
  notes: Reason[];
  /** What a person should know of a run that goes on otherwise than it would have. */
  notice: WireError | null;
  /** Hash over the ids of the photos trained on. */
  imagesHash: string;
}
type Beginning = Omit<StartingPoint, 'estimate' | 'imagesHash'>;

const hashOf = (ids: readonly string[]): string =>
  createHash('sha256')
    .update([...ids].sort().join('\0'))
    .digest('hex')
    .slice(0, 16);

/** @throws TrainerError cannot-start where what is begun does not fit this machine */
export async function startingPoint(
  job: TrainJob,
  machine: Machine,
  { trained: { ids }, largest, copies, skipped }: TrainingPhotos,
): Promise<StartingPoint> {
  const { imagesHash, ...beginning } = await beginningOf(job, ids);
  const { device } = machine;
  const config = { ...beginning.config, viewsBy: viewsBy(beginning.config, { device }, largest), copies };
  const plan = planOn(machine, { config, images: ids.length, field: largest, sizes: sizesOf(job.images) });
  refuse({ ...plan, refusals: withReasons(plan, ids.length, { folder: null, files: skipped }) });
  return { ...beginning, config, estimate: plan.estimate, imagesHash };
}

/** What of a job says where a run begins. `directory`: the run's, whose checkpoints stand in for a damaged one. */
type BeginningJob = Pick<TrainJob, 'config' | 'initialWeights' | 'resumeFrom' | 'extendBy' | 'directory'>;

/**
 * As startingPoint, without asking whether this machine can train it: for a run that another one will. `ids` are those
 * of the photos trained on.
 */
export async function beginningOf(
  job: BeginningJob,
  ids: readonly string[],
): Promise<Beginning & { imagesHash: string }> {
  const imagesHash = hashOf(ids);
  const beginning =
    job.resumeFrom === null ? await begun(job, ids.length) : await resumed(job, job.resumeFrom, ids.length, imagesHash);
  return { ...beginning, imagesHash };
}

async function begun({ config, initialWeights }: BeginningJob, images: number): Promise<Beginning> {
  const { state, notes, folded } = await freshState(config, initialWeights, images);
  return { config, state, folded, schedule: null, facts: null, checkpoint: null, notes, notice: null };
}

/**
 * The state before the first step: a function of the configuration, the given weights and the number of photos.
 * @throws WeightsError when the weights are of another network or no numbers, WeightsFileError when the file cannot be read.
 */
export async function freshState(
  config: RunConfig,
  initialWeights: string | null,
  images: number,
): Promise<{ state: State; notes: Reason[]; folded: boolean }> {
  const state = initialState(config, images);
  if (initialWeights === null) return { state, notes: [], folded: false };
  const shapes = backboneShapes(config.backbone, channelsOf(config));
  const {
    shapes: given,
    tensors,
    folded,
  } = await givenWeights(initialWeights, (names) => fitWeights(names, shapes).loaded.values());
  const { family, leftOut } = fitWeights(given, shapes);
  // trained on, they would look like a learning rate that is too high
  for (const [tensor, { data }] of tensors)
    if (firstNotFinite(data) >= 0 || (tensor.endsWith('running_var') && data.some((variance) => variance < 0)))
      throw new WeightsError('bad-weights.diverged', { tensor });
  const { loaded } = loadBackbone(state, tensors);
  const notes = leftOut > 0 ? [reason('doing.given-weights', { loaded: loaded.size, family, leftOut })] : [];
  return { state, notes, folded };
}

async function givenWeights(...[path, wanted]: Parameters<typeof readWeights>): ReturnType<typeof readWeights> {
  try {
    return await readWeights(path, wanted);
  } catch (error) {
    if (error instanceof FileError || error instanceof WeightsError || error instanceof WeightsFileError) throw error;
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new TrainerError('cannot-start.unreadable', { errno: code }, { setting: 'backbone.init' });
  }
}

async function resumed(job: BeginningJob, path: string, now: number, imagesHash: string): Promise<Beginning> {
  const { state, facts, damaged, path: used } = await readNewest(job.directory, path, checkForTraining);
  if (![...state.keys()].some(isOptimizerSlot))
    throw new TrainerError('bad-checkpoint.no-optimizer', {
      epoch: facts.epoch,
      folder: checkpointDirectory(job.directory),
    });
  checkParameters(state, facts.epoch); // it would be the learning rate that is blamed, a step later
  // What decides the computation comes from the checkpoint; where it runs and what is kept may have changed since.
  const { device, precision, threads, checkpoint } = job.config;
  const config: RunConfig = {
    ...facts.config,
    device,
    precision,
    threads,
    checkpoint,
    viewsBy: viewsAfter(job.config, facts.config),
  };
  const notes = damaged.map((file) => reason('doing.from-before-damage', { file, step: facts.step }));
  const back = damaged[0]
    ? toWireError(new TrainerError('bad-checkpoint.went-back', { file: damaged[0], step: facts.step }))
    : null;
  // An extension begins at the end of its run: that one is reached again first.
  const isCutOff = job.extendBy !== null && !facts.finished && (damaged.length > 0 || !isExtended(facts));
  const schedule = continued({ ...job, extendBy: isCutOff ? null : job.extendBy }, facts);
  const gone =
    isCutOff && !back ? toWireError(new TrainerError('bad-checkpoint.end-gone', { step: facts.step })) : null;
  const start = { config, state, folded: false, facts, checkpoint: used, notes };
  if (facts.imagesHash === imagesHash) return { ...start, schedule, notice: back ?? gone };
  const [before, batch] = [facts.images, config.batchSize];
  if (now < batch) throw new PhotosError('too-few-photos.batch', { before, now, batch });
  forgetPhotos(config, state, now);
  const steps = stepsPerEpoch(now, batch);
  const notice = toWireError(new PhotosError('photos-changed.count', { before, now, steps }));
  return { ...start, schedule: repaced(schedule, facts.step, steps), notice };
}

/** A checkpoint says who made the views. The processor goes on making them while the run stays on its device; another device decides anew. */
export const viewsAfter = (now: RunConfig, then: RunConfig): RunConfig['viewsBy'] =>
  now.viewsBy === 'auto' && then.viewsBy === 'processor' && then.device === now.device ? 'processor' : now.viewsBy;

function continued(job: BeginningJob, facts: CheckpointFacts): Schedule {
  return job.extendBy !== null && facts.finished ? extendSchedule(facts.schedule, job.extendBy) : facts.schedule;
}

/** Whether it is of an extension, which has a segment of its own. */
const isExtended = ({ schedule }: CheckpointFacts): boolean => schedule.segments.length > 1;
