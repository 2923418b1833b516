/** How many processes decode the photos of a folder that are not in the cache. */
import { availableParallelism } from 'node:os';
import type { CacheFile } from './survey.ts';

/** What one decoder decodes in about the time that it takes to start: so many photos, or so many bytes of larger ones. */
const WORTH_A_DECODER = { photos: 64, bytes: 4e6 };

/** How many decoders these photos are worth, at most one for each core. */
export function decodersOf(files: readonly CacheFile[]): number {
  const bytes = files.reduce((sum, { listed }) => sum + (listed?.bytes ?? Infinity), 0);
  const worth = Math.max(files.length / WORTH_A_DECODER.photos, bytes / WORTH_A_DECODER.bytes);
  return Math.min(availableParallelism(), Math.ceil(worth));
}
