/** What cannot start on a machine, with the setting to change and a value that fits, and what a person should know before. */
import { trainingSize, unknownSize, webpOf } from '../cachePlan.ts';
import type { PhotoSize } from '../cachePlan.ts';
import type { RunConfig } from '../config.ts';
import type { Estimate, PlanNote, Refusal } from '../contract/runs.ts';
import { counted } from '../messages/format.ts';
import { hasTeacher, methodOf } from '../methods/index.ts';
import { batchBelow } from '../numbers.ts';
import type { PlanInput } from '../plan.ts';
import { reason } from '../reason.ts';
import { refusal } from '../refusal.ts';
import { viewsRefusal } from '../views.ts';
import { finalMap, networkCost } from './cost.ts';
import { isGraphics } from './machine.ts';
import { carriedBytes, checkpointBytes, copiesOf, deviceMemory } from './memory.ts';

const gib = (bytes: number): string =>
  bytes >= 2 ** 30 ? `${(bytes / 2 ** 30).toFixed(1)} GiB` : `${Math.ceil(bytes / 2 ** 20)} MiB`;

export function refusals(input: PlanInput, estimate: Estimate, stateBytes: number): Refusal[] {
  const { config, images, machine } = input;
  if (images < 8) return [refusal('images', undefined, reason('no-images.few', { images }))];
  const out: Refusal[] = [];
  if (config.batchSize > images) {
    const suggestion = batchBelow(images / 4);
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
    const suggestion = batchBelow((config.batchSize * machine.freeMemoryBytes) / estimate.memoryBytes);
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
    const suggestion = batchBelow((config.batchSize * (there - fixed)) / (needed - fixed));
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

export function notes(input: PlanInput, estimate: Estimate): PlanNote[] {
  const { config, images, machine } = input;
  const out: PlanNote[] = [];
  const { kept, again, side } = copiesOf(input);
  const most = gib(machine.cacheBytes);
  const typical = input.sizes?.find(({ width, height }) => width && height) as PhotoSize | undefined;
  const { quality } = webpOf(trainingSize(typical ?? unknownSize, side));
  if (kept === 'webp' && input.sizes?.length)
    out.push({
      key: 'lossyCopies',
      message: `photos are kept as WebP (quality ${quality}) in the cache of ${most}, which cannot hold all as pixels: nearly the same accuracy, slower by their decoding; copies pixels, or more disk in Settings, changes that`,
      values: { quality, most },
    });
  if (again > 0 && input.sizes?.length)
    out.push({
      key: 'decodedAgain',
      message: `${again} of ${images} photos find no room in the cache of ${most} and are decoded from their files each time: training is slower; Settings can allow the cache more disk`,
      values: { again, images, most },
    });
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
  out.push(...collapses(config));
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
  // a preset's minutes are not warned about on a slow machine: those who have no more cannot follow the advice
  if (steps < (config.minutes === null ? 200 : 50))
    out.push({
      key: 'fewSteps',
      message: `only ${counted(steps, 'step')}: more epochs or a smaller batch will teach more`,
      values: { steps },
    });
  return out;
}

/** What a run lacks that its method needs in order not to collapse, as the recorded runs show (docs/verdict.md). */
function collapses(config: RunConfig): PlanNote[] {
  const { stopGradient, predictor, similarity } = config;
  const { needs } = methodOf(config);
  if (hasTeacher(config)) return []; // which says where photos lie
  const out: PlanNote[] = [];
  // By the cross-entropy a network learns without it all the same.
  if (needs.includes('stopGradient') && !stopGradient && similarity === 'cosine')
    out.push({
      key: 'noStopGradient',
      message:
        'without stop-gradient this method makes all photos alike within some hundred steps: switch stopGradient on, unless that is what you want to see',
      values: {},
    });
  if (needs.includes('predictor') && (predictor.kind === 'identity' || predictor.kind === 'fixed'))
    out.push({
      key: 'noPredictor',
      message:
        'without a predictor that is trained this method collapses or learns next to nothing: set predictor.kind to mlp, unless that is what you want to see',
      values: {},
    });
  return out;
}
