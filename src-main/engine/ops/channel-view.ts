/**
 * How batch normalisation sees its input: in a shape, by its layout, whose sums over a channel the runtime has a fast
 * path for. Batches that are computed together are told apart as so many times the channels.
 */
import { elements } from '../graph.ts';
import type { Tensor } from '../graph.ts';
import type { Precision, Value } from '../onnx/emitter.ts';
import { arranged, layouts } from '../onnx/layouts/index.ts';
import type { Normalisation, Scaling } from '../onnx/layouts/layout.ts';
import type { OnnxLowering } from '../onnx/lowering.ts';
import type { Batches } from './batch-norm.ts';
import { unrepeated } from './repeat.ts';

export interface ChannelView {
  /** The precision that x is held in: statistics are taken in float32, and y is left as x was. */
  precision: Precision;
  /** A tensor of x's shape as rows whose columns are channels, in float32 unless told. */
  rows(tensor: Tensor, precision?: Precision): Value;
  /** x less the mean of its channel, in float32. */
  centred(mean: Value): Value;
  /** A vector [batches C]. */
  column(vector: Tensor): Value;
  /** A value computed from such vectors, shaped to broadcast to rows. */
  spread(column: Value): Value;
  /** The sum over all samples of each channel. */
  sum(rows: Value): Value;
  mean(rows: Value): Value;
  meanOfSquares(rows: Value): Value;
  /** The sum over all samples of each channel of what is the product of two. */
  sumOfProducts(a: Value, b: Value): Value;
  /** Centred rows normalised by columns, where there is one operator for it. */
  normalised: ((centred: Value, by: Normalisation) => Value) | undefined;
  /** Rows scaled, shifted and more by columns, where there is one operator for it. */
  scaled: ((rows: Value, by: Scaling) => Value) | undefined;
  /** Hands rows of x's precision on as the value of a tensor of x's shape. */
  set(tensor: Tensor, rows: Value): void;
}

export function channelView(x: Tensor, { batches, stacked }: Batches, lowering: OnnxLowering): ChannelView {
  const [all, channels] = x.shape as [number, number];
  const samples = all / batches;
  const positions = elements(x.shape) / (all * channels);
  const own = lowering.images.sumsInParts ? lowering.imageLayout : lowering.layout(x);
  // Vectors [N, C] are an image of one pixel in any layout.
  const layout = x.shape.length === 4 ? own : 'plain';
  const precision = lowering.precision(x);
  const view = (x.shape.length === 4 ? layouts[own] : lowering.images).channels({
    samples,
    positions,
    batches,
    channels,
    stacked: stacked && batches > 1,
    block: layout === 'pixels' ? lowering.channelBlock : 0,
  });
  const sum = (value: Value): Value => view.sum(lowering, value);
  const mean = (value: Value): Value => view.mean?.(lowering, value) ?? share(sum(value));
  const rows = (tensor: Tensor, as: Precision = 'full'): Value => {
    const value = lowering.value(tensor, layout, as);
    const bare = lowering.bare(value);
    const lead = bare.shape.length - view.shape.length;
    const alike = lead > 0 && bare.shape.every((n, i) => n === (i < lead ? 1 : view.shape[i - lead]));
    return alike ? bare : lowering.reshape(value, view.shape); // leading ones are kept (OnnxLowering.apart)
  };
  const spread = (column: Value): Value => {
    if (view.repeats === 1) return column;
    if (view.vector.length === 1) return lowering.tile(column, [view.repeats]);
    const rows = column.shape.length === 1 ? lowering.reshape(column, [1, channels]) : column;
    return lowering.tile(
      rows,
      rows.shape.map((_, i) => (i === rows.shape.length - 2 ? view.repeats : 1)),
    );
  };
  const centre = (mean: Value): Value => lowering.each('Sub', rows(x), spread(mean));
  const share = (total: Value): Value => lowering.each('Mul', total, lowering.scalar(1 / (samples * positions)));
  return {
    precision,
    rows,
    centred: (mean) =>
      lowering.images.keepsCentred && precision === 'full'
        ? lowering.once(`centred ${x.id}`, () => centre(mean))
        : centre(mean),
    column(tensor) {
      // rows of batches that follow each other take one for all of them as it is
      const own = view.vector.length > 1 && lowering.imageLayout === 'pixels' ? unrepeated(tensor) : tensor;
      return own === tensor ? lowering.reshape(lowering.value(tensor), view.vector) : lowering.value(own);
    },
    spread,
    sum,
    mean,
    meanOfSquares: (value) =>
      view.sumOfSquares ? share(view.sumOfSquares(lowering, value)) : mean(lowering.each('Mul', value, value)),
    sumOfProducts: (a, b) => view.sumOfProducts?.(lowering, a, b) ?? sum(lowering.each('Mul', a, b)),
    normalised: view.normalise && ((value, by) => view.normalise!(lowering, value, by)),
    scaled: view.scale && ((value, by) => view.scale!(lowering, value, by)),
    set: (tensor, value) => lowering.set(tensor, lowering.reshape(value, arranged(x.shape, layout)), layout, precision),
  };
}
