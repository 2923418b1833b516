/** Lists of more photos than a call may have arguments. */
import { expect, test } from 'vitest';
import { append } from '../../shared/append.ts';

test('a million are added, in their order', () => {
  const list = [-1];
  append(
    list,
    Array.from({ length: 1_000_000 }, (_, i) => i),
  );
  expect(list.length).toBe(1_000_001);
  expect(list.at(-1)).toBe(999_999);
});
