/**
 * The views of a batch as a graph: photos as the cache keeps them and the numbers that were drawn for each view, to
 * views that a step takes. Crop and resize, jitter, grey, blur, normalise, in the order of the authors' code.
 */
import { ViewParameter, VIEW_PARAMETERS, BLENDS } from '../../../shared/viewParameters.ts';
import { Graph } from '../graph.ts';
import type { Tensor } from '../graph.ts';
import { add, batchMatmul, bytes, mul, reshape, slice, transpose } from '../ops/index.ts';
import { viewName } from '../training-graph.ts';
import { blur } from './blur.ts';
import { blend, toGrey, turnHue } from './colour.ts';
import { axisWeights } from './resample.ts';

export const PHOTOS = 'photos';
export const PARAMETERS = 'parameters';

export interface ViewGraphShape {
  /** Photos of a batch. */
  count: number;
  /** Size in pixels of the field that each photo lies in, at its upper left corner. */
  width: number;
  height: number;
  /** Edges of the views in pixels. */
  sizes: readonly number[];
  /** Mean and deviation that normalise each channel, of values in [0, 1]. */
  mean: readonly number[];
  std: readonly number[];
}

/**
 * Shape of the photos as the first product takes them: in each row of a photo the three bytes of its pixels, one after
 * the other.
 */
export const photosShape = ({ count, width, height }: Pick<ViewGraphShape, 'count' | 'width' | 'height'>): number[] => [
  1,
  count,
  height,
  3 * width,
];

/** photos [N, height, width, 3] bytes, parameters [V, N, VIEW_PARAMETERS] -> viewName(v): [N, 3, size, size]. */
export function viewGraph({ count, width, height, sizes, mean, std }: ViewGraphShape): Map<string, Tensor> {
  const graph = new Graph();
  const photos = bytes(graph, PHOTOS, photosShape({ count, width, height }));
  const drawn = graph.input(PARAMETERS, [sizes.length, count, VIEW_PARAMETERS]);
  const outputs = new Map<string, Tensor>();
  for (const size of new Set(sizes)) {
    // Views of one size are made together.
    const numbers = sizes.flatMap((other, v) => (other === size ? [v] : []));
    const [first, last] = [numbers[0]!, numbers.at(-1)!];
    if (last - first + 1 !== numbers.length) throw new Error(`views of ${size} px must stand side by side`);
    const mine = slice(drawn, 0, first, last + 1); // [V, N, P]
    const views = make(photos, mine, size, { count, width, height }); // [V N, 3, S, S]
    const scale = graph.constant(
      Float32Array.from(std, (s) => 1 / s),
      [1, 3, 1, 1],
    );
    const shift = graph.constant(
      Float32Array.from(mean, (m, c) => -m / std[c]!),
      [1, 3, 1, 1],
    );
    const normalised = add(mul(views, scale), shift);
    numbers.forEach((v, i) => outputs.set(viewName(v), slice(normalised, 0, i * count, (i + 1) * count)));
  }
  return new Map([...outputs].sort(([a], [b]) => a.localeCompare(b, 'en', { numeric: true })));
}

function make(
  photos: Tensor,
  drawn: Tensor,
  size: number,
  { count, width, height }: Pick<ViewGraphShape, 'count' | 'width' | 'height'>,
): Tensor {
  const kinds = drawn.shape[0]!;
  const all = kinds * count;
  /** One drawn number of each view, in a shape to broadcast from. */
  const number = (position: number, shape: readonly number[]) =>
    reshape(slice(drawn, 2, position, position + 1), shape);
  const axis = (start: number, length: number, mirrored: number, input: number) => {
    const [from, extent, flip] = [start, length, mirrored].map((position) => number(position, [kinds, count, 1, 1]));
    return axisWeights(from!, extent!, flip!, input, size); // [V, N, S, input]
  };
  const rows = axis(ViewParameter.cropY, ViewParameter.cropHeight, ViewParameter.verticalFlip, height);
  const columns = axis(ViewParameter.cropX, ViewParameter.cropWidth, ViewParameter.flip, width);
  const shrunk = reshape(batchMatmul(rows, photos), [all, size, width, 3]); // [V, N, S, 3 W]
  const planes = reshape(transpose(shrunk, [0, 3, 1, 2]), [all, 3 * size, width]);
  let x = reshape(batchMatmul(planes, reshape(transpose(columns, [0, 1, 3, 2]), [all, width, size])), [
    all,
    3,
    size,
    size,
  ]);

  const each = (position: number) => number(position, [all, 1, 1, 1]);
  const blends = (first: number) => {
    for (let slot = first; slot < first + 3 * BLENDS; slot += 3)
      x = blend(x, each(slot), each(slot + 1), each(slot + 2));
  };
  blends(ViewParameter.blendsBefore);
  x = turnHue(x, each(ViewParameter.hue));
  blends(ViewParameter.blendsAfter);
  x = toGrey(x, each(ViewParameter.grayscale));
  return blur(x, each(ViewParameter.blurRadius), each(ViewParameter.blurRate), each(ViewParameter.blurShare));
}
