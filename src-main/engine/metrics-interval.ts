/** When what steps measured is read from a device that computes on by itself. */
import { RING_STEPS } from './metric-ring.ts';

/** When metrics are read from a device. Reading waits for all steps before it, and the device for the next step. */
export interface MetricsInterval {
  /** Unread steps after which metrics are read at the latest; at most what the ring holds. */
  steps: number;
  /** Milliseconds since the last reading after which they are read earlier, but not after every step. */
  milliseconds: number;
  /** Bytes fed to unread steps after which they are read earlier: steps not computed yet hold what they were fed. */
  bytes: number;
}

export const METRICS_INTERVAL: MetricsInterval = { steps: RING_STEPS, milliseconds: 1000, bytes: 256 * 2 ** 20 };
/** Steps between two early readings at least: the host prepares one while the device computes the other. */
const LEAST_STEPS = 2;

/** Whether what so many steps measured is to be read now. */
export function readingDue({ steps, milliseconds, bytes }: MetricsInterval, unread: MetricsInterval): boolean {
  if (unread.steps >= Math.min(steps, RING_STEPS)) return true;
  return unread.steps >= LEAST_STEPS && (unread.milliseconds >= milliseconds || unread.bytes >= bytes);
}
