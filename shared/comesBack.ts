/** Photos that were not read, though nothing is wrong with their files. Pure. */
import type { Skipped } from './contract/dataset.ts';

/** Whether it is the disk or the share that failed, and not the file: it may come back, and read the same. */
export const isOfTheDisk = ({ key }: Pick<Skipped, 'key'>): boolean =>
  key === 'unreadable.disk' || key === 'unreadable.other';

/** Whether the photo may be there the next time. */
export const comesBack = (skipped: Pick<Skipped, 'key' | 'code'>): boolean =>
  skipped.code === 'missing' || isOfTheDisk(skipped);
