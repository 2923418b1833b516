/** Which photos a share holds out: by their names, so that it stays what it was. */
import { expect, test } from 'vitest';
import { isHeldOut } from '../../src-main/app/library/labels.ts';

test('the held-out split is a share, and only grows with it', () => {
  const files = Array.from({ length: 2000 }, (_, i) => `${i}.jpg`);
  const fifth = files.filter((file) => isHeldOut(file, 0.2));
  expect(Math.abs(fifth.length - 400)).toBeLessThan(60);
  const half = new Set(files.filter((file) => isHeldOut(file, 0.5)));
  expect(fifth.every((file) => half.has(file))).toBe(true);
  expect(files.some((file) => isHeldOut(file, 0))).toBe(false);
});
