/**
 * A study as whole configurations for a folder and a budget. All arms share photos, seed, probe and the number of
 * epochs, so that each sees the same number of photos; how many epochs follows from the time that the slowest arm's
 * steps take and is fixed before the start, never left to the clock of each arm. Pure: the facts of the machine,
 * with the measured seconds of a step, come in.
 */
import type { ConfigPatch, RunConfig } from '../config.ts';
import { mergeConfig, parseConfig } from '../config.ts';
import type { LabMeasure, LabPlan, LabRequest } from '../contract/lab.ts';
import type { PlanNote, Refusal } from '../contract/runs.ts';
import { counted } from '../messages/format.ts';
import { defaultMethod, methods } from '../methods/index.ts';
import { planRun } from '../plan.ts';
import { stepSeconds, stepsPerEpoch } from '../plan/speed.ts';
import { networkCost, trainingFlops } from '../plan/cost.ts';
import type { Machine } from '../plan/machine.ts';
import { reason } from '../reason.ts';
import { refusal } from '../refusal.ts';
import { probeSizes } from '../probe.ts';
import { beginningBase, isTaught, unlabelledMeasure } from './beginnings.ts';
import type { PhotoKind } from './photoKind.ts';
import { sketchPatch } from './sketch.ts';
import { scaledBatches, studyOf } from './studies.ts';
import type { Arm, Study } from './studies.ts';
import type { StudyId } from './studyId.ts';

export interface LabFacts {
  /** Photos that training would see. */
  images: number;
  /** Typical shorter side of the photos, px, where it is known. */
  side?: number | undefined;
  /** What the photos are of, for the study of beginnings. */
  kind?: PhotoKind;
  /** Who may teach, for the study of beginnings; left out: nobody. */
  teacher?: RunConfig['teacher'];
  /** Whether they are a part of the folder's. */
  part?: boolean;
  /** Whether at least two labels are there to measure with; and labelled photos that are held out. */
  labelled: boolean;
  heldOut: number;
  /** The device that all arms are trained on: one by name, since 'auto' might become another between two of them. */
  device: RunConfig['device'];
  /** Whether the device is as slow as a processor. */
  slow: boolean;
  /** The machine, whose speed is used for arms whose steps were not measured. */
  machine: Machine;
  /** Seconds of a step, measured on this machine, by arm id: those of `armsToMeasure`, or empty. */
  measured: Readonly<Record<string, number>>;
  /** Whether something else is training. */
  busy: boolean;
  /** How the folder's measured values become pictures, and what of them is trained on. */
  input?: ConfigPatch['input'];
}

/** An allowance: a step beside the loader's threads and the checkpoints, against a step alone. */
const LOADING = 1.15;
/** Seconds of an arm before its first step: its process, its sessions, the photos from the cache. */
const PREPARATION = 6;
/** Probes of an arm at most, the one at its end included. */
const PROBES = 16;
const MOST_EPOCHS = 100_000;
/** Photos in an epoch for which a probe of a thousand photos is affordable. */
const PROBED = 2500;
/** Fewer steps hardly tell arms apart; the verdict 'not learning' waits for two thirds of them. */
const ENOUGH_STEPS = 300;

/** What all arms of a study have in common: of the paper's the small network of the Lab, of ours the preset's. */
function base(study: Study, facts: LabFacts): ConfigPatch {
  const { images, device, slow, input } = facts;
  const place = mergeConfig({ checkpoint: { minutes: 0.5, diskGigabytes: 0.5 }, device }, input ? { input } : {});
  if (study.paper === null)
    return mergeConfig(beginningBase(facts, facts.kind ?? 'any'), place, facts.part ? { photos: images } : {});
  return mergeConfig(
    sketchPatch({ images, device, slow }),
    {
      head: { hiddenDim: 256, outputDim: 256, layers: 2 },
      predictor: { hiddenDim: 64 },
      optimizer: { baseLearningRate: 1, weightDecay: 5e-4 },
    },
    place,
    perStudy(study.id),
  );
}

/**
 * The paper's greyscale and half the change of hue, at twice the rate: with stronger ones the one direction that a
 * collapsed network keeps still tells classes apart. Not where methods are compared: SimCLR and SwAV learn colours
 * then; nor for losses of one direction, which want the lower rate. The same in all arms of a study.
 */
function perStudy(id: StudyId): ConfigPatch {
  const strong: readonly StudyId[] = ['symmetry', 'relations', 'methods'];
  return strong.includes(id) ? {} : { optimizer: { baseLearningRate: 2 }, augment: { hue: 0.2, grayscale: 0.2 } };
}

/** What an arm's method needs in a few hundred steps of a narrow network, as in configs/methods, which were tried on 1,200 photos. */
const perArm = (study: Study, arm: ConfigPatch, images: number): ConfigPatch =>
  study.paper === null ? {} : methods[arm.method ?? defaultMethod].lab.patch(arm, images);

/**
 * Epochs between two probes, for PROBES of them. In a run of few epochs there are fewer: what a probe may cost decides
 * how many photos it asks (shared/probe.ts), and many are wanted.
 */
const probeEvery = (epochs: number, images: number): number =>
  epochs >= PROBES ? Math.ceil(epochs / PROBES) : Math.max(epochs / PROBES, Math.min(1, PROBED / images));

/** The same where one figure at the end decides: as many photos are asked as there are, up to a thousand, and seldom. */
const rarely = (epochs: number, images: number): number => Math.max(probeEvery(epochs, images), PROBED / images);

/** An arm's configuration. Epochs decide the schedule and the probes; all else is independent of the budget. */
function armConfig(study: Study, arm: Arm, facts: LabFacts, wanted: number, seed: number): RunConfig {
  const epochs = arm.epochs ?? wanted;
  const schedule: ConfigPatch = {
    epochs,
    minutes: null,
    seed,
    probe: { everyEpochs: study.paper === null ? rarely(epochs, facts.images) : probeEvery(epochs, facts.images) },
    ...(arm.warmup !== undefined && { optimizer: { warmupEpochs: arm.warmup * epochs } }),
  };
  return parseConfig(mergeConfig(base(study, facts), perArm(study, arm.patch, facts.images), arm.patch, schedule));
}

/** The arms of a study on these photos; one with a teacher where there is one. */
function armsOf(study: Study, facts: LabFacts): Arm[] {
  const { teacher } = facts;
  return study.arms(facts).flatMap((arm) => {
    if (!isTaught(arm)) return [arm];
    return teacher ? [{ ...arm, patch: mergeConfig(arm.patch, { teacher }) }] : [];
  });
}

/** Operations that would take as long as what a step costs whatever its batch: of equal work, small batches are slower. */
const STEP_FLOPS = 2e9;
const work = (config: RunConfig, images: number): number =>
  stepsPerEpoch(images, config.batchSize) * (config.batchSize * trainingFlops(config) + STEP_FLOPS);

/** The arms whose steps are worth measuring: the slowest, and where batches differ the one with the largest. */
export function armsToMeasure(study: Study, facts: LabFacts): { armId: string; config: RunConfig }[] {
  const arms = armsOf(study, facts).map((arm) => ({ armId: arm.id, config: armConfig(study, arm, facts, 1, 0) }));
  const slowest = arms.reduce((a, b) => (work(b.config, facts.images) > work(a.config, facts.images) ? b : a));
  const largest = arms.reduce((a, b) => (b.config.batchSize > a.config.batchSize ? b : a));
  return largest.config.batchSize > slowest.config.batchSize ? [slowest, largest] : [slowest];
}

/** Seconds of a step of each arm: measured, or from what was measured, or from the machine's speed. */
function secondsPerStep(study: Study, facts: LabFacts): Map<string, number> {
  const arms = armsOf(study, facts).map((arm) => ({ id: arm.id, config: armConfig(study, arm, facts, 1, 0) }));
  const flops = (config: RunConfig) => config.batchSize * trainingFlops(config);
  const known = arms
    .filter(({ id }) => facts.measured[id] !== undefined)
    .sort((a, b) => a.config.batchSize - b.config.batchSize);
  const [small, large] = [known[0], known.at(-1)];
  const of = ({ id, config }: (typeof arms)[number]): number => {
    const own = facts.measured[id];
    if (own !== undefined) return own;
    if (!small || !large)
      return stepSeconds(planRun({ config, images: facts.images, machine: facts.machine }).estimate);
    const [a, b] = [facts.measured[small.id]!, facts.measured[large.id]!];
    if (small === large) return (a * flops(config)) / flops(small.config);
    // a step costs something by itself and something for each photo
    return (
      a + ((b - a) * (config.batchSize - small.config.batchSize)) / (large.config.batchSize - small.config.batchSize)
    );
  };
  return new Map(arms.map((arm) => [arm.id, of(arm)]));
}

/** What an arm costs, in seconds: an epoch's steps, and one look at the probe photos. */
interface Cost {
  /** Steps. */
  perEpoch: number;
  epoch: number;
  probe: number;
}

function costOf(config: RunConfig, facts: LabFacts, secondsOfStep: number): Cost {
  const { photos, paired } = probeSizes(config.probe, facts.images, facts.heldOut);
  const flopsPerSecond = (config.batchSize * trainingFlops(config)) / secondsOfStep;
  const perEpoch = Math.max(1, stepsPerEpoch(facts.images, config.batchSize));
  return {
    perEpoch,
    epoch: LOADING * secondsOfStep * perEpoch,
    probe: (2 * (photos + paired) * networkCost(config).forwardMacs) / flopsPerSecond,
  };
}

/** Seconds of an arm: preparation, steps, and the probes with the untrained network's. */
const secondsOf = ({ epoch, probe }: Cost, epochs: number, images: number): number =>
  PREPARATION + epochs * epoch + probe * (1 + Math.ceil(epochs / probeEvery(epochs, images)));

/** Epochs of an arm that fit into a budget in seconds, at least one. */
function epochsWithin(cost: Cost, seconds: number, images: number): number {
  let epochs = Math.min(
    MOST_EPOCHS,
    Math.max(1, Math.floor((seconds - PREPARATION - (PROBES + 1) * cost.probe) / cost.epoch)),
  );
  while (epochs < MOST_EPOCHS && secondsOf(cost, epochs + 1, images) <= seconds) epochs++; // fewer probes than at most
  return epochs;
}

/** @throws ConfigError never for the studies as they are: a test parses every arm */
export function studyPlan(
  request: Pick<LabRequest, 'study' | 'minutes' | 'seeds' | 'linear'>,
  facts: LabFacts,
): LabPlan {
  const study = studyOf(request.study);
  const { images } = facts;
  const arms = armsOf(study, facts);
  const perStep = secondsPerStep(study, facts);
  const costs = arms.map((arm) => costOf(armConfig(study, arm, facts, PROBES, 0), facts, perStep.get(arm.id)!));
  const epochs = Math.min(...costs.map((cost) => epochsWithin(cost, 60 * request.minutes, images)));
  const seconds = (cost: Cost) => secondsOf(cost, epochs, images);
  const slowest = costs.reduce((a, b) => (seconds(b) > seconds(a) ? b : a));
  const planned = arms.map((arm, i) => ({
    armId: arm.id,
    config: armConfig(study, arm, facts, epochs, 0),
    steps: costs[i]!.perEpoch * (arm.epochs ?? epochs),
    seconds: secondsOf(costs[i]!, arm.epochs ?? epochs, images),
  }));
  const plans = planned.map(({ armId, config }) =>
    planRun({ config, images, machine: facts.machine, secondsPerStep: perStep.get(armId)! }),
  );
  const unlabelled = unlabelledMeasure(study.id);
  const measure: LabMeasure = !facts.labelled ? unlabelled : request.linear ? 'linear' : 'knn';
  const asked = probeSizes(planned[0]!.config.probe, images, facts.heldOut);
  const split = facts.heldOut > 0 ? 'held-out' : 'leave-one-out';
  const linearSeconds = request.linear
    ? PREPARATION + (slowest.probe * images) / Math.max(1, asked.photos) + images / 300
    : 0;
  return {
    study: study.id,
    ...(study.paper === null && { kind: facts.kind ?? 'any' }),
    ...(facts.teacher && { teacher: facts.teacher.from }),
    images,
    epochs,
    measure,
    split,
    asked: measure === unlabelled ? asked.paired : split === 'held-out' ? asked.heldOut : asked.photos,
    arms: planned,
    seconds: request.seeds * planned.reduce((sum, arm) => sum + arm.seconds + linearSeconds, 0),
    memoryBytes: Math.max(...plans.map(({ estimate }) => estimate.memoryBytes)),
    diskBytes: diskBytes(planned, plans, request.seeds),
    basis: Object.keys(facts.measured).length > 0 ? 'measured' : 'predicted',
    refusals: refusals(plans, request, facts),
    notes: notes(study, request, facts, slowest, epochs),
  };
}

/** The photo cache is shared by the arms; checkpoints are not: two whole ones, the best, and a series of encoders. */
function diskBytes(planned: LabPlan['arms'], plans: ReturnType<typeof planRun>[], seeds: number): number {
  const checkpoints = planned.map(({ config }) => 6 * 8 * networkCost(config).parameters);
  return Math.max(...plans.map(({ estimate }) => estimate.diskBytes)) + seeds * checkpoints.reduce((a, b) => a + b, 0);
}

/** The refusals of all arms, each once however many arms it stops. */
function refusals(
  plans: ReturnType<typeof planRun>[],
  { linear }: Pick<LabRequest, 'linear'>,
  { labelled }: LabFacts,
): Refusal[] {
  const all = plans.flatMap((plan) => plan.refusals);
  const first = all.filter((refusal, i) => all.findIndex(({ setting }) => setting === refusal.setting) === i);
  if (linear && !labelled) first.push(refusal('linear', false, reason('cannot-start.linear')));
  return first;
}

function notes(
  study: Study,
  { minutes }: Pick<LabRequest, 'minutes'>,
  { images, labelled, busy }: LabFacts,
  slowest: Cost,
  epochs: number,
): PlanNote[] {
  const out: PlanNote[] = [];
  const { perEpoch } = slowest;
  const seconds = (count: number) => Math.ceil(secondsOf(slowest, count, images));
  if (images < 8) return out;
  if (!labelled && study.paper === null)
    out.push({
      key: 'noLabelsQuality',
      values: {},
      message: 'the folder has no labels: the ways are compared by the label-free quality',
    });
  else if (!labelled)
    out.push({
      key: 'noLabels',
      values: {},
      message: 'the folder has no labels: arms are compared by neighbour agreement',
    });
  if (seconds(1) > 60 * minutes)
    out.push({
      key: 'overBudget',
      values: { seconds: seconds(1) },
      message: `even one epoch of the slowest arm takes longer than the budget: about ${seconds(1)} s`,
    });
  if (perEpoch * epochs < ENOUGH_STEPS) {
    const values = {
      steps: perEpoch * epochs,
      minutes: Math.ceil((2 * seconds(Math.ceil(ENOUGH_STEPS / perEpoch))) / 60) / 2,
      enough: ENOUGH_STEPS,
    };
    out.push({
      key: 'fewSteps',
      values,
      message: `only ${counted(values.steps, 'step')} for an arm: about ${values.minutes} min for each would make ${values.enough}`,
    });
  }
  if (study.id === 'batch-size') {
    const [first] = scaledBatches(images);
    const factor = first!.paper / first!.batchSize;
    if (factor > 1)
      out.push({
        key: 'batches',
        values: { factor, images },
        message: `the paper's batch sizes are divided by ${factor}, so that the largest fits twice into ${images} photos`,
      });
  }
  if (study.id === 'alternation' && perEpoch < 100)
    out.push({
      key: 'longAlternation',
      values: { steps: perEpoch },
      message: `an epoch has ${counted(perEpoch, 'step')} here: 100 steps are more than an epoch`,
    });
  if (busy)
    out.push({
      key: 'busy',
      values: {},
      message: 'something else is training: the prediction is from earlier speeds, and the arms wait for it',
    });
  return out;
}
