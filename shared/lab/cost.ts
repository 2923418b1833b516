/** What the arms of a study cost: whose steps are worth measuring, how long a step takes, and how many epochs a budget has. */
import type { RunConfig } from '../config.ts';
import { planRun } from '../plan.ts';
import { stepSeconds, stepsPerEpoch } from '../plan/speed.ts';
import { networkCost, trainingFlops } from '../plan/cost.ts';
import { probeSizes } from '../probe.ts';
import type { Study } from './studies.ts';
import { PROBES, armConfig, armsOf, probeEvery } from './arms.ts';
import type { LabFacts } from './arms.ts';

/** An allowance: a step beside the loader's threads and the checkpoints, against a step alone. */
const LOADING = 1.15;
/** Seconds of an arm before its first step: its process, its sessions, the photos from the cache. */
export const PREPARATION = 6;
const MOST_EPOCHS = 100_000;

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
export function secondsPerStep(study: Study, facts: LabFacts): Map<string, number> {
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
export interface Cost {
  /** Steps. */
  perEpoch: number;
  epoch: number;
  probe: number;
}

export function costOf(config: RunConfig, facts: LabFacts, secondsOfStep: number): Cost {
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
export const secondsOf = ({ epoch, probe }: Cost, epochs: number, images: number): number =>
  PREPARATION + epochs * epoch + probe * (1 + Math.ceil(epochs / probeEvery(epochs, images)));

/** Epochs of an arm that fit into a budget in seconds, at least one. */
export function epochsWithin(cost: Cost, seconds: number, images: number): number {
  let epochs = Math.min(
    MOST_EPOCHS,
    Math.max(1, Math.floor((seconds - PREPARATION - (PROBES + 1) * cost.probe) / cost.epoch)),
  );
  while (epochs < MOST_EPOCHS && secondsOf(cost, epochs + 1, images) <= seconds) epochs++; // fewer probes than at most
  return epochs;
}
