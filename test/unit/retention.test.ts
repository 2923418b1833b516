import { describe, expect, it } from 'vitest';
import { inSeries, keptBytes, retain } from '../../src-main/trainer/retention.ts';
import type { Stored } from '../../src-main/trainer/retention.ts';

const stored = (epoch: number, more: Partial<Stored> = {}): Stored => ({
  file: `epoch-${epoch}`,
  epoch,
  step: epoch * 10,
  bytes: 100,
  strippedBytes: 50,
  hasOptimizerState: true,
  finished: false,
  knn: null,
  agreement: null,
  ...more,
});
const plenty = 1e12;
const names = (list: { file: string }[]) => list.map((c) => c.file);

/** A run that writes a checkpoint at each epoch and applies the rule every time. */
function wholeRun(epochs: number, budget: number, knn = (_epoch: number): number | null => null) {
  let files: Stored[] = [];
  for (let epoch = 1; epoch <= epochs; epoch++) {
    const { kept } = retain([...files, stored(epoch, { knn: knn(epoch) })], budget);
    files = kept.map(({ kept: _kept, strip, ...c }) =>
      strip ? { ...c, bytes: c.strippedBytes, hasOptimizerState: false } : c,
    );
  }
  return files;
}

describe('the series', () => {
  it('is 1, 2, 5 times powers of ten', () => {
    const members = Array.from({ length: 2001 }, (_, i) => i).filter(inSeries);
    expect(members).toEqual([1, 2, 5, 10, 20, 50, 100, 200, 500, 1000, 2000]);
    expect(inSeries(1.5)).toBe(false);
  });
});

describe('retention', () => {
  it('keeps the last two whole, the best whole, and the series without optimizer state', () => {
    const { kept, removed } = retain(
      [1, 2, 3, 4, 5, 6, 7, 8].map((e) => stored(e, { knn: e === 4 ? 0.9 : e / 100 })),
      plenty,
    );
    expect(kept.map((c) => [c.epoch, c.kept, c.strip])).toEqual([
      [8, 'recent', false],
      [7, 'recent', false],
      [5, 'series', true],
      [4, 'best', false],
      [2, 'series', true],
      [1, 'series', true],
    ]);
    expect(names(removed)).toEqual(['epoch-3', 'epoch-6']);
  });

  it('never holds the agreement of one against the kNN of another', () => {
    const { kept } = retain(
      [stored(1, { knn: 0.5, agreement: 0.6 }), stored(2, { agreement: 0.9 }), stored(3, { knn: 0.4 }), stored(4)],
      plenty,
    );
    expect(names(kept.filter((c) => c.kept === 'best'))).toEqual(['epoch-1']);
  });

  it('judges by agreement where there are no labels, and prefers the later of equals', () => {
    const { kept } = retain(
      [stored(3, { agreement: 0.5 }), stored(4, { agreement: 0.5 }), stored(6), stored(7)],
      plenty,
    );
    expect(kept.find((c) => c.kept === 'best')!.epoch).toBe(4);
  });

  it('never counts a file without optimizer state among the two to resume from', () => {
    const { kept } = retain([stored(3), stored(4), stored(5, { hasOptimizerState: false })], plenty);
    expect(kept.filter((c) => c.kept === 'recent').map((c) => c.epoch)).toEqual([4, 3]);
  });

  it('leaves the series behind over a whole run', () => {
    const files = wholeRun(120, plenty, (e) => (e === 33 ? 1 : 0));
    expect(files.map((c) => c.epoch)).toEqual([120, 119, 100, 50, 33, 20, 10, 5, 2, 1]);
    expect(files.filter((c) => c.hasOptimizerState).map((c) => c.epoch)).toEqual([120, 119, 33]);
  });

  it('stays within the disk budget, giving up the early series first and the newest never', () => {
    const all = [1, 2, 5, 10, 11, 12].map((e) => stored(e, { knn: e === 10 ? 1 : 0 }));
    const within = (budget: number) => {
      const { kept } = retain(all, budget);
      if (kept.length > 1) expect(keptBytes(kept)).toBeLessThanOrEqual(budget);
      return kept.map((c) => [c.epoch, c.strip]);
    };
    expect(within(400)).toEqual([
      [12, false],
      [11, false],
      [10, false],
      [5, true],
      [2, true],
    ]);
    expect(within(300)).toEqual([
      [12, false],
      [11, false],
      [10, false],
    ]);
    expect(within(250)).toEqual([
      [12, false],
      [11, false],
      [10, true],
    ]);
    expect(within(150)).toEqual([
      [12, false],
      [10, true],
    ]);
    expect(within(10)).toEqual([[12, false]]);
  });

  it('keeps one file of a step whose stripped copy an interruption left beside it', () => {
    const { kept, removed } = retain(
      [
        stored(5, { file: 'whole' }),
        stored(5, { file: 'stripped', hasOptimizerState: false, bytes: 50 }),
        stored(6),
        stored(7),
      ],
      plenty,
    );
    expect(names(kept)).toEqual(['epoch-7', 'epoch-6', 'whole']);
    expect(names(removed)).toEqual(['stripped']);
  });

  it('marks the end of a finished run', () => {
    const { kept } = retain([stored(4), stored(5, { finished: true })], plenty);
    expect(kept.map((c) => c.kept)).toEqual(['final', 'recent']);
  });
});
