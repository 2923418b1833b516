/** What the trainer refuses or gives up on; the sentences are in shared/messages/errors/{start,training,cluster,devices}.ts. */
import { smallerBatch } from '../../shared/deviceFailure.ts';
import { argumentsOf, KeyedError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import type { KeyOf } from '../../shared/errors.ts';
import { areMany } from './even.ts';
import type { Even } from './even.ts';

export type TrainerErrorCode =
  | 'cannot-start'
  | 'non-finite-loss'
  | 'no-images'
  | 'bad-checkpoint'
  | 'no-checkpoint'
  | 'stopped'
  | 'bad-job'
  | 'bad-result'
  | 'bad-encoder'
  | 'out-of-device-memory'
  | 'device-lost'
  | 'device-failed'
  | 'device-hung';

type TrainerErrorKey = KeyOf<TrainerErrorCode>;
export class TrainerError<Key extends TrainerErrorKey = TrainerErrorKey> extends KeyedError<Key> {
  override readonly name: string = 'TrainerError';
}

/** The photos are not what they were (the folder is gone, or some of them, or too few are left), or are all the same picture. */
export class PhotosError<
  Key extends KeyOf<'photos-changed' | 'too-few-photos' | 'photos-gone' | 'same-photos'>,
> extends KeyedError<Key> {
  override readonly name = 'PhotosError';
}

/** The loss or a parameter became NaN or infinite. Nothing of that step is saved. */
export class NonFiniteLossError extends TrainerError<KeyOf<'non-finite-loss'>> {
  override readonly name = 'NonFiniteLossError';
  constructor(
    facts: { step: number; epoch: number; learningRate: number; what: string; checkpoint: string | null },
    even: Even,
  ) {
    const { what, step, checkpoint } = facts;
    const values = { what, step, epoch: facts.epoch.toFixed(2), rate: facts.learningRate.toPrecision(3) };
    const worded = areMany(even)
      ? reason('non-finite-loss.even', { ...values, count: even.count, of: even.of })
      : checkpoint
        ? reason('non-finite-loss.kept', { ...values, checkpoint })
        : reason('non-finite-loss.unkept', values);
    super(...argumentsOf<KeyOf<'non-finite-loss'>>(worded), {
      ...facts,
      setting: areMany(even) ? 'batchSize' : 'optimizer.baseLearningRate',
    });
  }
}

/** In one line, as a sentence quotes it. */
export const brief = (text: string): string => text.replace(/\s+/g, ' ').trim().slice(0, 300);

/** A graphics card ran out of memory. What had been saved is kept; the loop adds how many `steps` went well before. */
export class OutOfDeviceMemoryError extends TrainerError<'out-of-device-memory.batch'> {
  override readonly name = 'OutOfDeviceMemoryError';
  override readonly details: Record<string, unknown>;
  constructor(device: string, batchSize: number, text: string) {
    const suggestion = smallerBatch(batchSize);
    super('out-of-device-memory.batch', { device, batch: batchSize, suggestion });
    this.details = { device, batchSize, suggestion, setting: 'batchSize', reason: brief(text) };
  }
}

/** A graphics card was removed, reset or crashed. What had been saved is kept. */
export class DeviceLostError extends TrainerError<'device-lost.device'> {
  override readonly name = 'DeviceLostError';
  constructor(device: string, text: string) {
    super('device-lost.device', { device }, { device, reason: brief(text) });
  }
}

/** A graphics card cannot do a step, for a reason that is not known: a limit of its driver, a kernel it lacks. */
export class DeviceFailedError extends TrainerError<'device-failed.batch'> {
  override readonly name = 'DeviceFailedError';
  constructor(device: string, batchSize: number, text: string) {
    const suggestion = smallerBatch(batchSize);
    const details = { device, batchSize, suggestion, setting: 'batchSize', reason: brief(text) };
    super('device-failed.batch', { device, suggestion }, details);
  }
}

/** A graphics card did not answer. The process that waited for it is ended. */
export class DeviceHungError extends TrainerError<'device-hung.seconds'> {
  override readonly name = 'DeviceHungError';
  constructor(seconds: number) {
    super('device-hung.seconds', { seconds });
  }
}
