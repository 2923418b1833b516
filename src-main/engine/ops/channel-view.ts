/**
 * How batch normalisation sees its input: in a shape, by its layout, whose sums over a channel the runtime has a fast
 * path for. Batches that are computed together (sample i of batch b is row i * batches + b) are told apart as so many
 * times the channels.
 */
import { arranged, elements } from '../graph.ts';
import type { Lowering, Precision, Tensor } from '../graph.ts';
import { partOf, sumRows } from '../onnx/sums.ts';

export interface ChannelView {
  /** In which x is held: statistics are taken in float32, and y is left as x was. */
  precision: Precision;
  /** In float32 unless told. */
  rows(tensor: Tensor, precision?: Precision): string;
  /** x less the mean of its channel, in float32. */
  centred(mean: string): string;
  /** A vector [batches C]. */
  column(vector: Tensor): string;
  /** What is computed of such vectors, to broadcast to rows. */
  spread(column: string): string;
  /** Over all samples of each channel. */
  sum(rows: string): string;
  mean(rows: string): string;
  meanOfSquares(rows: string): string;
  /** Hands rows of x's precision on as the value of a tensor of x's shape. */
  set(tensor: Tensor, rows: string): void;
}

/**
 * Numbers of a row that a vector is repeated to, at most, where channels are innermost: the runtime takes a row at a
 * time, and rows of 32 numbers take 6.7 ms of processor time for 4 M where rows of 4096 take 3.9.
 */
const ROW = 4096;

/** @param backward for the gradient: its values are kept apart from those of the forward pass (Lowering.apart) */
export function channelView(x: Tensor, batches: number, lowering: Lowering, backward = false): ChannelView {
  const [all, channels] = x.shape as readonly [number, number];
  const samples = all / batches;
  const columns = channels * batches;
  const positions = elements(x.shape) / (all * channels);
  const lead = backward ? lowering.apart(`batchNorm ${x.id}`) : [];
  const axis = lead.length;
  const reduce = (value: string, axes: number[]): string =>
    lowering.emit('ReduceSum', [value, lowering.ints(axes)], { keepdims: 1 });
  // Vectors [N, C] are an image of one pixel in either layout.
  const layout =
    lowering.images !== 'plain' && x.shape.length === 2
      ? lowering.images
      : lowering.images === 'channelsLast'
        ? 'channelsLast'
        : lowering.layout(x);
  const precision = lowering.precision(x);
  const sumOf = (value: string, squares: boolean): string => {
    const perSample = sumRows(lowering, value, all, positions, channels, squares && positions > 1); // [all, C]
    const total = sumRows(lowering, perSample, 1, samples, columns, squares && positions === 1);
    return lowering.reshape(total, [1, batches, 1, channels]);
  };
  const repeats = layout === 'pixels' ? partOf(samples, Math.max(1, Math.floor(ROW / columns))) : 1;
  const { shape, vector, sum } = {
    plain: {
      shape: [samples, columns, positions],
      vector: [1, columns, 1],
      sum: (value: string) => reduce(value, [axis, axis + 2]),
    },
    pixels: {
      shape: [(positions * samples) / repeats, repeats * columns],
      vector: [1, columns],
      // Reducing the two outer axes at once leaves the fast path: 9.3 ms against 0.9 for 131072 x 64.
      sum(value: string): string {
        const apart = lowering.reshape(value, [...lead, positions, samples, columns]);
        const byPosition = lowering.emit('ReduceSum', [apart, lowering.ints([axis + 1])], { keepdims: 0 });
        return reduce(byPosition, [axis]);
      },
    },
    channelsLast: {
      shape: [samples, batches, positions, channels],
      vector: [1, batches, 1, channels],
      sum: (value: string) => sumOf(value, false),
    },
  }[layout];
  const rows = (tensor: Tensor, as: Precision = 'full'): string =>
    lowering.reshape(lowering.value(tensor, tensor.shape.length === 4 ? layout : 'plain', as), [...lead, ...shape]);
  const spread = (column: string): string =>
    repeats === 1 ? column : lowering.emit('Tile', [column, lowering.ints([...lead.map(() => 1), 1, repeats])]);
  const centre = (mean: string): string => lowering.emit('Sub', [rows(x), spread(mean)]);
  const share = (total: string): string => lowering.emit('Mul', [total, lowering.scalar(1 / (samples * positions))]);
  return {
    precision,
    rows,
    // A device keeps it for the gradient in place of x. Where x is held in float16 that would be twice as much.
    centred: (mean) =>
      layout === 'channelsLast' && precision === 'full'
        ? lowering.once(`centred ${x.id}`, () => centre(mean))
        : centre(mean),
    column: (tensor) =>
      lowering.once(`column ${[...lead, ...vector].join(' ')} ${tensor.id}`, () =>
        lowering.reshape(lowering.value(tensor), [...lead, ...vector]),
      ),
    spread,
    sum,
    mean: (value) => share(sum(value)),
    meanOfSquares: (value) =>
      share(layout === 'channelsLast' ? sumOf(value, true) : sum(lowering.emit('Mul', [value, value]))),
    set: (tensor, value) =>
      lowering.set(
        tensor,
        lowering.reshape(value, arranged(x.shape, layout)),
        x.shape.length === 4 ? layout : 'plain',
        precision,
      ),
  };
}
