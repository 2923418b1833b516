/** Images [H, W, N, C] as rows whose columns are normalised: a sum over them, and what a number a column is done by. */
import { elements } from '../../../graph.ts';
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import { partOf } from '../sums.ts';
import type { ChannelGeometry, ChannelRows, Scaling } from '../layout.ts';
import { DOMAIN } from './blocked.ts';

/**
 * Numbers of a row that a vector is repeated to, at most: the runtime takes a row at a time, and rows of 32 numbers take
 * 6.7 ms of processor time for 4 M where rows of 4096 take 3.9.
 */
const ROW = 4096;
/** Rows of this many numbers are taken as they are where they are few: what a repeated vector saves is less than what it costs. */
const [WIDE, FEW] = [128, 2048];

/**
 * Parts in which rows are summed, at most. The runtime divides a sum over the first axis by columns, of which each task takes
 * a few down all the rows; a sum over a middle one is a product with ones for each part, and reads what lies together:
 * 0.25 ms in place of 0.66 for 1024 rows of 4096 numbers on two threads.
 */
const PARTS = 16;

/** Whether rows are taken as they are. */
const areFew = ({ samples, positions, batches, channels }: ChannelGeometry): boolean =>
  batches * channels >= WIDE && positions * samples <= FEW;

/** Samples of all batches in turn, N = [samples, batches]. */
export function wovenRows(g: ChannelGeometry): ChannelRows {
  const { samples, positions, batches, channels } = g;
  const columns = batches * channels;
  const few = areFew(g);
  const repeats = few ? 1 : partOf(samples, Math.max(1, Math.floor(ROW / columns)));
  // Rows in parts first, then what the parts and a row's repeats leave: to reduce two axes at once leaves the fast path.
  const height = (positions * samples) / repeats;
  const parts = few ? 1 : partOf(height, PARTS);
  const shape = [...(parts === 1 ? [] : [parts]), height / parts, repeats * columns];
  const reduced = (opType: string) => (lowering: OnnxLowering, rows: Value) => {
    const outer = [...Array(rows.shape.length - 1).keys()]; // leading ones are reduced with the rows: kept, they leave it too
    const sums = lowering.reduce(opType, rows, parts === 1 ? outer : outer.slice(-1));
    return parts * repeats === 1
      ? lowering.reshape(sums, [columns])
      : lowering.reduce(opType, lowering.reshape(sums, [parts * repeats, columns]), [0]);
  };
  return { shape, vector: [columns], repeats, sum: reduced('ReduceSum'), mean: reduced('ReduceMean') };
}

/** Batches one after the other, N = [batches, samples]: a number a column is repeated to the samples that follow each other. */
export function stackedRows(g: ChannelGeometry): ChannelRows {
  const { samples, positions, batches, channels, block } = g;
  const repeats = areFew(g) ? 1 : partOf(samples, Math.max(1, Math.floor(ROW / channels)));
  const left = samples / repeats;
  const vector = [batches, ...(left > 1 ? [1] : []), 1, channels];
  const shape = [...(positions > 1 ? [positions] : []), batches, ...(left > 1 ? [left] : []), repeats, channels];
  /** What samples were summed to, [positions, batches, channels]: the same of positions. */
  const overPositions = (lowering: OnnxLowering, opType: string, each: Value) =>
    positions === 1
      ? lowering.reshape(each, vector)
      : lowering.reduce(opType, lowering.reshape(each, [positions, ...vector]), [0]);
  const reduced = (opType: string) => (lowering: OnnxLowering, rows: Value) => {
    const each = lowering.reduce(opType, lowering.reshape(rows, [positions * batches, samples, channels]), [1]);
    return overPositions(lowering, opType, each);
  };
  const products = (lowering: OnnxLowering, a: Value, b: Value) =>
    overPositions(lowering, 'ReduceSum', multiplied(lowering, a, b, g));
  return {
    shape,
    vector,
    repeats,
    sum: reduced('ReduceSum'),
    mean: reduced('ReduceMean'),
    ...(block > 0 && channels === block
      ? {
          scale: (lowering, rows, by) => scaled(lowering, rows, by, g),
          sumOfProducts: products,
          sumOfSquares: (lowering, rows) => products(lowering, rows, rows),
        }
      : {}),
  };
}

/**
 * The sums over samples of the products of one block of channels each: a convolution for each channel whose window is all
 * samples of a position and a batch and whose weights are the other rows. It writes nothing but the sums.
 */
function multiplied(lowering: OnnxLowering, a: Value, b: Value, g: ChannelGeometry): Value {
  const channels = g.positions * g.batches * g.channels;
  const attributes = {
    kernel_shape: [1, g.samples],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    strides: [1, 1],
    group: channels,
  };
  const operands = [lowering.reshape(a, [1, channels, 1, g.samples]), lowering.reshape(b, [channels, 1, 1, g.samples])];
  return lowering.emit('Conv', operands, [1, channels, 1, 1], attributes, { domain: DOMAIN });
}

/**
 * One block of channels scaled, shifted, added to and rectified by one blocked convolution of a pixel for each channel:
 * a position of an image and a batch are its block of channels, the samples its pixels.
 */
function scaled(lowering: OnnxLowering, rows: Value, { scale, shift, plus, relu, apart }: Scaling, g: ChannelGeometry) {
  const channels = g.positions * g.batches * g.channels;
  // a shape of its own in the backward pass, but no row of few samples
  const high = apart === undefined ? 1 : 2 ** (1 + (lowering.apart(apart).length % 3));
  const image = g.samples % (8 * high) === 0 ? [1, channels, high, g.samples / high] : [1, channels, 1, g.samples];
  const vector = (column: Value, shape: number[]): Value =>
    lowering.once(`blocks ${column.name} ${shape.join(' ')}`, () => {
      const count = elements(column.shape);
      return lowering.tile(lowering.reshape(column, [count, ...shape.slice(1)]), [channels / count, ...shape.slice(1)]);
    });
  const operands = [
    lowering.reshape(rows, image),
    vector(scale, [channels, 1, 1, 1]),
    vector(shift ?? lowering.once('no shift', () => lowering.floats(new Float32Array(1), [1])), [channels]),
    ...(plus ? [lowering.reshape(plus, image)] : []),
  ];
  const attributes = {
    kernel_shape: [1, 1],
    pads: [0, 0, 0, 0],
    dilations: [1, 1],
    strides: [1, 1],
    group: channels,
    ...(relu ? { activation: 'Relu' } : {}),
  };
  return lowering.reshape(lowering.emit('Conv', operands, image, attributes, { domain: DOMAIN }), rows.shape);
}
