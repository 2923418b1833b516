/** Long work that lets others have the thread. */
import { afterEach, expect, test, vi } from 'vitest';
import { each, gathered, sorted, unhurried, unlessAborted } from '../../src-main/app/unhurried.ts';
import { toEnd } from '../../shared/work.ts';
import type { Work } from '../../shared/work.ts';

afterEach(() => vi.restoreAllMocks());

/** A clock that goes on by 3 ms with each piece. */
function pieces(count: number): { work: Work<string>; done: () => number } {
  let now = 0;
  let done = 0;
  vi.spyOn(performance, 'now').mockImplementation(() => now);
  const work = (function* (): Work<string> {
    for (; done < count; done++) {
      now += 3;
      yield;
    }
    return 'all';
  })();
  return { work, done: () => done };
}

test('others have a turn every few milliseconds', async () => {
  const { work, done } = pieces(12);
  const seen: number[] = [];
  let isOver = false;
  const turn = () => {
    seen.push(done());
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  expect(await unhurried(work)).toBe('all');
  isOver = true;
  expect([...new Set(seen)]).toEqual([2, 5, 8, 11]);
});

test('it stops between pieces where it is told to', async () => {
  const { work, done } = pieces(100);
  const abort = new AbortController();
  const ended = unhurried(work, abort.signal);
  abort.abort(new Error('enough'));
  await expect(ended).rejects.toThrow('enough');
  expect(done()).toBeLessThan(5);
});

test('who no longer waits goes, and is counted', async () => {
  const left = vi.fn();
  const abort = new AbortController();
  const never = unlessAborted(new Promise(() => {}), abort.signal, left);
  abort.abort(new Error('gone'));
  await expect(never).rejects.toThrow('gone');
  expect(left).toHaveBeenCalledOnce();
  expect(await unlessAborted(Promise.resolve(1), new AbortController().signal, left)).toBe(1);
  expect(left).toHaveBeenCalledOnce();
});

test('items are gone through, gathered and sorted with yields between', () => {
  const many = Array.from({ length: 2600 }, (_, i) => ({ key: (i * 7919) % 301, i }));
  const byKey = (a: (typeof many)[0], b: (typeof many)[0]) => a.key - b.key;
  expect(toEnd(sorted(many, byKey))).toEqual([...many].sort(byKey)); // as stable
  expect(toEnd(sorted([], byKey))).toEqual([]);
  expect(toEnd(gathered([[1, 2], [], [3]]))).toEqual([1, 2, 3]);
  const count = (work: Work<unknown>) => {
    let yields = 0;
    while (!work.next().done) yields++;
    return yields;
  };
  expect(count(each(many, () => {}))).toBe(5);
  expect(count(sorted(many, byKey))).toBeGreaterThan(15);
});
