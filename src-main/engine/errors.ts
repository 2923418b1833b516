/**
 * What the engine refuses, each with the offending value and the remedy. Nothing here knows of files or runs.
 */
export type EngineErrorCode = 'bad-shape' | 'bad-state' | 'bad-device';

export class EngineError extends Error {
  override readonly name: string = 'EngineError';
  readonly code: EngineErrorCode;
  readonly details: Record<string, unknown>;
  constructor(code: EngineErrorCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}

/** An operation was given shapes it cannot take. */
export class ShapeError extends EngineError {
  override readonly name = 'ShapeError';
  constructor(op: string, shapes: readonly (readonly number[])[], remedy: string) {
    super('bad-shape', `${op} of ${shapes.map(formatShape).join(', ')}: ${remedy}`, { op, shapes });
  }
}

/** A tensor of the state is missing, unknown or of another shape than the configuration asks for. */
export class StateError extends EngineError {
  override readonly name = 'StateError';
  constructor(tensor: string, message: string) {
    super('bad-state', message, { tensor });
  }
}

/** The device cannot be used here. */
export class DeviceError extends EngineError {
  override readonly name = 'DeviceError';
  constructor(device: string, message: string) {
    super('bad-device', message, { device });
  }
}

export const formatShape = (shape: readonly number[]): string => `[${shape.join(', ')}]`;
