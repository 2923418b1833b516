/**
 * On Windows a file that a virus scanner, an indexer or a backup has open cannot be renamed or replaced for a moment
 * (EBUSY, EPERM, EACCES): it is tried again for a second. Elsewhere the same codes are final and told at once.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** Milliseconds between the tries; 1.3 s in all. */
const pauses = [10, 20, 40, 80, 160, 320, 640];

const isBusy = (error: unknown, platform: NodeJS.Platform): boolean =>
  platform === 'win32' && ['EBUSY', 'EPERM', 'EACCES'].includes((error as NodeJS.ErrnoException).code ?? '');

export async function retryBusy<T>(work: () => Promise<T>, platform = process.platform): Promise<T> {
  for (const pause of pauses) {
    try {
      return await work();
    } catch (error) {
      if (!isBusy(error, platform)) throw error;
      await sleep(pause);
    }
  }
  return work();
}

export function retryBusySync<T>(work: () => T, platform = process.platform): T {
  const nothing = new Int32Array(new SharedArrayBuffer(4));
  for (const pause of pauses) {
    try {
      return work();
    } catch (error) {
      if (!isBusy(error, platform)) throw error;
      Atomics.wait(nothing, 0, 0, pause);
    }
  }
  return work();
}
