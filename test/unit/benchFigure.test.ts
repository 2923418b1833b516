/** How the benchmarks print a number. */
import { expect, it } from 'vitest';
import { figure } from '../../src-main/trainer/bench/figure.ts';

it('keeps the zeros before the point, and none behind it', () => {
  expect([1310, 1300.4, 20, 0.87, 1.5001, 123_456, 0.012_34].map(figure)).toEqual([
    '1310',
    '1300',
    '20',
    '0.87',
    '1.5',
    '123500',
    '0.01234',
  ]);
});
