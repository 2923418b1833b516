/** How large each part's work is: as the tables of docs/performance/card.md have it, or so small that a processor rehearses it. */
import { parseConfig } from '../../shared/config.ts';
import type { ConfigPatch, RunConfig } from '../../shared/config.ts';
import { CARD_STEPS } from '../../src-main/trainer/bench/work.ts';
import type { StepWork } from '../../src-main/trainer/bench/work.ts';
import { availableParallelism } from 'node:os';
import type { RowPart, Settings } from './parts.ts';

/** Timed runs of each side of a row, and steps of a run. */
export const ROUNDS = 5;
const STEPS = [8, 8, 4] as const;
/** What a rehearsal takes in place of CARD_STEPS: the same networks, too small to say anything. */
const REHEARSED = [
  { width: 0.125, size: 16, batch: 8 },
  { width: 0.125, size: 32, batch: 8 },
  { width: 0.125, size: 32, batch: 4 },
] as const;

/** The step of a row, on a card. */
export function stepOf({ row, precision }: RowPart, { rehearse }: Settings): StepWork {
  const card = CARD_STEPS[row]!;
  return {
    kind: 'step',
    device: 'webgpu',
    threads: availableParallelism(),
    precision,
    width: 1,
    steps: rehearse ? 1 : STEPS[row]!,
    ...card,
    ...(rehearse ? { ...REHEARSED[row], heads: 'small' } : {}),
  };
}

/** Photos that are rendered, and of how many subjects: 100 pictures of each. */
export const photosOf = ({ rehearse }: Settings) =>
  rehearse ? { subjects: 8, each: 8 } : { subjects: 100, each: 100 };

/** A run of the rendered photos to its end. */
export function runOf(precision: RunConfig['precision'], { rehearse }: Settings): RunConfig {
  const small: ConfigPatch = {
    backbone: { width: 0.125, stem: 'cifar' },
    head: { hiddenDim: 32, outputDim: 32 },
    predictor: { hiddenDim: 8 },
    batchSize: 16,
    epochs: 1,
  };
  const whole: ConfigPatch = { backbone: { stem: 'cifar' }, head: { layers: 2 }, batchSize: 512, epochs: 5 };
  return parseConfig({ ...(rehearse ? small : whole), imageSize: 32, minutes: null, device: 'webgpu', precision });
}

/** What is fed from photos, at this size. */
export function fedOf(size: 32 | 128, viewsBy: 'device' | 'processor', { rehearse }: Settings): RunConfig {
  const stem = size === 32 ? 'cifar' : 'imagenet';
  const small: ConfigPatch = {
    backbone: { width: 0.125, stem },
    head: { hiddenDim: 32, outputDim: 32 },
    predictor: { hiddenDim: 8 },
    batchSize: 8,
  };
  const batchSize = size === 32 ? 512 : 256;
  const whole: ConfigPatch = { backbone: { stem }, head: { layers: size === 32 ? 2 : 3 }, batchSize };
  const imageSize = rehearse ? size / 2 : size;
  return parseConfig({ ...(rehearse ? small : whole), imageSize, viewsBy, device: 'webgpu', minutes: null, epochs: 1 });
}

/** How far float16 is from float32 is asked of this network. */
export function comparedOf(precision: RunConfig['precision'], { rehearse }: Settings): RunConfig {
  return parseConfig({
    backbone: { name: 'resnet18', width: rehearse ? 0.125 : 0.5, stem: 'cifar' },
    head: { hiddenDim: rehearse ? 32 : 512, outputDim: rehearse ? 32 : 512, layers: 2 },
    predictor: { hiddenDim: rehearse ? 8 : 128 },
    imageSize: rehearse ? 16 : 32,
    batchSize: rehearse ? 8 : 64,
    precision,
    epochs: 1,
  });
}
