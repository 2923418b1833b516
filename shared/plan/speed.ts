/** How long a run takes: from measured speeds where there are some, else from the self-test, else from rates of its kind. */
import { parseConfig } from '../config.ts';
import type { RunConfig } from '../config.ts';
import type { Estimate } from '../contract/runs.ts';
import { trainingFlops } from './cost.ts';
import { isGraphics } from './machine.ts';
import type { Machine } from './machine.ts';

/**
 * Sustained rates of training steps where this machine was never measured and its device not timed, floating-point
 * operations a second: per CPU thread for a full-width ResNet-18, and for a graphics card. Deliberately modest.
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

export const predictedFlops = (
  { flopsPerSecond, selfTestMilliseconds, device, threads }: Machine,
  config: RunConfig,
): number => {
  if (flopsPerSecond !== null) return flopsPerSecond;
  // The processor was timed with all its threads.
  if (selfTestMilliseconds && (device !== 'cpu' || config.threads === 0)) {
    const timed = (timedNetwork.batchSize * trainingFlops(timedNetwork)) / (selfTestMilliseconds / 1000);
    return (timed * narrowness(config.backbone.width)) / narrowness(timedNetwork.backbone.width);
  }
  const full = isGraphics({ device }) ? GPU_FLOPS : CPU_THREAD_FLOPS * Math.max(1, threads);
  return full * narrowness(config.backbone.width);
};

export const stepsPerEpoch = (images: number, batchSize: number): number => Math.floor(images / batchSize);

/** Probes and waiting for photos, as a factor on the time of the steps alone. */
export const BESIDE_STEPS = 1.1;

/** Seconds of a step that an estimate in epochs was made from. */
export const stepSeconds = ({ seconds, epochs, stepsPerEpoch: perEpoch }: Estimate): number =>
  seconds / (BESIDE_STEPS * perEpoch * epochs);
