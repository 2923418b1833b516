/**
 * Most that decoded photos may take on disk; what was not used for longest goes. What a person set, else half of what
 * the disk could give: its free space and what the cache has already, so that a cache that grows does not shrink it.
 */
import { cacheBytes, freeDiskBytes } from '../images/index.ts';
import type { AppContext } from './context.ts';

const share = 0.5;

export function photoCacheBytes({ store, paths }: Pick<AppContext, 'store' | 'paths'>): number {
  const { cacheGigabytes } = store.settings.get();
  if (cacheGigabytes !== null) return cacheGigabytes * 1e9;
  const free = freeDiskBytes(paths.photoCache);
  // a system that does not say how much is free: as in earlier versions
  return Number.isFinite(free) ? Math.floor(share * (free + cacheBytes(paths.photoCache))) : 20e9;
}
