/** What a person has filled in and not sent yet, kept by the tab: a reload, or a look at another place, does not lose it. */
export interface Drafts<T> {
  /**
   * What was kept for the same `address` (the one the form was opened with, compared as JSON); null where nothing was.
   */
  read(address: unknown): T | null;
  keep(address: unknown, draft: T): void;
  forget(): void;
}

export function drafts<T>(name: string, storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Drafts<T> {
  const key = `lookalike.${name}`;
  return {
    read(address) {
      try {
        const kept = JSON.parse(storage.getItem(key) ?? 'null') as { address: unknown; draft: T } | null;
        return kept && JSON.stringify(kept.address) === JSON.stringify(address) ? kept.draft : null;
      } catch {
        return null; // of another version, or storage is off
      }
    },
    keep(address, draft) {
      try {
        storage.setItem(key, JSON.stringify({ address, draft }));
      } catch {
        // storage is full or off: the form works without
      }
    },
    forget() {
      try {
        storage.removeItem(key);
      } catch {
        // storage is off: nothing was kept
      }
    },
  };
}
