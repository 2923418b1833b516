/**
 * 3x3 convolutions of stride 1 and padding 1 by Winograd's minimal filtering F(m x m, 3 x 3), with their gradients
 * (Lavin and Gray, arXiv 1509.09308): m + 2 products a tile and axis where the direct sum takes 3 m, so a quarter of
 * the multiplications at m = 4. The three computations share one pair of transforms and are exact transposes of each
 * other. All of it is MatMul: tensors stand as [H, W, N, C], so that a transform along H or W is a small constant
 * matrix times the tensor seen as rows, and the products come out as one batched MatMul over the (m + 2)^2 points.
 * When it pays is convolution.ts's business.
 */
import type { Lowering } from '../graph.ts';

export interface Tiling {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  /** Outputs of a tile along each axis, m. */
  tile: number;
}

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

/** [size, n * tiles]. */
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
  return Float32Array.from(
    filter.flatMap((a) => filter.flatMap((b) => a.flatMap((x) => b.map((y) => x * y)))),
  );
}

type Axes = { height: number; width: number };

/** left [a, H] and right [b, W] applied to a value [H, W, rest]: [a, b, rest]. */
function alongAxes(lowering: Lowering, value: string, { height, width }: Axes, rest: number, left: string, right: string, rows: number): string {
  const first = lowering.emit('MatMul', [left, lowering.reshape(value, [height, width * rest])]);
  return lowering.emit('MatMul', [right, lowering.reshape(first, [rows, width, rest])]);
}

const tiles = (t: Tiling): { vertical: number; horizontal: number; n: number } => ({
  vertical: Math.ceil(t.height / t.tile),
  horizontal: Math.ceil(t.width / t.tile),
  n: t.tile + 2,
});

const matrix = (lowering: Lowering, kind: string, size: number, t: Tiling, data: () => Float32Array, rows: number, columns: number): string =>
  lowering.once(`winograd ${kind} ${size} ${t.tile}`, () => lowering.floats(data(), [rows, columns]));

/** Transformed inputs: [n, tiles, n, tiles * N, C]. `salt` keeps a value that is computed again from being merged with the first. */
function transformInput(lowering: Lowering, x: string, t: Tiling, salt: string): string {
  const { vertical, horizontal, n } = tiles(t);
  const left = matrix(lowering, `input${salt}`, t.height, t, () => inputMatrix(t.height, t.tile), n * vertical, t.height);
  const right = matrix(lowering, `input${salt}`, t.width, t, () => inputMatrix(t.width, t.tile), n * horizontal, t.width);
  const rest = t.batch * t.inChannels;
  const transformedValue = alongAxes(lowering, x, t, rest, left, right, n * vertical);
  return lowering.reshape(transformedValue, [n, vertical, n, horizontal * t.batch, t.inChannels]);
}

/** Transposed output transform of a gradient: [n, tiles, n, tiles * N, O]; shared by both gradients of a convolution. */
function transformOutputGradient(lowering: Lowering, dy: string, t: Tiling): string {
  return lowering.once(`winograd gradient ${dy} ${t.tile}`, () => {
    const { vertical, horizontal, n } = tiles(t);
    const back = (size: number, count: number): string =>
      matrix(lowering, 'outputT', size, t, () => transposed(outputMatrix(size, t.tile), size, n * count), n * count, size);
    const value = alongAxes(lowering, dy, t, t.batch * t.outChannels, back(t.height, vertical), back(t.width, horizontal), n * vertical);
    return lowering.reshape(value, [n, vertical, n, horizontal * t.batch, t.outChannels]);
  });
}

/** Transformed filters: [n, 1, n, O, I]. */
function transformFilter(lowering: Lowering, weight: string, t: Tiling): string {
  return lowering.once(`winograd filter ${weight} ${t.tile}`, () => {
    const { n } = tiles(t);
    const flat = lowering.transpose(lowering.reshape(weight, [t.outChannels * t.inChannels, 9]), [1, 0]);
    return lowering.reshape(lowering.emit('MatMul', [filters(lowering, t), flat]), [n, 1, n, t.outChannels, t.inChannels]);
  });
}

const filters = (lowering: Lowering, t: Tiling): string =>
  lowering.once(`winograd filters ${t.tile}`, () => lowering.floats(filterMatrix(t.tile), [(t.tile + 2) ** 2, 9]));

/** x [H, W, N, I], weight [O, I, 3, 3]: y [H, W, N, O]. */
export function winogradForward(lowering: Lowering, x: string, weight: string, t: Tiling): string {
  const { vertical, horizontal, n } = tiles(t);
  const rest = t.batch * t.outChannels;
  const filter = lowering.transpose(transformFilter(lowering, weight, t), [0, 1, 2, 4, 3]);
  const products = lowering.emit('MatMul', [transformInput(lowering, x, t, ''), filter]);
  const left = matrix(lowering, 'output', t.height, t, () => outputMatrix(t.height, t.tile), t.height, n * vertical);
  const right = matrix(lowering, 'output', t.width, t, () => outputMatrix(t.width, t.tile), t.width, n * horizontal);
  const y = alongAxes(lowering, products, { height: n * vertical, width: n * horizontal }, rest, left, right, t.height);
  return lowering.reshape(y, [t.height, t.width, t.batch, t.outChannels]);
}

/** dy [H, W, N, O], weight [O, I, 3, 3]: dx [H, W, N, I]. */
export function winogradInputGradient(lowering: Lowering, dy: string, weight: string, t: Tiling): string {
  const { vertical, horizontal, n } = tiles(t);
  const rest = t.batch * t.inChannels;
  const products = lowering.emit('MatMul', [transformOutputGradient(lowering, dy, t), transformFilter(lowering, weight, t)]);
  const back = (size: number, count: number): string =>
    matrix(lowering, 'inputT', size, t, () => transposed(inputMatrix(size, t.tile), n * count, size), size, n * count);
  const axes = { height: n * vertical, width: n * horizontal };
  const dx = alongAxes(lowering, products, axes, rest, back(t.height, vertical), back(t.width, horizontal), t.height);
  return lowering.reshape(dx, [t.height, t.width, t.batch, t.inChannels]);
}

/**
 * x [H, W, N, I], dy [H, W, N, O]: dw [O, I, 3, 3]. The input is transformed a second time: keeping it from the
 * forward pass would hold 2.25 times every activation of the network.
 */
export function winogradFilterGradient(lowering: Lowering, x: string, dy: string, t: Tiling): string {
  const { vertical, n } = tiles(t);
  const gradient = lowering.transpose(transformOutputGradient(lowering, dy, t), [0, 1, 2, 4, 3]);
  const products = lowering.emit('MatMul', [gradient, transformInput(lowering, x, t, ' again')]);
  const size = n * t.outChannels * t.inChannels;
  const summed =
    vertical === 1
      ? products
      : lowering.emit('ReduceSum', [lowering.reshape(products, [n, vertical, size]), lowering.ints([1])], { keepdims: 0 });
  const flat = lowering.transpose(lowering.reshape(summed, [n * n, t.outChannels * t.inChannels]), [1, 0]);
  return lowering.reshape(lowering.emit('MatMul', [flat, filters(lowering, t)]), [t.outChannels, t.inChannels, 3, 3]);
}
