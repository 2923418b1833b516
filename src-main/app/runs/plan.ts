/**
 * Preset and patch resolved to a whole configuration for a folder on this machine, with its cost and the reasons
 * why it cannot start. The arithmetic is in shared/plan.ts; this brings the facts of the machine.
 */
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { mergeConfig, parseConfig } from '../../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { PhotoSize } from '../../../shared/cachePlan.ts';
import { planRun } from '../../../shared/plan.ts';
import type { Plan } from '../../../shared/plan.ts';
import type { Machine } from '../../../shared/plan/machine.ts';
import { withReasons } from '../../../shared/plan/tooFew.ts';
import { nearestSpeed, parseSpeeds, speedsFile } from '../../../shared/plan/measuredSpeeds.ts';
import { isOffered, isSlow } from '../../../shared/devices.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { continuedPatch, presetPatch, usualBatch } from '../../../shared/presets.ts';
import { RENDERED } from '../../../shared/startingWeights.ts';
import { weightsOfRun } from '../../../shared/weights.ts';
import { noViews } from '../../../shared/views.ts';
import type { Device, PresetName, Provider } from '../../../shared/contract.ts';
import { argumentsOf } from '../../../shared/errors.ts';
import { reason } from '../../../shared/reason.ts';
import { nameOf } from '../../../shared/naming.ts';
import { refusal } from '../../../shared/refusal.ts';
import type { RefusalReason } from '../../../shared/refusal.ts';
import { photoCacheBytes } from '../cacheLimit.ts';
import { usesTensorFlow } from '../devices/index.ts';
import type { Devices } from '../devices/index.ts';
import { AppError } from '../errors.ts';
import { unhurried } from '../unhurried.ts';
import { freeMemory, isThere } from '../../files/index.ts';
import { freeBytes } from '../system.ts';
import type { AppContext } from '../context.ts';
import { ruleOf } from '../library/measuring.ts';
import type { DatasetRow } from '../../db/index.ts';
import { withOrigin } from './origin.ts';
import {
  deviceNotes,
  deviceRefusals,
  divisionRefusals,
  noRenderedNote,
  photoNotes,
  presetNotes,
} from './planRemarks.ts';
import { photosUsed } from './part.ts';
import { ruleFor } from './rule.ts';
import { renderedFile } from './starting.ts';
import { planTeacher } from './teacher.ts';
import { misfit, otherNetwork, withNetworkOf } from './weights.ts';
import { checkpointNamed } from '../checkpoints.ts';

/** At most so many skipped files are looked at for why they were skipped. */
const COUNTED = 5000;

/** The facts of this machine that a prediction for `config` needs. */
export async function machineFor(
  context: AppContext,
  config: RunConfig,
  device: Provider,
  found: Device | undefined,
): Promise<Machine> {
  const threads = config.threads || availableParallelism();
  const speeds = await readFile(join(context.paths.photoCache, speedsFile), 'utf8').catch(() => '[]');
  return {
    flopsPerSecond: nearestSpeed(parseSpeeds(speeds), config, { device, card: found?.name ?? device, threads }),
    selfTestMilliseconds: found?.test?.speedMilliseconds ?? null,
    threads,
    device,
    deviceName: found?.name ?? device,
    deviceMemoryBytes: found?.memoryBytes ?? null,
    noViews: noViews(device, found, usesTensorFlow()),
    freeMemoryBytes: freeMemory(),
    freeDiskBytes: await freeBytes(context.paths.home),
    cacheBytes: photoCacheBytes(context),
  };
}

/** Which device it will be, and whether that is a slow one. */
export async function placeFor(context: AppContext, devices: Devices, patch: ConfigPatch) {
  const wanted = deviceChoice(context, patch);
  const known = await devices.list();
  const lost = patch.device === undefined ? whyLost(wanted, known) : null;
  const choice = lost === null ? wanted : 'auto';
  const provider = choice === 'auto' ? known.auto : choice;
  const device = known.devices.find((item) => item.provider === provider);
  return {
    choice,
    provider,
    device,
    slow: isSlow(provider, known.devices),
    lost: lost === null ? null : { wanted, why: lost },
  };
}

/** Why a device that was chosen before cannot be had any more; null where it can, or was not tested yet. */
function whyLost(wanted: RunConfig['device'], { devices }: Awaited<ReturnType<Devices['list']>>): string | null {
  if (wanted === 'auto') return null;
  const device = devices.find(({ provider }) => provider === wanted);
  if (!device) return 'this machine has none';
  return device.test === null || isOffered(device) ? null : selfTestSentence(device.test);
}

/** Sees to it that what a run depends on has been tested, also where its device no longer passes. */
export async function prepareDevices(context: AppContext, devices: Devices, patch: ConfigPatch): Promise<void> {
  await devices.ready(deviceChoice(context, patch));
  if ((await placeFor(context, devices, patch)).lost) await devices.ready('auto');
}

/**
 * @param photos how many training would see, their typical side, and the sizes of some
 * @throws ConfigError for settings that are wrong in themselves
 */
export async function planFor(
  context: AppContext,
  devices: Devices,
  photos: { images: number; side: number | undefined; sizes: readonly PhotoSize[]; dataset: DatasetRow },
  preset: PresetName | null,
  patch: ConfigPatch,
): Promise<Plan & { config: RunConfig }> {
  const { choice, provider, device, slow, lost } = await placeFor(context, devices, patch);
  const { side, sizes } = photos;
  const used = photosUsed({ photos: patch.photos ?? null }, photos.images);
  const facts = { images: used, side, device: provider, slow };
  const base = preset === null ? undefined : presetPatch(preset, facts);
  // epochs and minutes exclude each other: the patch's choice stands against the preset's
  if (base && patch.epochs != null && patch.minutes === undefined) base.minutes = null;
  if (base && patch.minutes != null && patch.epochs === undefined) base.epochs = null;
  const gentle = base && continuedPatch(patch.backbone?.init, base);
  const merged = parseConfig(mergeConfig({ device: choice, input: ruleOf(photos.dataset) }, base, gentle, patch));
  const { input, findings } = await ruleFor(context, photos.dataset, merged.input, patch.input);
  const wanted = { ...merged, input };
  await assertAnswering(wanted);
  const weights = initialWeights(context, wanted);
  const given = typeof weights === 'string' && wanted.backbone.init !== RENDERED ? weights : null;
  const adopted = given === null ? { config: wanted, note: null } : await withNetworkOf(given, wanted, patch);
  const sourced = await withOrigin(context, adopted.config, patch);
  const started = withStart(sourced.config);
  const images = photosUsed(started, photos.images);
  const taught = await planTeacher(context, started, patch, images);
  const { config } = taught;
  const plan = planRun({ config, images, sizes, machine: await machineFor(context, config, provider, device) });
  plan.estimate.diskBytes += taught.bytes;
  plan.estimate.memoryBytes += 2 * taught.bytes; // as it is read, and as it is looked up
  if (config.minutes === null) plan.estimate.seconds += taught.seconds;
  if (plan.refusals.some(({ key }) => key === 'no-images.few')) {
    const { total, files } = await unhurried(
      context.store.images.skipped(photos.dataset.id, 0, COUNTED),
      context.closing,
    );
    const { folder, parent } = photos.dataset;
    plan.refusals = withReasons(plan, images, {
      folder: parent === null ? folder : null, // the folder of a collection may hold many more
      files: files.map((skipped) => ({ ...skipped, file: join(folder, skipped.file) })),
      total,
    });
  }
  plan.notes.push(
    ...presetNotes({ base, patch, config, side, usual: preset === null ? 0 : usualBatch(preset, facts), images }),
    ...(config.backbone.init === wanted.backbone.init ? [] : [noRenderedNote(config)]),
    ...photoNotes(photos.dataset, findings),
    ...deviceNotes(provider, device, lost),
    ...[adopted, sourced, taught].flatMap(({ note }) => note ?? []),
  );
  plan.refusals.push(...deviceRefusals(config, provider, device), ...divisionRefusals(config, photos.dataset));
  const others = given === null ? [] : await otherNetwork(given, config.backbone);
  const wrong = typeof weights === 'string' ? await misfit(weights, config.backbone) : weights;
  if (others.length > 0) plan.refusals.push(...others);
  else if (wrong) plan.refusals.push(refusal('backbone.init', 'random', wrong));
  if (taught.refusal) plan.refusals.push(refusal('teacher.from', '', taught.refusal));
  return { config, ...plan };
}

/** What the run names, else the device chosen in Settings; where that is automatic, what the last run started well with. */
function deviceChoice({ store }: AppContext, patch: ConfigPatch): RunConfig['device'] {
  const { device } = store.settings.get();
  return patch.device ?? (device === 'auto' ? (store.settings.lastDevice() ?? 'auto') : device);
}

/** A network for which no weights come with the application begins with random ones, and its settings say so. */
export const withStart = (config: RunConfig): RunConfig =>
  config.backbone.init === RENDERED && renderedFile(config.backbone) === null
    ? { ...config, backbone: { ...config.backbone, init: 'random' } }
    : config;

/** What a run begins with or learns from may be on a disk that does not answer. @throws FileError no-answer */
export async function assertAnswering({ backbone, teacher }: RunConfig): Promise<void> {
  for (const named of [backbone.init, teacher.from]) if (isAbsolute(named)) await isThere(named);
}

/** The file of weights the backbone starts from, null for random, or why there is none. */
export function initialWeights({ store, paths }: AppContext, config: RunConfig): string | null | RefusalReason {
  const { init } = config.backbone;
  if (init === 'random') return null;
  if (init === RENDERED) return renderedFile(config.backbone);
  const from = weightsOfRun(init);
  if (!from) return existsSync(init) ? init : reason('cannot-start.no-file', { file: init });
  const { runId, checkpointId } = from;
  const run = store.runs.get(runId);
  if (!run || run.deletedAt) return reason('cannot-start.no-run', { id: runId });
  if (run.encoder) return reason('cannot-start.frozen', { name: nameOf(run) });
  const last = checkpointNamed(store, runId, checkpointId);
  return last ? paths.checkpoint(runId, last.file) : reason('cannot-start.no-checkpoint', { name: nameOf(run) });
}

/**
 * The file of weights that a run begins with, null for random. @throws AppError cannot-start where they are gone: a run
 * that was to begin with them is no run from random ones
 */
export function requiredWeights(context: AppContext, config: RunConfig): string | null {
  const weights = initialWeights(context, config);
  if (weights !== null && typeof weights !== 'string') throw new AppError(...argumentsOf(weights));
  return weights;
}

/** What the first refusal says, as the error that ends an attempt to start. */
export function refusalError(plan: Pick<Plan, 'refusals'>): AppError | null {
  const [first] = plan.refusals;
  if (!first) return null;
  const { setting, suggestion } = first;
  return new AppError(...argumentsOf(first as RefusalReason), { setting, suggestion, refusals: plan.refusals });
}
