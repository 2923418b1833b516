/** Keeps a promise under a key unless it is broken: a share that was away may be back when it is asked for again. */
export function remembered<K, T>(
  kept: { set(key: K, value: Promise<T>): unknown; delete(key: K): boolean },
  key: K,
  promise: Promise<T>,
): Promise<T> {
  kept.set(key, promise);
  promise.catch(() => kept.delete(key));
  return promise;
}
