/**
 * 3x3 convolutions of stride 1 and padding 1 by Winograd's minimal filtering F(m x m, 3 x 3), with their gradients
 * (Lavin and Gray, arXiv 1509.09308): m + 2 products a tile and axis where the direct sum takes 3 m, so a quarter of
 * the multiplications at m = 4. The three computations share one pair of transforms and are exact transposes of each
 * other. All of it is MatMul: tensors stand as [H, W, N, C], so that a transform along H or W is a small constant
 * matrix times the tensor seen as rows, and the products come out as one batched MatMul over the (m + 2)^2 points.
 * When it pays is cost.ts's business.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';

/** `tile`: outputs of a tile along each axis, m. */
type Tiling = Pick<Geometry, 'batch' | 'height' | 'width' | 'inChannels' | 'outChannels'> & { tile: number };

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

/** The transform of all tiles of one axis: [n * tiles, size], row i * tiles + t for point i of tile t. */
function inputMatrix(size: number, m: number): Float32Array {
  const tiles = Math.ceil(size / m);
  const { input } = minimalFiltering(m);
  const matrix = new Float32Array((m + 2) * tiles * size);
  for (const [i, row] of input.entries())
    for (let t = 0; t < tiles; t++)
      for (const [k, value] of row.entries()) {
        const at = m * t - 1 + k; // padding 1
        if (at >= 0 && at < size) matrix[(i * tiles + t) * size + at] = value;
      }
  return matrix;
}

/** The transform of the products back to outputs, along one axis: [size, n * tiles]. */
function outputMatrix(size: number, m: number): Float32Array {
  const tiles = Math.ceil(size / m);
  const columns = (m + 2) * tiles;
  const { output } = minimalFiltering(m);
  const matrix = new Float32Array(size * columns);
  for (let at = 0; at < size; at++)
    for (const [i, value] of output[at % m]!.entries()) matrix[at * columns + i * tiles + Math.floor(at / m)] = value;
  return matrix;
}

function transposed(matrix: Float32Array, rows: number, columns: number): Float32Array {
  const out = new Float32Array(matrix.length);
  for (let r = 0; r < rows; r++) for (let c = 0; c < columns; c++) out[c * rows + r] = matrix[r * columns + c]!;
  return out;
}

/** The filter transform of both axes at once: [n * n, 9], so that one MatMul transforms all filters. */
function filterMatrix(m: number): Float32Array {
  const { filter } = minimalFiltering(m);
  return Float32Array.from(filter.flatMap((a) => filter.flatMap((b) => a.flatMap((x) => b.map((y) => x * y)))));
}

/**
 * Which pass computes. What both compute (transformed inputs and filters) is computed twice, because keeping it would
 * hold 2.25 times every activation and 4 times every weight of the network; separate copies of the constants stop the
 * runtime from merging the two.
 */
interface Pass {
  name: string;
  /** Axes of length 1 that stand before the shapes (OnnxLowering.apart). */
  lead: readonly number[];
}
const FORWARD: Pass = { name: 'forward', lead: [] };
const backward = (lowering: OnnxLowering, dy: Value): Pass => ({
  name: 'backward',
  lead: lowering.apart(`winograd ${dy.name}`),
});

interface Axes {
  height: number;
  width: number;
}

const tiles = (t: Tiling): { vertical: number; horizontal: number; n: number } => ({
  vertical: Math.ceil(t.height / t.tile),
  horizontal: Math.ceil(t.width / t.tile),
  n: t.tile + 2,
});

type Kind = 'input' | 'output' | 'inputT' | 'outputT';

interface Matrix {
  data: Float32Array;
  rows: number;
  columns: number;
}

/** The matrix of a transform along an axis of `size` pixels. */
function matrixOf(kind: Kind, size: number, tile: number): Matrix {
  const points = (tile + 2) * Math.ceil(size / tile);
  if (kind === 'input') return { data: inputMatrix(size, tile), rows: points, columns: size };
  if (kind === 'output') return { data: outputMatrix(size, tile), rows: size, columns: points };
  if (kind === 'inputT')
    return { data: transposed(inputMatrix(size, tile), points, size), rows: size, columns: points };
  return { data: transposed(outputMatrix(size, tile), size, points), rows: points, columns: size };
}

/** The transform of both axes at once: its rows and columns are pairs of those of `a` and `b`. */
function pairs(a: Matrix, b: Matrix): Matrix {
  const [rows, columns] = [a.rows * b.rows, a.columns * b.columns];
  const data = Float32Array.from({ length: rows * columns }, (_, i) => {
    const [row, column] = [Math.floor(i / columns), i % columns];
    const first = a.data[Math.floor(row / b.rows) * a.columns + Math.floor(column / b.columns)]!;
    return first * b.data[(row % b.rows) * b.columns + (column % b.columns)]!;
  });
  return { data, rows, columns };
}

/** Numbers in a matrix of both axes, at most: so small an image is transformed in one product, which costs less than the first of two. */
const MOST_PAIRS = 640;

/** A matrix as a constant, made once for a graph and pass. */
const constant = (lowering: OnnxLowering, key: string, pass: Pass, of: () => Matrix): Value =>
  lowering.once(`winograd ${key} ${pass.name}`, () => {
    const { data, rows, columns } = of();
    return lowering.floats(data, [rows, columns]);
  });

/** The transform `kind` of both axes of a value [H, W, rest], of which `to` is the size after it: [H', W', rest]. */
function alongAxes(
  lowering: OnnxLowering,
  value: Value,
  kind: Kind,
  t: Tiling,
  from: Axes,
  to: Axes,
  rest: number,
  pass: Pass,
): Value {
  const along = (size: number) => matrixOf(kind, size, t.tile);
  const key = (...sizes: number[]) => [kind, ...sizes, t.tile].join(' ');
  if (from.height * from.width * to.height * to.width <= MOST_PAIRS) {
    const both = constant(lowering, key(t.height, t.width), pass, () => pairs(along(t.height), along(t.width)));
    return lowering.matMul(both, lowering.reshape(value, [...pass.lead, from.height * from.width, rest]));
  }
  const [vertical, horizontal] = [t.height, t.width].map((size) =>
    constant(lowering, key(size), pass, () => along(size)),
  ) as [Value, Value];
  const rows = lowering.reshape(value, [...pass.lead, from.height, from.width * rest]);
  const first = lowering.matMul(vertical, rows);
  return lowering.matMul(horizontal, lowering.reshape(first, [...pass.lead, to.height, from.width, rest]));
}

/** Height and width of the transformed image. */
function transformedSize(t: Tiling): Axes {
  const { vertical, horizontal, n } = tiles(t);
  return { height: n * vertical, width: n * horizontal };
}

/** A transformed image in the shape that the batched products take: [n, tiles, n, tiles * N, C]. */
function asProducts(lowering: OnnxLowering, value: Value, t: Tiling, channels: number, pass: Pass): Value {
  const { vertical, horizontal, n } = tiles(t);
  return lowering.reshape(value, [...pass.lead, n, vertical, n, horizontal * t.batch, channels]);
}

function swapLast(lowering: OnnxLowering, value: Value): Value {
  const rank = value.shape.length;
  return lowering.transpose(value, [...Array(rank - 2).keys(), rank - 1, rank - 2]);
}

const transformInput = (lowering: OnnxLowering, x: Value, t: Tiling, pass: Pass): Value =>
  asProducts(
    lowering,
    alongAxes(lowering, x, 'input', t, t, transformedSize(t), t.batch * t.inChannels, pass),
    t,
    t.inChannels,
    pass,
  );

/** Transposed output transform of a gradient, shared by both gradients of a convolution. */
const transformOutputGradient = (lowering: OnnxLowering, dy: Value, t: Tiling, pass: Pass): Value =>
  lowering.once(`winograd gradient ${dy.name} ${t.tile}`, () =>
    asProducts(
      lowering,
      alongAxes(lowering, dy, 'outputT', t, t, transformedSize(t), t.batch * t.outChannels, pass),
      t,
      t.outChannels,
      pass,
    ),
  );

const filters = (lowering: OnnxLowering, t: Tiling, pass: Pass): Value =>
  lowering.once(`winograd filters ${t.tile} ${pass.name}`, () =>
    lowering.floats(filterMatrix(t.tile), [(t.tile + 2) ** 2, 9]),
  );

/** Filters of so few channels are kept transformed for the backward pass: they are small, and nodes are dear beside them. */
const MOST_KEPT = 128 ** 2;

/** Transformed filters: [n, 1, n, O, I]. */
const transformFilter = (lowering: OnnxLowering, weight: Value, t: Tiling, asked: Pass): Value => {
  const pass = t.outChannels * t.inChannels <= MOST_KEPT ? FORWARD : asked;
  return lowering.once(`winograd filter ${weight.name} ${t.tile} ${pass.name}`, () => {
    const { n } = tiles(t);
    const weights = lowering.reshape(weight, [...pass.lead, t.outChannels * t.inChannels, 9]);
    const flat = swapLast(lowering, weights);
    const transformed = lowering.matMul(filters(lowering, t, pass), flat);
    return lowering.reshape(transformed, [...pass.lead, n, 1, n, t.outChannels, t.inChannels]);
  });
};

/** x [H, W, N, I], weight [O, I, 3, 3]: y [H, W, N, O]. */
export function winogradForward(lowering: OnnxLowering, x: Value, weight: Value, t: Tiling): Value {
  const filter = swapLast(lowering, transformFilter(lowering, weight, t, FORWARD));
  const products = lowering.matMul(transformInput(lowering, x, t, FORWARD), filter);
  const y = alongAxes(lowering, products, 'output', t, transformedSize(t), t, t.batch * t.outChannels, FORWARD);
  return lowering.reshape(y, [t.height, t.width, t.batch, t.outChannels]);
}

/** dy [H, W, N, O], weight [O, I, 3, 3]: dx [H, W, N, I]. */
export function winogradInputGradient(lowering: OnnxLowering, dy: Value, weight: Value, t: Tiling): Value {
  const pass = backward(lowering, dy);
  const filter = transformFilter(lowering, weight, t, pass);
  const products = lowering.matMul(transformOutputGradient(lowering, dy, t, pass), filter);
  const dx = alongAxes(lowering, products, 'inputT', t, transformedSize(t), t, t.batch * t.inChannels, pass);
  return lowering.reshape(dx, [t.height, t.width, t.batch, t.inChannels]);
}

/** x [H, W, N, I], dy [H, W, N, O]: dw [O, I, 3, 3]. */
export function winogradFilterGradient(lowering: OnnxLowering, x: Value, dy: Value, t: Tiling): Value {
  const { vertical, n } = tiles(t);
  const weights = t.outChannels * t.inChannels;
  const pass = backward(lowering, dy);
  const gradient = swapLast(lowering, transformOutputGradient(lowering, dy, t, pass));
  const products = lowering.matMul(gradient, transformInput(lowering, x, t, pass)); // [n, tiles, n, O, I]
  const summed =
    vertical === 1
      ? products
      : lowering.reduce('ReduceSum', lowering.reshape(products, [n, vertical, n * weights]), [1]);
  const flat = lowering.transpose(lowering.reshape(summed, [n * n, weights]), [1, 0]);
  const dw = lowering.matMul(flat, filters(lowering, t, pass));
  return lowering.reshape(dw, [t.outChannels, t.inChannels, 3, 3]);
}
