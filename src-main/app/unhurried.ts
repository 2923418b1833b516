/**
 * Long work on the application's thread, which everybody waits for: written as a generator that yields after each piece,
 * and done some milliseconds at a time, with a turn for others between.
 */
import { setImmediate as breathe } from 'node:timers/promises';
import type { Work } from '../../shared/work.ts';

/** Milliseconds at a time. */
const AT_A_TIME = 8;
/** Items that are gone through between two yields. */
const ITEMS = 500;

/** What the work returns. @throws the signal's reason, at a yield */
export async function unhurried<T>(work: Work<T>, signal?: AbortSignal): Promise<T> {
  for (;;) {
    const until = performance.now() + AT_A_TIME;
    do {
      signal?.throwIfAborted();
      const { done, value } = work.next();
      if (done) return value;
    } while (performance.now() < until);
    await breathe();
  }
}

/** Pieces of some milliseconds with a turn for others between them. */
export async function* unhurriedPieces<T>(pieces: Iterable<T>): AsyncGenerator<T> {
  for (const piece of pieces) {
    yield piece;
    await breathe();
  }
}

/** The signal's reason as soon as it is aborted, whatever the promise does later. @param left called then */
export function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal, left?: () => void): Promise<T> {
  return new Promise((resolve, reject) => {
    const abort = () => {
      reject(signal.reason as Error);
      left?.();
    };
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', abort));
    if (signal.aborted) abort();
    else signal.addEventListener('abort', abort, { once: true });
  });
}

/** Does something with each item. */
export function* each<T>(items: Iterable<T>, work: (item: T) => void): Work<void> {
  let gone = 0;
  for (const item of items) {
    work(item);
    if (++gone % ITEMS === 0) yield;
  }
}

export function* mapped<T, U>(items: Iterable<T>, to: (item: T) => U): Work<U[]> {
  const out: U[] = [];
  yield* each(items, (item) => void out.push(to(item)));
  return out;
}

/** The items of all pieces, which are read one at a time. */
export function* gathered<T>(pieces: Iterable<readonly T[]>): Work<T[]> {
  const out: T[] = [];
  for (const piece of pieces) {
    for (const item of piece) out.push(item);
    yield;
  }
  return out;
}

/** A sorted copy. */
export function* sorted<T>(items: readonly T[], compare: (a: T, b: T) => number): Work<T[]> {
  let runs: T[][] = [];
  for (let from = 0; from < items.length; from += ITEMS) {
    runs.push(items.slice(from, from + ITEMS).sort(compare));
    yield;
  }
  while (runs.length > 1) {
    const longer: T[][] = [];
    for (let at = 0; at < runs.length; at += 2) longer.push(yield* merged(runs[at]!, runs[at + 1] ?? [], compare));
    runs = longer;
  }
  return runs[0] ?? [];
}

function* merged<T>(a: readonly T[], b: readonly T[], compare: (a: T, b: T) => number): Work<T[]> {
  const out: T[] = [];
  for (let i = 0, j = 0; i < a.length || j < b.length;) {
    const isFirst = j === b.length || (i < a.length && compare(a[i]!, b[j]!) <= 0);
    out.push(isFirst ? a[i++]! : b[j++]!);
    if (out.length % ITEMS === 0) yield;
  }
  return out;
}
