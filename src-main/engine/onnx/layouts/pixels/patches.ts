/**
 * Convolutions of images held as [H, W, N, C] as products with gathered patches. In this order a shift of the window
 * moves whole rows of N * C numbers, so patches are plain copies.
 */
import type { Tensor } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';

/** Numbers in the patches gathered at a time: 16 MB, which a last-level cache holds until the product has read them. */
const PATCH_LIMIT = 2 ** 22;

/**
 * The patches of all rows of a tensor's image where they are few enough to be kept from the forward pass for the filter
 * gradient: a stage of a narrow network, whose patches cost more to gather again than to hold.
 */
export function keptPatches(lowering: OnnxLowering, tensor: Tensor, g: Geometry): Value | undefined {
  if (g.kernel === 1 || chunks(g).length > 1) return undefined;
  return lowering.once(`patches ${[tensor.id, g.kernel, g.stride, g.padding].join(' ')}`, () =>
    patches(lowering, lowering.value(tensor, 'pixels'), g, 0, g.outHeight),
  );
}

/** x [H, W, N, I], filters [O, k k I]: y [H', W', N, O]; `whole` are its patches where they are there. */
export function patchConvolve(lowering: OnnxLowering, x: Value, filters: Value, g: Geometry, whole?: Value): Value {
  const parts = chunks(g).map(([from, to]) => {
    const rows = lowering.reshape(whole ?? patches(lowering, x, g, from, to), [
      (to - from) * g.outWidth * g.batch,
      g.kernel ** 2 * g.inChannels,
    ]);
    return lowering.gemm([rows, filters], { transB: 1 });
  });
  return lowering.reshape(lowering.concat(parts, 0), [g.outHeight, g.outWidth, g.batch, g.outChannels]);
}

/** x [H, W, N, I], dy [H', W', N, O]: dw [O, I, k, k]; `whole` are x's patches where they are there. */
export function patchFilterGradient(
  lowering: OnnxLowering,
  x: () => Value,
  dy: Value,
  g: Geometry,
  whole?: Value,
): Value {
  const taps = g.kernel ** 2;
  const sum = summed(lowering, dy, g, (flow, from, to) => {
    const rows = lowering.reshape(whole ?? patches(lowering, x(), g, from, to, true), [
      flow.shape[0]!,
      taps * g.inChannels,
    ]);
    return [[flow, rows], { transA: 1 }];
  }); // [O, k k I]
  const ordered =
    taps === 1 ? sum : lowering.transpose(lowering.reshape(sum, [g.outChannels, taps, g.inChannels]), [0, 2, 1]);
  return lowering.reshape(ordered, [g.outChannels, g.inChannels, g.kernel, g.kernel]);
}

/** A sum of products over ranges of output rows, each with its rows of dy [rows W' N, O], added up in place. */
function summed(
  lowering: OnnxLowering,
  dy: Value,
  g: Geometry,
  product: (flow: Value, from: number, to: number) => [operands: Value[], transposed: { transA?: number }],
): Value {
  let sum: Value | undefined;
  for (const [from, to] of chunks(g)) {
    const rows = to - from === g.outHeight ? dy : lowering.slice(dy, [0], [from], [to]);
    const flow = lowering.reshape(rows, [(to - from) * g.outWidth * g.batch, g.outChannels]);
    const [operands, transposed] = product(flow, from, to);
    sum = lowering.gemm(sum ? [...operands, sum] : operands, transposed);
  }
  return sum!;
}

/** Ranges of output rows whose patches stay within the limit. */
export function chunks(g: Geometry): [from: number, to: number][] {
  const perRow = g.outWidth * g.batch * g.kernel ** 2 * g.inChannels;
  const whole = g.kernel === 1; // nothing is gathered
  const rows = whole ? g.outHeight : Math.max(1, Math.min(g.outHeight, Math.floor(PATCH_LIMIT / perRow)));
  const count = Math.ceil(g.outHeight / rows);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * g.outHeight) / count));
  return bounds.slice(1).map((to, i) => [bounds[i]!, to]);
}

/** x with zeros around its spatial axes `axis` and `axis` + 1; behind a leading one where it is gathered `again`. */
export function padded(lowering: OnnxLowering, x: Value, axis: number, padding: number, again: boolean): Value {
  const lead = again ? [0] : [];
  const source = again ? lowering.reshape(x, [1, ...x.shape]) : x;
  if (padding === 0) return source;
  return lowering.once(`padded ${x.name} ${padding} ${again}`, () => {
    const around = [...lead, ...[0, 1, 2, 3].map((a) => (a === axis || a === axis + 1 ? padding : 0))];
    return lowering.pad(source, around, around);
  });
}

/**
 * [rows, W', N, k k I]: the taps of the window for output rows from..to, each gathered from padded x. The backward pass
 * gathers them again, in shapes of their own (OnnxLowering.apart): kept from the forward pass they would hold k k times
 * the activations.
 */
function patches(lowering: OnnxLowering, x: Value, g: Geometry, from: number, to: number, again = false): Value {
  if (g.kernel === 1 && g.stride === 1 && g.padding === 0) return x;
  const { kernel, stride, padding, batch, inChannels, outWidth } = g;
  const [height, width] = [g.height + 2 * padding, g.width + 2 * padding];
  const lead = again ? [1] : [];
  const whole = padded(lowering, x, 0, padding, again);
  const pixels = lowering.reshape(whole, [...lead, height * width, batch, inChannels]);
  const taps = Array.from({ length: kernel ** 2 }, (_, tap) => {
    const first = [Math.floor(tap / kernel) + from * stride, tap % kernel] as const;
    return gatheredPixels(lowering, pixels, width, first, stride, [to - from, outWidth]);
  });
  return lowering.concat(taps, lead.length + 3);
}

/**
 * [(1,) rows, columns, N, C] of pixels [(1,) H W, N, C]: every `stride`th from the pixel `first` on, (row, column). The
 * runtime's Gather copies on all threads, its Slice on one.
 */
export function gatheredPixels(
  lowering: OnnxLowering,
  pixels: Value,
  width: number,
  first: readonly [number, number],
  stride: number,
  [rows, columns]: readonly [number, number],
): Value {
  const numbers = lowering.once(`pixels ${[width, ...first, stride, rows, columns].join(' ')}`, () =>
    lowering.counted(
      [rows, columns],
      (i) => (first[0] + Math.floor(i / columns) * stride) * width + first[1] + (i % columns) * stride,
    ),
  );
  return lowering.gather(pixels, numbers, pixels.shape.length - 3);
}

/** Weights [O, I, k, k] as [O, k k I]. */
export const byTap = (lowering: OnnxLowering, weight: Value): Value =>
  lowering.once(`by tap ${weight.name}`, () => {
    const [o, i, k] = weight.shape as [number, number, number, number];
    const flat = lowering.reshape(weight, [o, i, k * k]);
    return lowering.reshape(k === 1 ? flat : lowering.transpose(flat, [0, 2, 1]), [o, k * k * i]);
  });
