/**
 * Convolutions on tensors held as [H, W, N, C], made of matrix products alone: three by three of stride 1 by Winograd
 * (winograd.ts) where that is estimated to be faster, everything else as one product over gathered patches. In this
 * order a shift of the window moves whole rows of N * C numbers, so patches are plain copies, and every computation
 * ends in the layout it began in.
 *
 * Measured against this and rejected (2 cores of an AMD EPYC 9R14, AVX-512): the runtime's own Conv in NCHW (100
 * GFLOP/s at 64 channels) and in NCHWc with weights reordered in the graph (150), because neither has a filter
 * gradient faster than 64 to 150 GFLOP/s; Winograd's products run at 150 to 190 and stand for four times as many.
 */
import type { Lowering } from '../graph.ts';
import { blockedConvolve, blockedInputGradient, isOneBlock } from './blocked-convolution.ts';
import { counted } from './channels-last.ts';
import { winogradFilterGradient, winogradForward, winogradInputGradient } from './winograd.ts';
import type { Tiling } from './winograd.ts';

export interface Geometry {
  batch: number;
  inChannels: number;
  outChannels: number;
  height: number;
  width: number;
  outHeight: number;
  outWidth: number;
  kernel: number;
  stride: number;
  padding: number;
}

/** Multiplications and additions that take as long as moving one byte; of the order of any current CPU with vectors. */
const OPERATIONS_PER_BYTE = 8;
const BYTES = 4;

/** Numbers in the patches gathered at a time: 16 MB, which a last-level cache holds until the product has read them. */
const PATCH_LIMIT = 2 ** 22;

/** Fewer channels than this would make patches of many tiny copies: they are gathered channel by channel instead. */
const NARROW = 8;

/** The tile of Winograd's method to use for a convolution and its gradients, or 0: gathered patches. */
export function winogradTile(g: Geometry): number {
  if (g.kernel !== 3 || g.stride !== 1 || g.padding !== 1) return 0;
  let best = { tile: 0, cost: patchCost(g) };
  for (const tile of [2, 3, 4]) {
    const cost = winogradCost(g, tile);
    if (cost < best.cost) best = { tile, cost };
  }
  return best.tile;
}

function patchCost(g: Geometry): number {
  const rows = g.outHeight * g.outWidth * g.batch;
  const patch = g.kernel ** 2 * g.inChannels;
  const moved = 4 * BYTES * rows * patch; // taps are written and read, patches are written and read
  return 2 * rows * patch * g.outChannels + OPERATIONS_PER_BYTE * moved;
}

function winogradCost(g: Geometry, tile: number): number {
  const n = tile + 2;
  const [rows, columns] = [n * Math.ceil(g.height / tile), n * Math.ceil(g.width / tile)];
  const channels = g.batch * (g.inChannels + g.outChannels);
  const products = 2 * rows * columns * g.batch * g.inChannels * g.outChannels;
  const transforms = 2 * channels * rows * g.width * (g.height + columns);
  const moved = BYTES * 2 * channels * rows * (g.width + columns);
  return products + transforms + OPERATIONS_PER_BYTE * moved;
}

const tiling = (g: Geometry, tile: number): Tiling => ({ ...g, tile });

/** x [H, W, N, I], weight [O, I, k, k]: y [H', W', N, O]. */
export function convolve(lowering: Lowering, x: string, weight: string, g: Geometry): string {
  if (isOneBlock(lowering, g)) return blockedConvolve(lowering, x, weight, g);
  const tile = winogradTile(g);
  if (tile > 0) return winogradForward(lowering, x, weight, tiling(g, tile));
  const filters = byTap(lowering, weight, g); // [O, k k I]
  const parts = chunks(g).map(([from, to]) => {
    const rows = lowering.reshape(patches(lowering, x, g, from, to), [
      (to - from) * g.outWidth * g.batch,
      g.kernel ** 2 * g.inChannels,
    ]);
    return lowering.emit('Gemm', [rows, filters], { transB: 1 });
  });
  return lowering.reshape(joined(lowering, parts), [g.outHeight, g.outWidth, g.batch, g.outChannels]);
}

/** dy [H', W', N, O], weight [O, I, k, k]: dx [H, W, N, I]. */
export function inputGradient(lowering: Lowering, dy: string, weight: string, g: Geometry): string {
  if (isOneBlock(lowering, g)) return blockedInputGradient(lowering, dy, weight, g);
  const tile = winogradTile(g);
  if (tile > 0) return winogradInputGradient(lowering, dy, weight, tiling(g, tile));
  return g.stride === 1 ? turned(lowering, dy, weight, g) : byPhase(lowering, dy, weight, g);
}

/** x [H, W, N, I], dy [H', W', N, O]: dw [O, I, k, k]. */
export function filterGradient(lowering: Lowering, x: string, dy: string, g: Geometry): string {
  const tile = winogradTile(g);
  if (tile > 0) return winogradFilterGradient(lowering, x, dy, tiling(g, tile));
  const taps = g.kernel ** 2;
  let sum = ''; // [O, k k I]
  for (const [from, to] of chunks(g)) {
    const count = (to - from) * g.outWidth * g.batch;
    const flow = lowering.reshape(outputRows(lowering, dy, g, from, to), [count, g.outChannels]);
    const rows = lowering.reshape(patches(lowering, x, g, from, to, true), [count, taps * g.inChannels]);
    sum = lowering.emit('Gemm', sum ? [flow, rows, sum] : [flow, rows], { transA: 1 });
  }
  const ordered =
    taps === 1 ? sum : lowering.transpose(lowering.reshape(sum, [g.outChannels, taps, g.inChannels]), [0, 2, 1]);
  return lowering.reshape(ordered, [g.outChannels, g.inChannels, g.kernel, g.kernel]);
}

/** Whether images of so few channels are better gathered from [C, H, W, N], by the functions with `narrow` in their name. */
export const isNarrow = (g: Geometry): boolean => g.inChannels < NARROW;

/** x [I, H, W, N], weight [O, I, k, k]: y [H', W', N, O]. */
export function narrowConvolve(lowering: Lowering, x: string, weight: string, g: Geometry): string {
  const filters = lowering.reshape(weight, [g.outChannels, g.inChannels * g.kernel ** 2]);
  const parts = chunks(g).map(([from, to]) =>
    lowering.emit('Gemm', [narrowPatches(lowering, x, g, from, to), filters], { transA: 1, transB: 1 }),
  );
  return lowering.reshape(joined(lowering, parts), [g.outHeight, g.outWidth, g.batch, g.outChannels]);
}

/** x [I, H, W, N], dy [H', W', N, O]: dw [O, I, k, k]. */
export function narrowFilterGradient(lowering: Lowering, x: string, dy: string, g: Geometry): string {
  let sum = ''; // [I k k, O]
  for (const [from, to] of chunks(g)) {
    const flow = lowering.reshape(outputRows(lowering, dy, g, from, to), [
      (to - from) * g.outWidth * g.batch,
      g.outChannels,
    ]);
    const gathered = narrowPatches(lowering, x, g, from, to, true);
    sum = lowering.emit('Gemm', sum ? [gathered, flow, sum] : [gathered, flow]);
  }
  return lowering.reshape(lowering.transpose(sum, [1, 0]), [g.outChannels, g.inChannels, g.kernel, g.kernel]);
}

/** Ranges of output rows whose patches stay within the limit. */
function chunks(g: Geometry): [from: number, to: number][] {
  const perRow = g.outWidth * g.batch * g.kernel ** 2 * g.inChannels;
  const whole = g.kernel === 1; // nothing is gathered
  const rows = whole ? g.outHeight : Math.max(1, Math.min(g.outHeight, Math.floor(PATCH_LIMIT / perRow)));
  const count = Math.ceil(g.outHeight / rows);
  const bounds = Array.from({ length: count + 1 }, (_, i) => Math.round((i * g.outHeight) / count));
  return bounds.slice(1).map((to, i) => [bounds[i]!, to]);
}

const joined = (lowering: Lowering, parts: readonly string[]): string =>
  parts.length === 1 ? parts[0]! : lowering.emit('Concat', parts, { axis: 0 });

/** Rows from..to of dy [H', ...]. */
const outputRows = (lowering: Lowering, dy: string, g: Geometry, from: number, to: number): string =>
  to - from === g.outHeight ? dy : window(lowering, dy, [0], [from], [to], 1);

function window(
  lowering: Lowering,
  value: string,
  axes: readonly number[],
  from: readonly number[],
  to: readonly number[],
  step: number,
): string {
  const operands = [value, lowering.ints(from), lowering.ints(to), lowering.ints(axes)];
  return lowering.emit('Slice', step === 1 ? operands : [...operands, lowering.ints(axes.map(() => step))]);
}

/** x with zeros around its spatial axes `axis` and `axis` + 1; behind a leading one where it is gathered `again`. */
function padded(lowering: Lowering, x: string, axis: number, g: Geometry, again: boolean): string {
  const image = axis === 0 ? [g.height, g.width, g.batch, g.inChannels] : [g.inChannels, g.height, g.width, g.batch];
  const lead = again ? [0] : [];
  const source = again ? lowering.reshape(x, [1, ...image]) : x;
  if (g.padding === 0) return source;
  return lowering.once(`padded ${x} ${g.padding} ${again}`, () => {
    const pads = [0, 1, 2, 3].map((a) => (a === axis || a === axis + 1 ? g.padding : 0));
    return lowering.emit('Pad', [source, lowering.ints([...lead, ...pads, ...lead, ...pads])]);
  });
}

/**
 * The taps of the window for output rows from..to, each a slice of x padded along its spatial axes `axis` and `axis` + 1.
 * The backward pass gathers them again, in shapes of their own (Lowering.apart): kept from
 * the forward pass they would hold k k times the activations.
 */
function taps(
  lowering: Lowering,
  x: string,
  axis: number,
  g: Geometry,
  from: number,
  to: number,
  again: boolean,
): string[] {
  if (g.kernel === 1 && g.stride === 1 && g.padding === 0) return [x];
  const whole = padded(lowering, x, axis, g, again);
  const out: string[] = [];
  for (let ky = 0; ky < g.kernel; ky++)
    for (let kx = 0; kx < g.kernel; kx++) {
      const first = [ky + from * g.stride, kx];
      const last = [ky + (to - 1) * g.stride + 1, kx + (g.outWidth - 1) * g.stride + 1];
      const at = axis + (again ? 1 : 0);
      out.push(window(lowering, whole, [at, at + 1], first, last, g.stride));
    }
  return out;
}

/** [rows, W', N, k k I] */
function patches(lowering: Lowering, x: string, g: Geometry, from: number, to: number, again = false): string {
  const parts = taps(lowering, x, 0, g, from, to, again);
  return parts.length === 1 ? parts[0]! : lowering.emit('Concat', parts, { axis: again ? 4 : 3 });
}

/**
 * [I k k, rows W' N], every run of N pixels copied once: 24 ms of processor time for 7 x 7 windows of stride 2 on 128
 * images of 48 x 48 px, where a slice for each tap takes 245 and a copy of them all besides (2 cores, AVX-512).
 */
function narrowPatches(lowering: Lowering, x: string, g: Geometry, from: number, to: number, again = false): string {
  const { inChannels, batch, kernel, stride, padding, outWidth } = g;
  const [height, width] = [g.height + 2 * padding, g.width + 2 * padding];
  const count = (to - from) * outWidth;
  const numbers = lowering.once(
    `narrow patches ${[inChannels, height, width, outWidth, kernel, stride, from, to].join(' ')}`,
    () => {
      const tap = counted(lowering, [inChannels * kernel ** 2, 1], (i) => {
        const [channel, at] = [Math.floor(i / kernel ** 2), i % kernel ** 2];
        return (channel * height + Math.floor(at / kernel)) * width + (at % kernel);
      });
      const position = counted(
        lowering,
        [count],
        (i) => ((from + Math.floor(i / outWidth)) * width + (i % outWidth)) * stride,
      );
      return lowering.emit('Add', [tap, position]);
    },
  );
  const rows = lowering.once(`narrow rows ${x} ${padding} ${again}`, () =>
    lowering.reshape(padded(lowering, x, 1, g, again), [...(again ? [1] : []), inChannels * height * width, batch]),
  );
  const gathered = lowering.emit('Gather', [rows, numbers], { axis: again ? 1 : 0 });
  return lowering.reshape(gathered, [inChannels * kernel ** 2, count * batch]);
}

/** Weights [O, I, k, k] as [O, k k I]. */
const byTap = (lowering: Lowering, weight: string, g: Geometry): string =>
  lowering.once(`by tap ${weight}`, () => {
    const count = g.kernel ** 2;
    const flat = lowering.reshape(weight, [g.outChannels, g.inChannels, count]);
    return lowering.reshape(count === 1 ? flat : lowering.transpose(flat, [0, 2, 1]), [
      g.outChannels,
      count * g.inChannels,
    ]);
  });

/** Stride 1: a convolution of dy by the weights turned by half a turn, [I, k k O]. */
function turned(lowering: Lowering, dy: string, weight: string, g: Geometry): string {
  const back: Geometry = {
    ...g,
    inChannels: g.outChannels,
    outChannels: g.inChannels,
    height: g.outHeight,
    width: g.outWidth,
    outHeight: g.height,
    outWidth: g.width,
    padding: g.kernel - 1 - g.padding,
  };
  const flipped = lowering.once(`turned ${weight}`, () => {
    const count = g.kernel ** 2;
    const exchanged = lowering.transpose(lowering.reshape(weight, [g.outChannels, g.inChannels, count]), [1, 0, 2]); // [I, O, k k]
    if (count === 1) return exchanged;
    const [start, end] = [lowering.ints([-1]), lowering.ints([-1000])];
    return lowering.emit('Slice', [exchanged, start, end, lowering.ints([2]), start]);
  });
  const reversed = lowering.reshape(flipped, [g.inChannels, g.outChannels, g.kernel, g.kernel]);
  const filters = byTap(lowering, reversed, back);
  const parts = chunks(back).map(([from, to]) => {
    const rows = lowering.reshape(patches(lowering, dy, back, from, to), [
      (to - from) * g.width * g.batch,
      g.kernel ** 2 * g.outChannels,
    ]);
    return lowering.emit('Gemm', [rows, filters], { transB: 1 });
  });
  return lowering.reshape(joined(lowering, parts), [g.height, g.width, g.batch, g.inChannels]);
}

/**
 * Strided: the pixels of dx that share their position within the stride see the same taps, each from one shifted dy.
 * Every such phase is a chain of products added up in place; the phases are then woven together.
 */
function byPhase(lowering: Lowering, dy: string, weight: string, g: Geometry): string {
  const { stride, kernel, padding } = g;
  const size = [Math.ceil(g.height / stride), Math.ceil(g.width / stride)] as const;
  const shifts = (phase: number): { tap: number; shift: number }[] =>
    Array.from({ length: kernel }, (_, tap) => ({ tap, shift: (phase + padding - tap) / stride })).filter((s) =>
      Number.isInteger(s.shift),
    );
  const all = Array.from({ length: stride }, (_, phase) => shifts(phase))
    .flat()
    .map((s) => s.shift);
  const before = Math.max(0, -Math.min(...all));
  const after = [size[0] - g.outHeight, size[1] - g.outWidth].map((n) => Math.max(0, n + Math.max(...all)));
  const padded =
    before + after[0]! + after[1]! === 0
      ? dy
      : lowering.emit('Pad', [dy, lowering.ints([before, before, 0, 0, after[0]!, after[1]!, 0, 0])]);
  const filters = lowering.once(`taps ${weight}`, () =>
    lowering.transpose(lowering.reshape(weight, [g.outChannels, g.inChannels, kernel ** 2]), [2, 0, 1]),
  ); // [k k, O, I]
  const count = size[0] * size[1] * g.batch;
  const shifted = (y: number, x: number): string =>
    lowering.once(`shifted ${padded} ${y} ${x}`, () => {
      const from = [before + y, before + x];
      const rows = window(lowering, padded, [0, 1], from, [from[0]! + size[0], from[1]! + size[1]], 1);
      return lowering.reshape(rows, [count, g.outChannels]);
    });
  const tap = (index: number): string =>
    lowering.once(`tap ${weight} ${index}`, () =>
      lowering.reshape(window(lowering, filters, [0], [index], [index + 1], 1), [g.outChannels, g.inChannels]),
    );
  const rows: string[] = [];
  for (let py = 0; py < stride; py++) {
    const columns: string[] = [];
    for (let px = 0; px < stride; px++) {
      let sum = '';
      for (const v of shifts(py))
        for (const h of shifts(px)) {
          const operands = [shifted(v.shift, h.shift), tap(v.tap * kernel + h.tap)];
          sum = lowering.emit('Gemm', sum ? [...operands, sum] : operands);
        }
      if (sum) columns.push(lowering.reshape(sum, [size[0], 1, size[1], 1, g.batch * g.inChannels]));
    }
    if (columns.length > 0) rows.push(weave(lowering, columns, 3, stride));
  }
  let dx = lowering.reshape(weave(lowering, rows, 1, stride), [
    size[0] * stride,
    size[1] * stride,
    g.batch,
    g.inChannels,
  ]);
  if (size[0] * stride > g.height || size[1] * stride > g.width)
    dx = window(lowering, dx, [0, 1], [0, 0], [g.height, g.width], 1);
  return dx;
}

/** Puts the phases side by side on an axis; of a 1x1 kernel only the first has any, and the others are zero. */
function weave(lowering: Lowering, phases: readonly string[], axis: number, stride: number): string {
  if (phases.length === stride) return lowering.emit('Concat', phases, { axis });
  const after = [0, 0, 0, 0, 0].map((_, a) => (a === axis ? stride - 1 : 0));
  return lowering.emit('Pad', [phases[0]!, lowering.ints([0, 0, 0, 0, 0, ...after])]);
}
