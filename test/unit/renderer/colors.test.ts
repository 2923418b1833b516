/** Colours of groups on the map are told apart, by the colour-blind too. */
import { expect, it } from 'vitest';
import { classShades } from '../../../src-renderer/lib/class-shades.ts';
import { Memory } from '../../../src-renderer/state/memory.ts';
import { groupColor } from '../../../src-renderer/map/colors.ts';

type Row = readonly [number, number, number];
type Matrix = readonly [Row, Row, Row];

/** Linear red, green and blue to cones, and cones to OKLab (Ottosson 2020). */
const toCones: Matrix = [
  [0.4122, 0.5363, 0.0514],
  [0.2119, 0.6807, 0.1074],
  [0.0883, 0.2817, 0.63],
];
const toLab: Matrix = [
  [0.2105, 0.7936, -0.0041],
  [1.978, -2.4286, 0.4506],
  [0.0259, 0.7828, -0.8087],
];
/** What is seen without the cone for green, and without that for red (Machado, Oliveira and Fernandes 2009). */
const eyes: Record<string, Matrix> = {
  all: [
    [1, 0, 0],
    [0, 1, 0],
    [0, 0, 1],
  ],
  'no green': [
    [0.3673, 0.8606, -0.228],
    [0.2801, 0.6725, 0.0474],
    [-0.0118, 0.0429, 0.9689],
  ],
  'no red': [
    [0.1523, 1.0526, -0.2049],
    [0.1145, 0.7863, 0.0992],
    [-0.0039, -0.0481, 1.052],
  ],
};

const times = (matrix: Matrix, of: readonly number[]) =>
  matrix.map((row) => row.reduce((sum, weight, i) => sum + weight * of[i]!, 0));
const linear = (value: number) => (value <= 10 ? value / 3295 : ((value / 255 + 0.055) / 1.055) ** 2.4);

function seen(index: number, eye: Matrix): number[] {
  const light = times(eye, groupColor(index).map(linear)).map((value) => Math.max(0, Math.min(1, value)));
  return times(toLab, times(toCones, light).map(Math.cbrt));
}

it.each(Object.entries(eyes))('twelve colours are apart to who has %s', (_, eye) => {
  const colors = Array.from({ length: 12 }, (_, i) => seen(i, eye));
  const gaps = colors.flatMap((a, i) => colors.slice(i + 1).map((b) => Math.hypot(...a.map((v, k) => v - b[k]!))));
  expect(Math.min(...gaps)).toBeGreaterThan(0.07);
});

function kept() {
  const items = new Map<string, string>();
  const storage = {
    getItem: (key: string) => items.get(key) ?? null,
    setItem: (key: string, value: string) => void items.set(key, value),
  };
  return { items, memory: new Memory(storage) };
}

it('a class keeps its colour while others come and go', () => {
  const { memory } = kept();
  expect(classShades(memory, 'f', ['cats', 'dogs'])).toEqual([0, 1]);
  expect(classShades(memory, 'f', ['birds', 'cats', 'dogs'])).toEqual([2, 0, 1]);
  expect(classShades(memory, 'f', ['ants', 'dogs'])).toEqual([3, 1]); // that of cats is theirs
  expect(classShades(memory, 'f', ['cats', 'dogs'])).toEqual([0, 1]);
  expect(classShades(memory, 'another', ['dogs', 'cats'])).toEqual([0, 1]);
});

it('once all colours that are told apart were had, a new class takes that of one that is gone', () => {
  const { memory } = kept();
  const twelve = [...'abcdefghijkl'];
  classShades(memory, 'f', twelve);
  expect(classShades(memory, 'f', [...'bcd', 'new'])).toEqual([1, 2, 3, 0]);
  expect(classShades(memory, 'f', ['a', ...'bcd', 'new'])).toEqual([4, 1, 2, 3, 0]);
  const many = Array.from({ length: 15 }, (_, i) => `class ${i}`);
  expect(new Set(classShades(memory, 'g', many)).size).toBe(15);
});

it('what a browser remembers of colours may be spoiled, off or very much', () => {
  const { items, memory } = kept();
  for (const spoiled of ['{"a":"red"}', '[', 'null']) {
    items.set('lookalike.shades.f', spoiled);
    expect(classShades(memory, 'f', ['a', 'b'])).toEqual([0, 1]);
  }
  expect(classShades(new Memory(null), 'f', ['a', 'b'])).toEqual([0, 1]);
  const names = Array.from({ length: 1000 }, (_, i) => `class ${i}`);
  expect(classShades(memory, 'many', names)).toEqual(names.map((_, i) => i));
  expect(items.has('lookalike.shades.many')).toBe(false);
});
