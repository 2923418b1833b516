/** What computes a training step: the seam behind which the ONNX runtime and TensorFlow stand (backends.ts lists them). */
import type { RunConfig } from '../../shared/config.ts';
import type { NoViews } from '../../shared/views.ts';
import type { Device } from './session.ts';
import type { State } from './state.ts';
import type { TrainingSession, TrainingSettings } from './training.ts';

/** A session of training steps, whatever computes them. */
export type Training = Pick<
  TrainingSession,
  'step' | 'advance' | 'settle' | 'readState' | 'writeState' | 'wholeState' | 'close'
>;

export interface Backend {
  /** Whether this backend trains on the device here. */
  serves(device: Device): boolean;
  /** Why this backend makes no views on the device; left out where it does. */
  noViews?: NoViews;
  /**
   * The device that evaluates the trained network, always by the ONNX runtime, when this backend trains on `device`.
   */
  encodesOn(device: Device): Device;
  /** @throws StateError, DeviceError, ShapeError */
  train(config: RunConfig, state: State, settings: TrainingSettings): Promise<Training>;
}
