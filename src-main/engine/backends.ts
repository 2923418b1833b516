/** The backends, the first that serves a device before the others. Nobody else chooses between them. */
import type { RunConfig } from '../../shared/config.ts';
import type { Backend, Training } from './backend.ts';
import type { Device } from './session.ts';
import type { State } from './state.ts';
import { tensorFlow } from './tfjs/index.ts';
import { TrainingSession } from './training.ts';
import type { TrainingSettings } from './training.ts';

const onnxRuntime: Backend = {
  serves: () => true,
  encodesOn: (device) => device,
  train: (...given) => TrainingSession.create(...given),
};

const backends = [tensorFlow, onnxRuntime];

export const backendOf = (device: Device): Backend => backends.find((backend) => backend.serves(device)) ?? onnxRuntime;

/** @throws StateError, DeviceError, ShapeError */
export const createTraining = (config: RunConfig, state: State, settings: TrainingSettings = {}): Promise<Training> =>
  backendOf(settings.device ?? 'cpu').train(config, state, settings);
