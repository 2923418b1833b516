/**
 * What a run will cost and whether it can start, from its configuration alone: multiply-adds, parameters and
 * activations of the network, then time, memory and disk, and the refusals with the setting to change. Pure, so the
 * form, the command line and the trainer say the same. Measured speeds and free space come in as facts; the engine's
 * exact memory figure, where there is one, replaces the estimate here.
 */
import { backboneCost, backboneDim, finalSide } from './backbone.ts';
import { parseConfig } from './config.ts';
import type { RunConfig } from './config.ts';
import type { Estimate, PlanNote, Refusal } from './contract/runs.ts';
import { reason } from './errors.ts';
import { carriedShapes, copiesNetwork, viewsOf } from './methods/index.ts';
import { powerOfTwoBelow } from './numbers.ts';
import { refusal } from './refusal.ts';
import { fedViewBytes, usualField, viewMemory, viewsMaker, viewsRefusal } from './views.ts';
import type { Field, NoViews, ViewsMaker } from './views.ts';

export interface NetworkCost {
  backboneParameters: number;
  parameters: number;
  /** Multiply-adds of one view, forward: backbone and heads. */
  forwardMacs: number;
  /** Numbers that one view leaves for the backward pass. */
  activations: number;
}

/** Side of the feature map that the last stage sees. */
const finalMap = (config: Pick<RunConfig, 'imageSize' | 'backbone'>): number =>
  finalSide(config.backbone, config.imageSize);

/** What the network of a run costs, backbone and heads. */
export function networkCost(config: RunConfig): NetworkCost {
  const { parameters: backboneParameters, ...cost } = backboneCost(config.backbone, config.imageSize);
  let parameters = backboneParameters;
  const linear = (from: number, out: number) => {
    parameters += from * out + 2 * out;
    cost.macs += from * out;
    cost.activations += 2 * out;
  };
  const { hiddenDim, outputDim, layers } = config.head;
  const features = backboneDim(config.backbone);
  for (let i = 0; i < layers; i++) linear(i === 0 ? features : hiddenDim, i === layers - 1 ? outputDim : hiddenDim);
  if (config.predictor.kind === 'mlp' || config.predictor.kind === 'fixed') {
    linear(outputDim, config.predictor.hiddenDim);
    linear(config.predictor.hiddenDim, outputDim);
  }
  return { backboneParameters, parameters, forwardMacs: cost.macs, activations: cost.activations };
}

/** Views of a photo that the gradient sees, a smaller one as its share of a view of imageSize. */
function seenViews(config: RunConfig): number {
  const views = viewsOf(config).reduce((sum, { size }) => sum + (size / config.imageSize) ** 2, 0);
  return config.symmetry === 'symmetric' ? views : views / 2;
}

/** Floating-point operations of training on one photo: a view forward, backward twice as much, 2 per MAC. */
export function trainingFlops(config: RunConfig, cost: NetworkCost = networkCost(config)): number {
  const seen = seenViews(config);
  const aimedAt = config.symmetry === 'symmetric' && !copiesNetwork(config) ? 0 : seen;
  return 2 * (3 * seen + aimedAt) * cost.forwardMacs;
}

/** Numbers that a step leaves for its backward pass; as of two views at least, as one without gradient takes room too. */
const keptActivations = (config: RunConfig, cost: NetworkCost): number =>
  Math.max(2, seenViews(config)) * config.batchSize * cost.activations;

export interface Machine {
  /** Floating-point operations a second on a training step of this kind; null where it was never measured. */
  flopsPerSecond: number | null;
  /** Milliseconds of the self-test's larger step; left out or null where the device was not timed. */
  selfTestMilliseconds?: number | null;
  threads: number;
  /** What 'auto' stands for. */
  device: string;
  /** As its maker calls it. */
  deviceName?: string;
  /** Its own memory; null where it shares the computer's or none is reported, left out by who cannot know. */
  deviceMemoryBytes?: number | null;
  /** Why the device makes no views, where it does not. */
  noViews?: NoViews | undefined;
  freeMemoryBytes: number;
  freeDiskBytes: number;
  /** Most that the cache may take. */
  cacheBytes: number;
}

export interface PlanInput {
  config: RunConfig;
  /** Photos that training will see. */
  images: number;
  machine: Machine;
  /** The engine's own figure for the step's memory, bytes. */
  stepMemoryBytes?: number;
  /** Seconds of one step, measured on this machine with this configuration. */
  secondsPerStep?: number;
  /** What every photo fits into, where their sizes are known. */
  field?: Field;
}

export interface Plan {
  estimate: Estimate;
  refusals: Refusal[];
  notes: PlanNote[];
}

/**
 * Sustained rates of training steps where this machine was never measured and its device not timed, floating-point operations a second: per
 * CPU thread for a full-width ResNet-18, and for a graphics card. Deliberately modest.
 */
const CPU_THREAD_FLOPS = 40e9;
const GPU_FLOPS = 2e12;

/** Narrow networks move more memory for each operation. */
const narrowness = (width: number): number => Math.min(1, Math.max(0.35, width ** 0.5));

/** The network that a self-test times a device by. 54 GFLOP a step: half a second on two cores, and enough for a graphics card to show what it is. */
export const timedNetwork = parseConfig({
  backbone: { stem: 'cifar', width: 0.5 },
  imageSize: 32,
  batchSize: 32,
  epochs: 1,
  head: { hiddenDim: 256, outputDim: 256 },
  predictor: { hiddenDim: 64 },
});

const predictedFlops = (
  { flopsPerSecond, selfTestMilliseconds, device, threads }: Machine,
  config: RunConfig,
): number => {
  if (flopsPerSecond !== null) return flopsPerSecond;
  // The processor was timed with all its threads.
  if (selfTestMilliseconds && (device !== 'cpu' || config.threads === 0)) {
    const timed = (timedNetwork.batchSize * trainingFlops(timedNetwork)) / (selfTestMilliseconds / 1000);
    return (timed * narrowness(config.backbone.width)) / narrowness(timedNetwork.backbone.width);
  }
  const full = device === 'cpu' || device === 'auto' ? CPU_THREAD_FLOPS * Math.max(1, threads) : GPU_FLOPS;
  return full * narrowness(config.backbone.width);
};

/** Bytes of the training cache for one photo of 4:3: a copy with 1.6 times the training side, and the evaluation image. */
const cachedPhotoBytes = (imageSize: number): number => 3 * imageSize ** 2 * (1.6 ** 2 * (4 / 3) + 1);

const gib = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;

export const stepsPerEpoch = (images: number, batchSize: number): number => Math.floor(images / batchSize);

/** Probes and waiting for photos, as a factor on the time of the steps alone. */
const BESIDE_STEPS = 1.1;

/** Seconds of a step that an estimate in epochs was made from. */
export const stepSeconds = ({ seconds, epochs, stepsPerEpoch: perEpoch }: Estimate): number =>
  seconds / (BESIDE_STEPS * perEpoch * epochs);

export function planRun(input: PlanInput): Plan {
  const { config, images, machine } = input;
  const cost = networkCost(config);
  const perEpoch = Math.max(1, stepsPerEpoch(images, config.batchSize));
  const secondsPerStep =
    input.secondsPerStep ?? (config.batchSize * trainingFlops(config, cost)) / predictedFlops(machine, config);
  const seconds =
    config.minutes !== null ? 60 * config.minutes : BESIDE_STEPS * secondsPerStep * perEpoch * config.epochs!;
  const epochs =
    config.epochs ?? Math.max(1, Math.round((60 * config.minutes!) / (BESIDE_STEPS * secondsPerStep * perEpoch)));

  const carried = carriedBytes(config, cost, images);
  const stateBytes = 8 * cost.parameters + carried; // parameters and momenta
  const field = input.field ?? usualField(config);
  const maker = viewsBy(config, machine, field, cost);
  const views = maker === 'device' ? viewMemory(config, field).bytes : fedViewBytes(config);
  const needed = isGraphics(machine) ? deviceMemory(config, cost) + 2 * carried + views : null;
  const shared = machine.deviceMemoryBytes === null ? (needed ?? 0) : 0;
  const step =
    needed === null
      ? (input.stepMemoryBytes ?? stepMemory(config, cost) + 2 * carried) + (maker === 'device' ? views : 0)
      : hostMemory(cost) + shared;
  const memoryBytes = step + loaderMemory(config, images, maker === 'device' ? field : null);
  const cacheBytes = images * cachedPhotoBytes(config.imageSize);
  const diskBytes = Math.min(cacheBytes, machine.cacheBytes) + checkpointBytes(config, stateBytes, epochs);
  const estimate: Estimate = {
    seconds,
    memoryBytes,
    ...(needed === null ? {} : { deviceMemoryBytes: needed }),
    diskBytes,
    epochs,
    stepsPerEpoch: perEpoch,
    basis: input.secondsPerStep === undefined ? 'predicted' : 'measured',
  };
  return { estimate, refusals: refusals(input, estimate, stateBytes), notes: notes(input, estimate) };
}

/** What a method keeps beside the network and its momenta: a copy of it, a queue, something for each photo. */
function carriedBytes(config: RunConfig, cost: NetworkCost, images: number): number {
  const numbers = [...carriedShapes(config, images).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  return 4 * numbers.reduce((a, b) => a + b, copiesNetwork(config) ? cost.parameters : 0);
}

/** Parameters, momenta and gradients, and activations with half as much again for gradients and scratch. */
function stepMemory(config: RunConfig, cost: NetworkCost): number {
  return 4 * (3 * cost.parameters + 1.5 * keptActivations(config, cost)) + 150 * 2 ** 20;
}

const isGraphics = ({ device }: Machine): boolean => device !== 'cpu' && device !== 'auto';

/** Beside a graphics card: the process with its driver, and the state while it is handed over or read. */
const hostMemory = (cost: NetworkCost): number => 12 * cost.parameters + 500 * 2 ** 20;

/**
 * On a graphics card: parameters, momenta and gradients, a state that is read and one that is written, and activations
 * with half as much again, of which its allocator keeps about half as much more in sizes that fit nothing.
 */
function deviceMemory(config: RunConfig, cost: NetworkCost): number {
  return 4 * (5 * cost.parameters + 1.5 * 1.5 * keptActivations(config, cost)) + 200 * 2 ** 20;
}

/** Who makes the views of a run on this machine, of photos in fields of this size. */
export const viewsBy = (
  config: RunConfig,
  { device, noViews, deviceMemoryBytes }: Pick<Machine, 'device' | 'noViews' | 'deviceMemoryBytes'>,
  field = usualField(config),
  cost = networkCost(config),
): ViewsMaker =>
  viewsMaker(config, { device, noViews, deviceMemoryBytes, field, stepBytes: deviceMemory(config, cost) });

/** Batches made ahead (all views, float; or where a device makes them the photos, bytes) and the photos that are held in memory. */
function loaderMemory(config: RunConfig, images: number, field: Field | null): number {
  const batch = field ? config.batchSize * 3 * field.width * field.height : fedViewBytes(config);
  return 4 * batch + Math.min(images, config.probe.images) * 3 * config.imageSize ** 2;
}

/** Two whole checkpoints and the best, the series 1, 2, 5, 10, ... of encoders, within the budget; one always fits. */
function checkpointBytes(config: RunConfig, stateBytes: number, epochs: number): number {
  const series = Math.ceil(3 * Math.log10(Math.max(1, epochs)) + 1);
  const all = 3 * stateBytes + (series * stateBytes) / 2;
  return Math.max(stateBytes, Math.min(all, config.checkpoint.diskGigabytes * 1e9));
}

function refusals({ config, images, machine }: PlanInput, estimate: Estimate, stateBytes: number): Refusal[] {
  if (images < 8) return [refusal('images', undefined, reason('no-images.few', { images }))];
  const out: Refusal[] = [];
  if (config.batchSize > images) {
    const suggestion = Math.max(4, powerOfTwoBelow(images / 4));
    const values = { batchSize: config.batchSize, images, suggestion };
    out.push(refusal('batchSize', suggestion, reason('cannot-start.batch', values)));
  }
  if (finalMap(config) < 2 && config.backbone.stem === 'imagenet' && config.imageSize < 32)
    out.push(refusal('backbone.stem', 'cifar', reason('cannot-start.stem', { imageSize: config.imageSize })));
  if (config.precision === 'float16' && !isGraphics(machine))
    out.push(refusal('precision', 'float32', reason('cannot-start.precision')));
  if (config.viewsBy === 'device' && machine.noViews !== undefined)
    out.push(refusal('viewsBy', 'auto', viewsRefusal(machine.noViews, machine.deviceName ?? machine.device)));
  if (estimate.memoryBytes > machine.freeMemoryBytes) {
    const suggestion = Math.max(
      4,
      powerOfTwoBelow((config.batchSize * machine.freeMemoryBytes) / estimate.memoryBytes),
    );
    const smaller = suggestion < config.batchSize;
    const values = { needed: gib(estimate.memoryBytes), free: gib(machine.freeMemoryBytes) };
    out.push(
      smaller
        ? refusal('batchSize', suggestion, reason('cannot-start.memory-batch', { ...values, suggestion }))
        : refusal('imageSize', undefined, reason('cannot-start.memory', values)),
    );
  }
  const { deviceMemoryBytes: needed = 0 } = estimate;
  const { deviceMemoryBytes: there, deviceName = machine.device } = machine;
  if (there != null && needed > there) {
    const cost = networkCost(config);
    const fixed = deviceMemory({ ...config, batchSize: 0 }, cost) + 2 * carriedBytes(config, cost, images); // what views take goes with the batch
    const suggestion = Math.max(4, powerOfTwoBelow((config.batchSize * (there - fixed)) / (needed - fixed)));
    const smaller = suggestion < config.batchSize;
    const values = { needed: gib(needed), free: gib(there), device: deviceName };
    out.push(
      smaller
        ? refusal('batchSize', suggestion, reason('cannot-start.device-memory-batch', { ...values, suggestion }))
        : refusal('imageSize', undefined, reason('cannot-start.device-memory', values)),
    );
  }
  if (estimate.diskBytes > machine.freeDiskBytes) {
    const gigabytes =
      Math.floor(
        (10 * (machine.freeDiskBytes - (estimate.diskBytes - checkpointBytes(config, stateBytes, estimate.epochs)))) /
          1e9,
      ) / 10;
    const fits = gigabytes * 1e9 > stateBytes && gigabytes < config.checkpoint.diskGigabytes;
    const setting = 'checkpoint.diskGigabytes';
    const values = { needed: gib(estimate.diskBytes), free: gib(machine.freeDiskBytes) };
    out.push(
      fits
        ? refusal(setting, gigabytes, reason('cannot-start.disk-checkpoints', { ...values, suggestion: gigabytes }))
        : refusal(setting, undefined, reason('cannot-start.disk', values)),
    );
  }
  return out;
}

function notes({ config, images, machine }: PlanInput, estimate: Estimate): PlanNote[] {
  const out: PlanNote[] = [];
  if (estimate.deviceMemoryBytes !== undefined && machine.deviceMemoryBytes === null) {
    const [device, needed] = [machine.deviceName ?? machine.device, gib(estimate.deviceMemoryBytes)];
    out.push({
      key: 'deviceMemoryUnknown',
      message: `how much memory ${device} may use is not known: training needs about ${needed} there`,
      values: { device, needed },
    });
  }
  const { imageSize } = config;
  const map = finalMap(config);
  const days = (estimate.seconds / 86_400).toFixed(1);
  const steps = estimate.stepsPerEpoch * estimate.epochs;
  if (config.backbone.stem === 'imagenet' && imageSize < 64)
    out.push({
      key: 'smallMap',
      message: `at ${imageSize} px the imagenet stem leaves a map of ${map} × ${map}: the cifar stem keeps more detail`,
      values: { imageSize, map },
    });
  if (images >= 8 && images < 200)
    out.push({
      key: 'fewPhotos',
      message: `${images} photos are few: several hundred give a network something to tell apart`,
      values: { images },
    });
  if (estimate.seconds > 86_400)
    out.push({
      key: 'days',
      message: `about ${days} days: a narrower network (backbone.width), fewer pixels (imageSize) or a budget in minutes is faster`,
      values: { days },
    });
  if (steps < 200)
    out.push({
      key: 'fewSteps',
      message: `only ${steps} steps: more epochs or a smaller batch will teach more`,
      values: { steps },
    });
  return out;
}
