/** What a plan has to know of a machine. */
import type { NoViews } from '../views.ts';

export interface Machine {
  /** Floating-point operations a second on a training step of this kind; null where it was never measured. */
  flopsPerSecond: number | null;
  /** Milliseconds of the self-test's larger step; left out or null where the device was not timed. */
  selfTestMilliseconds?: number | null;
  threads: number;
  /** What 'auto' stands for. */
  device: string;
  /** The maker's name for the device. */
  deviceName?: string;
  /** Its own memory; null where it shares the computer's or none is reported, left out by who cannot know. */
  deviceMemoryBytes?: number | null;
  /** Why the device makes no views, where it does not. */
  noViews?: NoViews | undefined;
  freeMemoryBytes: number;
  freeDiskBytes: number;
  /** Bytes that the cache may take at most. */
  cacheBytes: number;
}

export const isGraphics = ({ device }: Pick<Machine, 'device'>): boolean => device !== 'cpu' && device !== 'auto';
