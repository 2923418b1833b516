/** What the Lab's plans are made of, for the tests of plans: 1,200 labelled photos on a slow processor. */
import type { LabFacts } from '../../shared/lab/arms.ts';

export const labFacts = (more: Partial<LabFacts> = {}): LabFacts => ({
  images: 1200,
  labelled: true,
  heldOut: 0,
  device: 'cpu',
  slow: true,
  machine: {
    flopsPerSecond: 20e9,
    threads: 2,
    device: 'cpu',
    deviceName: 'cpu',
    deviceMemoryBytes: null,
    freeMemoryBytes: 8e9,
    freeDiskBytes: 50e9,
    cacheBytes: 20e9,
  },
  measured: {},
  busy: false,
  ...more,
});
