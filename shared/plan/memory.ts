/** What a run takes of memory and disk, in bytes: estimates, which the engine's exact figure of a step replaces. */
import { planKept } from '../cachePlan.ts';
import type { KeptPlan } from '../cachePlan.ts';
import type { RunConfig } from '../config.ts';
import { channelsOf, inputShape } from '../input.ts';
import { carriedShapes, copiesNetwork } from '../methods/index.ts';
import type { PlanInput } from '../plan.ts';
import { keptForFigures } from '../probe.ts';
import { fedViewBytes, usualField, viewsMaker } from '../views.ts';
import type { Field, ViewsMaker } from '../views.ts';
import { keptActivations, networkCost } from './cost.ts';
import type { NetworkCost } from './cost.ts';
import type { Machine } from './machine.ts';

/** The cache of a run's photos. Where nobody told their sizes, they are taken for a camera's. */
export const copiesOf = ({
  config,
  images,
  machine,
  sizes = [],
}: Pick<PlanInput, 'config' | 'images' | 'machine' | 'sizes'>): KeptPlan =>
  planKept(sizes, images, config.imageSize, machine.cacheBytes, {
    wanted: config.copies,
    probe: keptForFigures(config, images, 0),
    shape: inputShape(config.input),
  });

/** What a method keeps beside the network and its momenta: a copy of it, a queue, something for each photo. */
export function carriedBytes(config: RunConfig, cost: NetworkCost, images: number): number {
  const numbers = [...carriedShapes(config, images).values()].map((shape) => shape.reduce((a, b) => a * b, 1));
  return 4 * numbers.reduce((a, b) => a + b, copiesNetwork(config) ? cost.parameters : 0);
}

/**
 * Bytes of a training step on the processor: parameters, momenta and gradients, and activations with half as much again
 * for gradients and scratch.
 */
export function stepMemory(config: RunConfig, cost: NetworkCost): number {
  return 4 * (3 * cost.parameters + 1.5 * keptActivations(config, cost)) + 150 * 2 ** 20;
}

/**
 * Bytes of the computer's memory while a graphics card trains: the process with its driver, and the state while it is
 * handed over or read.
 */
export const hostMemory = (cost: NetworkCost): number => 12 * cost.parameters + 500 * 2 ** 20;

/**
 * Bytes of a graphics card's memory: parameters, momenta and gradients, a state that is read and one that is written,
 * and activations with half as much again; the allocator keeps about another half of those in blocks too small to
 * reuse.
 */
export function deviceMemory(config: RunConfig, cost: NetworkCost): number {
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

/**
 * Bytes of the loader: batches made ahead (all views as floats, or, where a device makes the views, the photos as
 * bytes) and the probe photos held in memory.
 */
export function loaderMemory(config: RunConfig, images: number, field: Field | null): number {
  const batch = field ? config.batchSize * 3 * field.width * field.height : fedViewBytes(config);
  return 4 * batch + Math.min(images, config.probe.images) * channelsOf(config) * config.imageSize ** 2;
}

/**
 * Bytes of a run's checkpoints: two whole ones and the best, and the encoders of the series of epochs 1, 2, 5, 10, ...,
 * within the budget; one always fits.
 */
export function checkpointBytes(config: RunConfig, stateBytes: number, epochs: number): number {
  const series = Math.ceil(3 * Math.log10(Math.max(1, epochs)) + 1);
  const all = 3 * stateBytes + (series * stateBytes) / 2;
  return Math.max(stateBytes, Math.min(all, config.checkpoint.diskGigabytes * 1e9));
}
