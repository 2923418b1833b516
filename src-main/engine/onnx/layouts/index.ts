/**
 * The layouts of images: 'plain' ([N, C, H, W], as the graph says), 'pixels' ([H, W, N, C], in which a training step on
 * CPU is made of matrix products) and 'channelsLast' ([N, H, W, C], in which WebGPU's kernels compute).
 */
import type { Shape } from '../../graph.ts';
import { channelsLast } from './channels-last/index.ts';
import type { ImageLayout } from './layout.ts';
import { pixels } from './pixels/index.ts';
import { plain } from './plain.ts';

export const layouts = { plain, pixels, channelsLast } satisfies Record<string, ImageLayout>;

export type Layout = keyof typeof layouts;

/** The shape [N, C, H, W] of an image as a layout keeps it; other shapes as they are. */
export const arranged = (shape: Shape, layout: Layout): number[] =>
  shape.length === 4 ? layouts[layout].axes.map((axis) => shape[axis]!) : [...shape];

/** The permutation that takes an image from one layout to another. */
export const rearrangement = (from: Layout, to: Layout): number[] =>
  layouts[to].axes.map((axis) => layouts[from].axes.indexOf(axis));
