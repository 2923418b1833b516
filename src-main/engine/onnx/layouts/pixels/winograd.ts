/**
 * 3x3 convolutions of stride 1 and padding 1 by Winograd's minimal filtering F(m x m, 3 x 3), with their gradients
 * (Lavin and Gray, arXiv 1509.09308): m + 2 products a tile and axis where the direct sum takes 3 m, so a quarter of
 * the multiplications at m = 4. The three computations share one pair of transforms and are exact transposes of each
 * other. All of it is MatMul: tensors stand as [H, W, N, C], so that a transform along H or W is a small constant
 * matrix times the tensor seen as rows, and the products come out as one batched MatMul over the (m + 2)^2 points.
 * When it pays is cost.ts's business.
 *
 * What a tile gives or takes of outputs is its own, so those transforms are computed by groups of tiles and leave out
 * the zeros between; what a tile reads of inputs overlaps, and one matrix holds all tiles of an axis.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { filterMatrix, matrixOf, pairs, pointsOf, tilesOf } from './winograd-matrices.ts';
import type { Kind, Matrix } from './winograd-matrices.ts';

/** `tile`: outputs of a tile along each axis, m. */
type Tiling = Pick<Geometry, 'batch' | 'height' | 'width' | 'inChannels' | 'outChannels'> & { tile: number };

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

/** Numbers in a matrix of both axes, at most: so small an image is transformed in one product, which costs less than the first of two. */
const MOST_PAIRS = 640;

/** A matrix as a constant, made once for a graph and pass. */
const constant = (lowering: OnnxLowering, key: string, pass: Pass, of: () => Matrix): Value =>
  lowering.once(`winograd ${key} ${pass.name}`, () => {
    const { data, rows, columns } = of();
    return lowering.floats(data, [rows, columns]);
  });

/** The groups that a transform along an axis of `size` pixels is computed in. */
const groupsIn = (kind: Kind, size: number, tile: number): number =>
  kind === 'output' || kind === 'outputT' ? tilesOf(size, tile).groups : 1;

/** An axis that stands for groups, where there are several. */
const several = (groups: number): number[] => (groups > 1 ? [groups] : []);

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
  const [down, across] = [groupsIn(kind, t.height, t.tile), groupsIn(kind, t.width, t.tile)];
  const [vertical, horizontal] = [t.height / down, t.width / across].map((size) =>
    constant(lowering, key(size), pass, () => along(size)),
  ) as [Value, Value];
  const rows = [...pass.lead, ...several(down), from.height / down, from.width * rest];
  const first = lowering.matMul(vertical, lowering.reshape(value, rows));
  const columns = [...pass.lead, to.height, ...several(across), from.width / across, rest];
  return lowering.matMul(horizontal, lowering.reshape(first, columns));
}

/** Height and width of the transformed image. */
const transformedSize = (t: Tiling): Axes => ({ height: pointsOf(t.height, t.tile), width: pointsOf(t.width, t.tile) });

/** A transformed image in the shape that the batched products take: [groups, n, tiles, groups, n, tiles * N, C]. */
function asProducts(lowering: OnnxLowering, value: Value, t: Tiling, channels: number, pass: Pass): Value {
  const [down, across] = [tilesOf(t.height, t.tile), tilesOf(t.width, t.tile)];
  const n = t.tile + 2;
  const rows = [...several(down.groups), n, down.together];
  const columns = [...several(across.groups), n, across.together * t.batch];
  return lowering.reshape(value, [...pass.lead, ...rows, ...columns, channels]);
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

/** Transformed filters, to broadcast to products: [n, 1, (1,) n, O, I]. */
const transformFilter = (lowering: OnnxLowering, weight: Value, t: Tiling, asked: Pass): Value => {
  const pass = t.outChannels * t.inChannels <= MOST_KEPT ? FORWARD : asked;
  const n = t.tile + 2;
  const transformed = lowering.once(`winograd filter ${weight.name} ${t.tile} ${pass.name}`, () => {
    const weights = lowering.reshape(weight, [...pass.lead, t.outChannels * t.inChannels, 9]);
    return lowering.matMul(filters(lowering, t, pass), swapLast(lowering, weights));
  });
  const between = tilesOf(t.width, t.tile).groups > 1 ? [1, 1] : [1];
  return lowering.reshape(transformed, [...pass.lead, n, ...between, n, t.outChannels, t.inChannels]);
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
  const n = t.tile + 2;
  const weights = t.outChannels * t.inChannels;
  const pass = backward(lowering, dy);
  const gradient = swapLast(lowering, transformOutputGradient(lowering, dy, t, pass));
  const products = lowering.matMul(gradient, transformInput(lowering, x, t, pass));
  const [down, across] = [tilesOf(t.height, t.tile), tilesOf(t.width, t.tile)];
  const inner = down.together * across.groups;
  let sum = products; // over the tiles: what stands between the points of both axes first
  if (inner > 1) sum = lowering.reduce('ReduceSum', lowering.reshape(sum, [down.groups * n, inner, n * weights]), [1]);
  if (down.groups > 1) sum = lowering.reduce('ReduceSum', lowering.reshape(sum, [down.groups, n * n * weights]), [0]);
  const flat = lowering.transpose(lowering.reshape(sum, [n * n, weights]), [1, 0]);
  const dw = lowering.matMul(flat, filters(lowering, t, pass));
  return lowering.reshape(dw, [t.outChannels, t.inChannels, 3, 3]);
}
