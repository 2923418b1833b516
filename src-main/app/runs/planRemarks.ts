/**
 * What a plan says beside its cost of the preset, the photos and the device: notes that stop nothing, and refusals with
 * what to change. What the network and its weights are refused for is in weights.ts, what the machine lacks in
 * shared/plan.
 */
import type { ConfigPatch, RunConfig } from '../../../shared/config.ts';
import type { Device, PlanNote, Provider } from '../../../shared/contract.ts';
import { PassedOver } from '../../../shared/contract/dataset.ts';
import { isInconclusive, isOffered, mayComputeHalf } from '../../../shared/devices.ts';
import { counted } from '../../../shared/messages/format.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { passedReason } from '../../../shared/passedOver.ts';
import type { Plan } from '../../../shared/plan.ts';
import { isSmall } from '../../../shared/presets/parts.ts';
import { reason } from '../../../shared/reason.ts';
import { refusal } from '../../../shared/refusal.ts';
import { said } from '../../../shared/sentences.ts';
import type { DatasetRow } from '../../db/index.ts';
import { divisionKey } from '../../images/index.ts';
import { ruleOf } from '../library/measuring.ts';
import type { ruleFor } from './rule.ts';

type Refusals = Plan['refusals'];

interface ByPreset {
  /** What the preset sets; undefined: none was chosen. */
  base: ConfigPatch | undefined;
  patch: ConfigPatch;
  config: RunConfig;
  /** Typical short side of the photos in pixels; undefined: not known. */
  side: number | undefined;
  /** The preset's batch for any number of photos; 0: it has none. */
  usual: number;
  images: number;
}

/** Where a preset does otherwise than usual, as the photos are small or few. */
export function presetNotes({ base, patch, config, side, usual, images }: ByPreset): PlanNote[] {
  const notes: PlanNote[] = [];
  const { batchSize, imageSize } = config;
  const hasSmallStem = base?.backbone?.stem === 'small' && config.backbone.stem === 'small';
  if (hasSmallStem && isSmall(side))
    notes.push({
      key: 'smallPhotos',
      message: `these photos are small (${side} px): the preset looks at them at ${imageSize} px through the small stem, which makes about twice the steps in the same time`,
      values: { side, imageSize },
    });
  if (patch.batchSize === undefined && batchSize < usual)
    notes.push({
      key: 'smallerBatch',
      message: `batches of ${batchSize} instead of ${usual}, as there are ${counted(images, 'photo')}: an epoch takes several steps`,
      values: { batchSize, usual, images },
    });
  return notes;
}

export function noRenderedNote({ backbone: { name, width, stem } }: RunConfig): PlanNote {
  return {
    key: 'noRendered',
    message: `there are no rendered starting weights for ${name} at width ${width} with the ${stem} stem: the run starts from random weights`,
    values: { network: name, width, stem },
  };
}

/** What is to be known of measured values, and of what a reading passed over. */
export function photoNotes(
  dataset: DatasetRow,
  { warnings }: Awaited<ReturnType<typeof ruleFor>>['findings'],
): PlanNote[] {
  const passed = passedReason(PassedOver.parse(JSON.parse(dataset.passedOver)));
  return [...warnings, ...(passed ? [said(passed)] : [])].map(({ key, values, message }) => ({ key, message, values }));
}

/** @param lost the device that was chosen before and cannot be had, and why; null: it can */
export function deviceNotes(
  provider: Provider,
  device: Device | undefined,
  lost: { wanted: string; why: string } | null,
): PlanNote[] {
  const notes: PlanNote[] = [];
  if (lost)
    notes.push({
      key: 'deviceLost',
      message: `the device ${lost.wanted}, which was chosen before, cannot be used any more (${lost.why}): device is auto now`,
      values: { device: lost.wanted, now: provider },
    });
  if (provider === 'cpu' && device?.test && isInconclusive(device.test))
    notes.push({
      key: 'processorUntested',
      message: `the self-test of the processor found nothing out (${selfTestSentence(device.test)}): it is tested again at the next start`,
      values: {},
    });
  return notes;
}

/** A device that is not there, did not pass, or does not compute in float16. One that was never tested is tested when the run starts. */
export function deviceRefusals({ precision }: RunConfig, provider: Provider, device: Device | undefined): Refusals {
  const out: Refusals = [];
  if (!device || (device.test !== null && !isOffered(device))) {
    const why = device?.test ? selfTestSentence(device.test) : 'this machine has none';
    out.push(
      provider === 'cpu' && device?.test
        ? refusal('device', undefined, reason('cannot-start.processor', { why }))
        : refusal('device', 'auto', reason('cannot-start.device', { device: provider, why })),
    );
  }
  if (precision === 'float16' && provider !== 'cpu' && !mayComputeHalf(provider, device))
    out.push(refusal('precision', 'float32', reason('cannot-start.float16', { device: provider })));
  return out;
}

/** Tiles and pages are the folder's: a run that would cut its files otherwise is refused. */
export function divisionRefusals({ input }: RunConfig, dataset: DatasetRow): Refusals {
  const folder = ruleOf(dataset);
  if (divisionKey(input) === divisionKey(folder)) return [];
  const part = (['tiles', 'overlap'] as const).find((name) => input[name] !== folder[name]) ?? 'page';
  const setting = `input.${part}`;
  return [refusal(setting, folder[part], reason('cannot-start.parts', { setting }))];
}
