/** What the trainer refuses or gives up on: a code, the offending value in `details`, the remedy in the message. */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

export type TrainerErrorCode =
  | 'cannot-start'
  | 'non-finite-loss'
  | 'no-images'
  | 'bad-checkpoint'
  | 'no-checkpoint'
  | 'stopped'
  | 'bad-job'
  | 'out-of-device-memory'
  | 'device-lost'
  | 'device-failed'
  | 'device-hung';

export class TrainerError extends Error {
  override readonly name: string = 'TrainerError';
  readonly code: TrainerErrorCode;
  readonly details: Record<string, unknown>;
  constructor(code: TrainerErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** The photos are not what they were: the folder is gone, or some of them, or too few are left. */
export class PhotosError<
  Key extends KeyOf<'photos-changed' | 'too-few-photos' | 'photos-gone'>,
> extends KeyedError<Key> {
  override readonly name = 'PhotosError';
}

/** The loss or a parameter became NaN or infinite. Nothing of that step is saved. */
export class NonFiniteLossError extends TrainerError {
  override readonly name = 'NonFiniteLossError';
  constructor(facts: { step: number; epoch: number; learningRate: number; what: string; checkpoint: string | null }) {
    const kept = facts.checkpoint
      ? `the checkpoint of ${facts.checkpoint} is kept`
      : 'no checkpoint had been written yet';
    super(
      'non-finite-loss',
      `${facts.what} became infinite or NaN at step ${facts.step} (epoch ${facts.epoch.toFixed(2)}, learning rate ${facts.learningRate.toPrecision(3)}); ` +
        `${kept}. Lower optimizer.baseLearningRate by a factor of 3, or set optimizer.warmupEpochs to 10, and start again from there.`,
      { ...facts, setting: 'optimizer.baseLearningRate' },
    );
  }
}

const brief = (reason: string): string => reason.replace(/\s+/g, ' ').trim().slice(0, 300);

/** Half, as a power of two. */
const smallerBatch = (batchSize: number): number => Math.max(4, 2 ** Math.floor(Math.log2(Math.max(1, batchSize / 2))));

/** A graphics card ran out of memory. What had been saved is kept; the loop adds how many `steps` went well before. */
export class OutOfDeviceMemoryError extends TrainerError {
  override readonly name = 'OutOfDeviceMemoryError';
  constructor(device: string, batchSize: number, reason: string) {
    const suggestion = smallerBatch(batchSize);
    super(
      'out-of-device-memory',
      `the device ${device} ran out of memory with a batch of ${batchSize}: close other programs that use it, start a run with batchSize ${suggestion}, or go on with device cpu`,
      { device, batchSize, suggestion, setting: 'batchSize', reason: brief(reason) },
    );
  }
}

/** A graphics card was removed, reset or crashed. What had been saved is kept. */
export class DeviceLostError extends TrainerError {
  override readonly name = 'DeviceLostError';
  constructor(device: string, reason: string) {
    super(
      'device-lost',
      `the device ${device} was lost (its driver restarted, or it was taken away): resume from the last checkpoint, or go on with device cpu`,
      { device, reason: brief(reason) },
    );
  }
}

/** A graphics card cannot do a step, for a reason that is not known: a limit of its driver, a kernel it lacks. */
export class DeviceFailedError extends TrainerError {
  override readonly name = 'DeviceFailedError';
  constructor(device: string, batchSize: number, reason: string) {
    const suggestion = smallerBatch(batchSize);
    super(
      'device-failed',
      `a step failed on the device ${device}: start a run with batchSize ${suggestion}, or go on with device cpu; where neither helps, its driver wants an update`,
      { device, batchSize, suggestion, setting: 'batchSize', reason: brief(reason) },
    );
  }
}

/** A graphics card did not answer. The process that waited for it is ended. */
export class DeviceHungError extends TrainerError {
  override readonly name = 'DeviceHungError';
  constructor(seconds: number) {
    super(
      'device-hung',
      `the device did not answer for ${seconds} seconds: resume from the last checkpoint, or go on with device cpu; where it happens again, its driver wants an update`,
      { seconds },
    );
  }
}
