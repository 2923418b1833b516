/** Machines of tests: what one has to compute on, as its search for devices finds it, and one that a run is planned for. */
import type { Machine } from '../../shared/plan/machine.ts';

export const processor = {
  provider: 'cpu',
  name: 'Test processor',
  kind: 'processor',
  memoryBytes: 8e9,
  driver: null,
} as const;
export const card = {
  provider: 'webgpu',
  name: 'Test card',
  kind: 'discrete',
  memoryBytes: 4e9,
  driver: '1.0',
} as const;

/** Room for any run, whose speed is not known. */
export const ampleMachine: Machine = {
  flopsPerSecond: null,
  threads: 8,
  device: 'cpu',
  freeMemoryBytes: 1e12,
  freeDiskBytes: 1e12,
  cacheBytes: 1e12,
};
