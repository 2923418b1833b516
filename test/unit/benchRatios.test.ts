/** The comparison of a run of the benchmarks with what is kept of earlier ones. */
import { describe, expect, it } from 'vitest';
import { compareRatios, withRatios } from '../../scripts/bench/ratios.ts';
import type { BenchResult } from '../../src-main/trainer/bench/bench.ts';

const result = (name: string, unit: string, ratio: number | null): BenchResult => ({
  name,
  value: 1,
  unit,
  peer: ratio === null ? null : 1,
  peerName: 'PyTorch',
  ratio,
});
const verdicts = (results: BenchResult[], kept: Parameters<typeof compareRatios>[1]) =>
  compareRatios(results, kept).map(({ name, verdict }) => [name, verdict]);

describe('ratios of the benchmarks', () => {
  const kept = { step: { ratio: 1.2, noise: 0.1 }, memory: { ratio: 1, noise: 0.05 } };

  it('are worse where a rate falls or a cost grows beyond their noise', () => {
    expect(verdicts([result('step', 'images/s', 1.1), result('memory', 'MB', 1.04)], kept)).toEqual([
      ['step', 'kept'],
      ['memory', 'kept'],
    ]);
    expect(verdicts([result('step', 'images/s', 1.05), result('memory', 'MB', 1.06)], kept)).toEqual([
      ['step', 'worse'],
      ['memory', 'worse'],
    ]);
    expect(verdicts([result('step', 'images/s', 1.4), result('memory', 'MB', 0.9)], kept)).toEqual([
      ['step', 'better'],
      ['memory', 'better'],
    ]);
  });

  it('fail where a benchmark failed or was not compared, and pass over what has no peer', () => {
    const failed = { ...result('step', 'images/s', null), value: null, error: 'gone' };
    const rows = [failed, result('memory', 'MB', null), result('create', 's', null), result('new', 's', 2)];
    expect(verdicts(rows, kept)).toEqual([
      ['step', 'failed'],
      ['memory', 'failed'],
      ['new', 'unknown'],
    ]);
  });

  it('are kept by family, with the noise that was set', () => {
    const table = withRatios({ other: kept, mine: kept }, 'mine', [result('memory', 'MB', 0.87654)]);
    expect(table['mine']).toEqual({ ...kept, memory: { ratio: 0.877, noise: 0.05 } });
    expect(table['other']).toBe(kept);
  });
});
