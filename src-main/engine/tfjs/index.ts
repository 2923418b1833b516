/** TensorFlow as a backend of training: CUDA is its, where a person has named a folder that holds it. */
import type { Backend } from '../backend.ts';
import { namedFolder } from './load.ts';
import { TfTrainingSession } from './training.ts';

export const tensorFlow: Backend = {
  serves: (device) => device === 'cuda' && namedFolder() !== undefined,
  noViews: 'tensorFlow',
  encodesOn: () => 'cpu',
  train: (config, state) => TfTrainingSession.create(config, state),
};
