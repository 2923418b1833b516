/** What the golden tests share: reading the files of test/golden, comparing, and the counted values both sides make. */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { expect } from 'vitest';

const file = (name: string) => gunzipSync(readFileSync(new URL(`../golden/${name}`, import.meta.url)));

/** A JSON header line, then the binary tensors it lists. */
export function readGolden<Header>(name: string): { header: Header; data: Uint8Array } {
  const bytes = file(name);
  const end = bytes.indexOf(10);
  return {
    header: JSON.parse(bytes.subarray(0, end).toString()) as Header,
    data: Uint8Array.from(bytes.subarray(end + 1)),
  };
}

/** Values in (-bound, bound) that depend on name and position alone; `counted` of test/golden/simsiam_steps.py. */
export function counted(name: string, count: number, bound: number): Float32Array {
  let key = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) key = Math.imul(key ^ byte, 0x01000193) >>> 0;
  return Float32Array.from({ length: count }, (_, i) => {
    let x = (Math.imul(i, 0x9e3779b9) + key) >>> 0;
    x = Math.imul(x ^ (x >>> 16), 0x85ebca6b) >>> 0;
    x = Math.imul(x ^ (x >>> 13), 0xc2b2ae35) >>> 0;
    x = (x ^ (x >>> 16)) >>> 0;
    return ((x + 0.5) / 2 ** 31 - 1) * bound;
  });
}

export const norm = (x: ArrayLike<number>): number => {
  let sum = 0;
  for (let i = 0; i < x.length; i++) sum += x[i]! * x[i]!;
  return Math.sqrt(sum);
};

/** ||actual - expected||; fails unless everything is finite. */
export function distance(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  expect(actual.length).toBe(expected.length);
  const error = norm(Array.from(actual, (value, i) => value - expected[i]!));
  expect(Number.isFinite(error), 'finite values').toBe(true);
  return error;
}

/** Every element within atol + rtol |expected|; fails unless everything is finite. */
export function expectClose(
  actual: ArrayLike<number>,
  expected: ArrayLike<number>,
  rtol: number,
  atol: number,
  what = '',
): void {
  expect(actual.length, what).toBe(expected.length);
  let worst = 0;
  for (let i = 0; i < actual.length; i++) {
    const a = actual[i]!;
    const e = expected[i]!;
    if (!Number.isFinite(a) || !Number.isFinite(e)) expect.fail(`${what}[${i}] is ${a}, expected ${e}`);
    worst = Math.max(worst, Math.abs(a - e) / (atol + rtol * Math.abs(e)));
  }
  expect(worst, `${what}: worst error over tolerance`).toBeLessThanOrEqual(1);
}
