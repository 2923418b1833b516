/** The key that this page shows the browser host (shared/pageKey.ts): taken out of the address once, then remembered. */
import { keyInAddress } from '../../shared/pageKey.ts';
import type { Memory } from '../state/memory.ts';
import type { Address } from '../state/router.svelte.ts';

/** To be called before anything reads the address. @returns what gives the key; null where this page has none */
export function pageKey(address: Pick<Address, 'hash' | 'replace'>, memory: Memory): () => string | null {
  const given = keyInAddress(address.hash);
  if (given !== null) {
    memory.set('key', given);
    address.replace('#');
  }
  // another window of this browser may have been let in anew; where storage is off, what was given serves this page
  return () => memory.get('key') ?? given;
}
