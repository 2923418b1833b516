/**
 * Whether what a checkpoint holds fits what it says of itself. Checksums tell what has changed since it was written; a
 * file of another program, or of a version that wrote none, may be wrong from the start, and is named before anything
 * is computed with it.
 */
import { basename } from 'node:path';
import { backboneShapes } from '../../shared/backbone.ts';
import type { RunConfig } from '../../shared/config.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { channelsOf } from '../../shared/input.ts';
import { stepsPerEpoch } from '../../shared/plan/speed.ts';
import { reason } from '../../shared/reason.ts';
import { photosOf, trainingEntries } from '../engine/index.ts';
import type { State } from '../engine/index.ts';
import type { CheckpointFacts } from './checkpoint.ts';
import { TrainerError } from './errors.ts';
import { paceOf, totalSteps } from './schedule.ts';

type Shapes = Iterable<readonly [name: string, shape: readonly number[]]>;

/** @throws TrainerError bad-checkpoint naming the file and the tensor of the backbone that does not fit */
export function checkBackbone(path: string, state: State, config: RunConfig): void {
  const own = [...backboneShapes(config.backbone, channelsOf(config))];
  refuse(
    path,
    wrongTensor(
      state,
      own.map(([name, shape]) => [`backbone.${name}`, shape] as const),
    ),
  );
}

/** The same of all that training goes on with, and of how long its epochs are. @throws TrainerError bad-checkpoint */
export function checkForTraining(path: string, state: State, facts: CheckpointFacts): void {
  const { config, images, schedule } = facts;
  if (facts.step > totalSteps(schedule)) refuse(path, reason('bad-checkpoint.record', { path: 'step' }));
  const isCounted = paceOf(schedule) === stepsPerEpoch(images, config.batchSize);
  if (!isCounted) refuse(path, reason('bad-checkpoint.record', { path: 'schedule.stepsPerEpoch' }));
  checkBackbone(path, state, config);
  const entries = trainingEntries(config, photosOf(config, state) ?? images).filter(({ name }) => state.has(name));
  refuse(
    path,
    wrongTensor(
      state,
      entries.map(({ name, shape }) => [name, shape] as const),
    ),
  );
}

function wrongTensor(state: State, wanted: Shapes): Reason | null {
  for (const [tensor, shape] of wanted) {
    const found = state.get(tensor);
    if (!found) return reason('bad-checkpoint.lacks', { tensor });
    if (found.shape.join() !== shape.join())
      return reason('bad-checkpoint.shape', { tensor, shape: found.shape.join(' × '), wanted: shape.join(' × ') });
    if (tensor.endsWith('running_var') && found.data.some((variance) => variance < 0))
      return reason('bad-checkpoint.variance', { tensor });
  }
  return null;
}

function refuse(path: string, detail: Reason | null): void {
  if (detail) throw new TrainerError('bad-checkpoint.unusable', { file: basename(path), detail }, { path });
}
