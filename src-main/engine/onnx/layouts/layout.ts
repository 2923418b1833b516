/**
 * What a layout of images is: the order that it keeps their axes in, and how the operations that depend on it are
 * lowered. Each layout is a file or folder here and a line in index.ts; operations ask `lowering.images` and know none.
 */
import type { Shape, Tensor } from '../../graph.ts';
import type { Value } from '../emitter.ts';
import type { OnnxLowering } from '../lowering.ts';

/** The window of a convolution or of pooling, and the images on both its sides. */
export interface PatchGeometry {
  batch: number;
  height: number;
  width: number;
  outHeight: number;
  outWidth: number;
  kernel: number;
  stride: number;
  padding: number;
}

export interface Geometry extends PatchGeometry {
  inChannels: number;
  outChannels: number;
}

/** How batch normalisation sees images: samples of columns (ops/channel-view.ts). */
export interface ChannelGeometry {
  /** Samples, positions of each, and columns: batches times channels. */
  samples: number;
  positions: number;
  batches: number;
  channels: number;
  /** Whether one batch follows the other; else sample i of batch b stands at i * batches + b. */
  stacked: boolean;
  /** Channels that the runtime's blocked kernels take at a time of what lies so; 0 where there are none. */
  block: number;
}

/** Images as rows whose columns are normalised. */
export interface ChannelRows {
  shape: Shape;
  /** Shape of a vector of columns, to broadcast to rows. */
  vector: Shape;
  /** How often a vector is repeated to a row. */
  repeats: number;
  /** Sums of the columns of rows; means, and sums of their squares, where a layout has a way of its own. */
  sum(lowering: OnnxLowering, rows: Value): Value;
  mean?(lowering: OnnxLowering, rows: Value): Value;
  sumOfSquares?(lowering: OnnxLowering, rows: Value): Value;
  /** Sums of the products of two rows' columns, where a layout has one operator for it. */
  sumOfProducts?(lowering: OnnxLowering, a: Value, b: Value): Value;
  /** Centred rows normalised, where a layout has one operator for it. */
  normalise?(lowering: OnnxLowering, centred: Value, by: Normalisation): Value;
  /** Rows scaled and more, where a layout has one operator for it. */
  scale?(lowering: OnnxLowering, rows: Value, by: Scaling): Value;
}

/** What rows are multiplied by, a number a column, and what is added: a number a column, then rows. Then ReLU. */
export interface Scaling {
  scale: Value;
  shift?: Value | undefined;
  plus?: Value | undefined;
  relu?: boolean;
  /** What tells it from what is computed alike in the forward pass (OnnxLowering.apart). */
  apart?: string;
}

/** What centred rows are normalised by, a number a column each: row / sqrt(variance + epsilon) * scale + shift. */
export interface Normalisation {
  scale: Value;
  shift: Value;
  variance: Value;
  epsilon: number;
}

type Windowed = (lowering: OnnxLowering, g: Geometry, tensors: { from: Tensor; by: Tensor; to: Tensor }) => void;
type Pooled = (lowering: OnnxLowering, g: Geometry, tensors: { from: Tensor; to: Tensor }) => void;

export interface ImageLayout {
  /** The axes of [N, C, H, W] in the order that it keeps them in. */
  axes: readonly [number, number, number, number];
  /** N and C stand side by side: an image reshaped in these two stays where it lies. */
  regroups?: boolean;
  /** What is cheap is computed again for the backward pass, rather than kept. */
  recomputes?: boolean;
  /** The centred input of a normalisation is kept for the backward pass in place of the input. */
  keepsCentred?: boolean;
  /** The kernels in it sum everything in few parts: sums are divided (sums.ts). */
  sumsInParts?: boolean;
  /** A step in it is the same bit for bit on any number of threads (threads.ts). */
  anyThreads?: boolean;
  /** The backward pass has shapes of its own (OnnxLowering.apart). */
  apart?: boolean;

  /** x by weight -> y. */
  convolve: Windowed;
  /** dy by weight -> dx. */
  inputGradient: Windowed;
  /** The sum of two images, where a layout has a way of its own for those; false where it has none. */
  add?(lowering: OnnxLowering, a: Tensor, b: Tensor, to: Tensor): boolean;
  /** x by dy -> dweight. */
  filterGradient: Windowed;
  /** x -> y. */
  maxPool: Pooled;
  /** x and y = maxPool(x), by dy -> dx. */
  maxPoolGradient(
    lowering: OnnxLowering,
    g: Geometry,
    tensors: { from: Tensor; of: Tensor; by: Tensor; to: Tensor },
  ): void;
  /** [N, C, H, W] -> [N, C]. */
  averagePool(lowering: OnnxLowering, x: Tensor): Value;
  channels(g: ChannelGeometry): ChannelRows;
}

/** The geometry of the convolution of dy by turned weights that is a convolution's input gradient, where its stride is 1. */
export const opposite = (g: Geometry): Geometry => ({
  ...g,
  inChannels: g.outChannels,
  outChannels: g.inChannels,
  height: g.outHeight,
  width: g.outWidth,
  outHeight: g.height,
  outWidth: g.width,
  padding: g.kernel - 1 - g.padding,
});
