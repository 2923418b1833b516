/**
 * What the engine refuses. Shapes and states that do not fit are mistakes in the program, worded here for who mends
 * them; a device that cannot be used has its sentences in shared/messages/errors/devices.ts. Nothing here knows of
 * files or runs.
 */
import { InternalError, KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';

/** An operation was given shapes it cannot take. */
export class ShapeError extends InternalError {
  override readonly name = 'ShapeError';
  constructor(op: string, shapes: readonly (readonly number[])[], remedy: string) {
    super('bad-shape', `${op} of ${shapes.map(formatShape).join(', ')}: ${remedy}`, { op, shapes });
  }
}

/** A tensor of the state is missing, unknown or of another shape than the configuration asks for. */
export class StateError extends InternalError {
  override readonly name = 'StateError';
  constructor(tensor: string, message: string) {
    super('bad-state', message, { tensor });
  }
}

/** The device cannot be used here. */
export class DeviceError<Key extends KeyOf<'bad-device'> = KeyOf<'bad-device'>> extends KeyedError<Key> {
  override readonly name = 'DeviceError';
}

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
