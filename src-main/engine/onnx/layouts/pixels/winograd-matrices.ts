/**
 * The constant matrices of Winograd's minimal filtering F(m x m, 3 x 3) for images of any size: transforms of all tiles
 * of an axis at once (winograd.ts says what they serve).
 */
import { partOf } from '../sums.ts';

/**
 * Interpolation points besides infinity. For tiles of 4, Lavin and Gray's 0, +-1, +-2 lose twice as much precision:
 * of a convolution of 64 channels the relative error is 9.9e-7 with them, 4.7e-7 with these (direct sums: 0.9e-7).
 */
const points: Readonly<Record<number, readonly number[]>> = {
  2: [0, 1, -1],
  3: [0, 1, -1, 1 / 2],
  4: [0, 5 / 8, -5 / 8, 3 / 2, -3 / 2],
};

/** F(m, 3) along one axis: outputs = output (filter g . input d), with `input` [n, n], `filter` [n, 3], `output` [m, n]. */
export function minimalFiltering(m: number): { input: number[][]; filter: number[][]; output: number[][] } {
  const finite = points[m];
  if (!finite) throw new Error(`no interpolation points for tiles of ${m}`);
  const n = m + 2;
  const input: number[][] = [];
  const filter: number[][] = [];
  for (const [i, a] of finite.entries()) {
    const others = finite.filter((_, l) => l !== i);
    const scale = others.reduce((product, b) => product * (a - b), 1);
    input.push([...polynomial(others), 0]);
    filter.push([0, 1, 2].map((k) => a ** k / scale));
  }
  input.push(polynomial(finite));
  filter.push([0, 0, 1]);
  const output = Array.from({ length: m }, (_, j) => [...finite.map((a) => a ** j), j === m - 1 ? 1 : 0]);
  if (input.some((row) => row.length !== n)) throw new Error('the points do not fit the tile');
  return { input, filter, output };
}

/** Coefficients of the product of (x - root), constant term first. */
function polynomial(roots: readonly number[]): number[] {
  let coefficients = [1];
  for (const root of roots) {
    const next = new Array<number>(coefficients.length + 1).fill(0);
    coefficients.forEach((c, k) => {
      next[k]! -= root * c;
      next[k + 1]! += c;
    });
    coefficients = next;
  }
  return coefficients;
}

/** Tiles of a group at most: a transform of two is a matrix of 12 by 8, which is few products and enough for a kernel. */
const TOGETHER = 2;

/** The tiles of an axis: so many groups of so many. One group where tiles do not divide the axis. */
export function tilesOf(size: number, tile: number): { groups: number; together: number } {
  const count = Math.ceil(size / tile);
  const together = size % tile === 0 ? partOf(count, TOGETHER) : count;
  return { groups: count / together, together };
}

/** Points of all tiles of an axis. */
export const pointsOf = (size: number, tile: number): number => (tile + 2) * Math.ceil(size / tile);

/** Where point i of tile t lies in a transformed axis: by group, in it by point, in that by tile. */
function placeOf(size: number, tile: number): (i: number, t: number) => number {
  const { together } = tilesOf(size, tile);
  return (i, t) => (Math.floor(t / together) * (tile + 2) + i) * together + (t % together);
}

/** What a transform goes from and to: an image to points, points to an image, and the transposes of both. */
export type Kind = 'input' | 'output' | 'inputT' | 'outputT';

export interface Matrix {
  data: Float32Array;
  rows: number;
  columns: number;
}

/** The transform of all tiles of one axis to their points. */
function inputMatrix(size: number, m: number): Float32Array {
  const { input } = minimalFiltering(m);
  const place = placeOf(size, m);
  const matrix = new Float32Array(pointsOf(size, m) * size);
  for (const [i, row] of input.entries())
    for (let t = 0; t < Math.ceil(size / m); t++)
      for (const [k, value] of row.entries()) {
        const at = m * t - 1 + k; // padding 1
        if (at >= 0 && at < size) matrix[place(i, t) * size + at] = value;
      }
  return matrix;
}

/** The transform of the products back to outputs, along one axis. */
function outputMatrix(size: number, m: number): Float32Array {
  const columns = pointsOf(size, m);
  const { output } = minimalFiltering(m);
  const place = placeOf(size, m);
  const matrix = new Float32Array(size * columns);
  for (let at = 0; at < size; at++)
    for (const [i, value] of output[at % m]!.entries()) matrix[at * columns + place(i, Math.floor(at / m))] = value;
  return matrix;
}

function transposed({ data, rows, columns }: Matrix): Matrix {
  const out = new Float32Array(data.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = data[r * columns + c]!;
  return { data: out, rows: columns, columns: rows };
}

/** The matrix of a transform along an axis of `size` pixels. */
export function matrixOf(kind: Kind, size: number, tile: number): Matrix {
  const count = pointsOf(size, tile);
  const input = (): Matrix => ({ data: inputMatrix(size, tile), rows: count, columns: size });
  const output = (): Matrix => ({ data: outputMatrix(size, tile), rows: size, columns: count });
  switch (kind) {
    case 'input':
      return input();
    case 'output':
      return output();
    case 'inputT':
      return transposed(input());
    case 'outputT':
      return transposed(output());
    default:
      return kind satisfies never;
  }
}

/** The transform of both axes at once: its rows and columns are pairs of those of `a` and `b`. */
export function pairs(a: Matrix, b: Matrix): Matrix {
  const [rows, columns] = [a.rows * b.rows, a.columns * b.columns];
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const first = a.data[Math.floor(row / b.rows) * a.columns + Math.floor(column / b.columns)]!;
    return first * b.data[(row % b.rows) * b.columns + (column % b.columns)]!;
  });
  return { data, rows, columns };
}

/** The filter transform of both axes at once: [n * n, 9], so that one MatMul transforms all filters. */
export function filterMatrix(m: number): Float32Array {
  const { filter } = minimalFiltering(m);
  return Float32Array.from(filter.flatMap((a) => filter.flatMap((b) => a.flatMap((x) => b.map((y) => x * y)))));
}
