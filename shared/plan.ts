/**
 * What a run will cost and whether it can start, from its configuration alone. Pure, so the form, the command line and
 * the trainer say the same. Measured speeds and free space come in as facts; the engine's exact memory figure, where there
 * is one, replaces the estimate.
 */
import type { PhotoSize } from './cachePlan.ts';
import type { RunConfig } from './config.ts';
import type { Estimate, PlanNote, Refusal } from './contract/runs.ts';
import { networkCost, trainingFlops } from './plan/cost.ts';
import { isGraphics } from './plan/machine.ts';
import type { Machine } from './plan/machine.ts';
import {
  carriedBytes,
  checkpointBytes,
  copiesOf,
  deviceMemory,
  hostMemory,
  loaderMemory,
  stepMemory,
  viewsBy,
} from './plan/memory.ts';
import { notes, refusals } from './plan/refusals.ts';
import { BESIDE_STEPS, predictedFlops, stepsPerEpoch } from './plan/speed.ts';
import { fedViewBytes, usualField, viewMemory } from './views.ts';
import type { Field } from './views.ts';

export interface PlanInput {
  config: RunConfig;
  /** Photos that training will see. */
  images: number;
  machine: Machine;
  /** The engine's own figure for the step's memory, bytes. */
  stepMemoryBytes?: number;
  /** Seconds of one step, measured on this machine with this configuration. */
  secondsPerStep?: number;
  /** Sizes of the photos, or of some that stand for all; 0 where one is not known. */
  sizes?: readonly PhotoSize[];
  /** The field that every photo fits into, where their sizes are known. */
  field?: Field;
}

export interface Plan {
  estimate: Estimate;
  refusals: Refusal[];
  notes: PlanNote[];
}

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
  const diskBytes = copiesOf(input).bytes + checkpointBytes(config, stateBytes, epochs);
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
