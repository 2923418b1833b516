/**
 * What a person has filled in and not sent yet, kept by the tab: a reload, Back, or a look at another place, does not lose
 * it.
 */
export interface Drafts<T> {
  /**
   * What was kept for the same `address` (the one the form was opened with, compared as JSON); null where nothing was.
   */
  read(address: unknown): T | null;
  keep(address: unknown, draft: T): void;
  forget(address: unknown): void;
}

export function drafts<T>(name: string, storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>): Drafts<T> {
  const keyOf = (address: unknown) => `lookalike.${name} ${JSON.stringify(address)}`;
  return {
    read(address) {
      try {
        return JSON.parse(storage.getItem(keyOf(address)) ?? 'null') as T | null;
      } catch {
        return null; // of another version, or storage is off
      }
    },
    keep(address, draft) {
      try {
        storage.setItem(keyOf(address), JSON.stringify(draft));
      } catch {
        // storage is full or off: the form works without
      }
    },
    forget(address) {
      try {
        storage.removeItem(keyOf(address));
      } catch {
        // storage is off: nothing was kept
      }
    },
  };
}
