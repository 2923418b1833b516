/** Opens a training session on what computes for a device: the ONNX runtime, or TensorFlow where a person has chosen it. */
import type { RunConfig } from '../../shared/config.ts';
import type { State } from './state.ts';
import { usesTensorFlow } from './tfjs/load.ts';
import { TfTrainingSession } from './tfjs/training.ts';
import { TrainingSession } from './training.ts';
import type { TrainingSettings } from './training.ts';

export type Training = Pick<TrainingSession, 'step' | 'advance' | 'settle' | 'readState' | 'writeState' | 'close'>;

/** @throws StateError, DeviceError, ShapeError */
export const createTraining = (config: RunConfig, state: State, settings: TrainingSettings = {}): Promise<Training> =>
  usesTensorFlow(settings.device)
    ? TfTrainingSession.create(config, state)
    : TrainingSession.create(config, state, settings);
