/**
 * The filter gradient of a 3x3 convolution of one block of channels (blocked.ts), as a blocked convolution itself: of x
 * by dy, over whole images, whose nine results are the taps.
 *
 * Down the image it is Winograd's method, six products where the taps are twelve: both are transformed along H alone.
 * Across it the runtime's convolution shifts for nothing: its channels are sixteen samples, its kernel W high and N / 16
 * wide is dy as it lies, [W, N / 16, 16 samples, O], its image [W, N / 16 I, 16 samples] moves by one pixel up and down
 * for the columns of taps, and by one number to the right for the next input channel. The points are its groups, and the
 * tiles of a group its blocks of input channels.
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';
import { DOMAIN, isOneBlock } from './blocked.ts';
import { matrixOf, minimalFiltering, tilesOf } from './winograd-matrices.ts';

const TILE = 4;

export const hasBlockedFilterGradient = (lowering: OnnxLowering, g: Geometry): boolean =>
  isOneBlock(lowering, g) && g.batch % lowering.channelBlock === 0;

/** x [H, W, N, I], dy [H, W, N, O] of one block of channels: dw [O, I, 3, 3]. */
export function blockedFilterGradient(lowering: OnnxLowering, x: Value, dy: Value, g: Geometry): Value {
  const { height, width, batch, inChannels, outChannels } = g;
  const block = lowering.channelBlock;
  const many = batch / block;
  const { groups, together } = tilesOf(height, TILE);
  const pointGroups = groups * (TILE + 2);
  const lead = lowering.apart(`blocked filter ${dy.name}`);

  const side = 4; // block = side * (block / side): the runtime's operator wants images
  const squares = lowering.reshape(x, [height * width * many, block, side, inChannels / side]);
  const turned = lowering.emit('ReorderInput', [squares], squares.shape, {}, { domain: DOMAIN }); // [.., I, 16 samples]
  const transform = (kind: 'input' | 'outputT', of: Value, inGroups: number): Value => {
    const size = height / inGroups;
    const matrix = lowering.once(`blocked ${kind} ${size}`, () => {
      const { data, rows, columns } = matrixOf(kind, size, TILE);
      return lowering.floats(data, [rows, columns]);
    });
    const rows = [...lead, ...(inGroups > 1 ? [inGroups] : []), size, width * batch * inChannels];
    return lowering.matMul(matrix, lowering.reshape(of, rows));
  };
  const image = lowering.reshape(transform('input', turned, 1), [
    1,
    pointGroups * together * block,
    width,
    many * inChannels,
  ]);
  const kernel = lowering.reshape(transform('outputT', dy, groups), [
    pointGroups * outChannels,
    together * block,
    width,
    many,
  ]);
  const products = lowering.emit(
    'Conv',
    [image, kernel],
    [1, pointGroups * outChannels, 3, inChannels],
    {
      kernel_shape: [width, many],
      pads: [1, 0, 1, 0],
      dilations: [1, inChannels],
      strides: [1, 1],
      group: pointGroups,
    },
    { domain: DOMAIN },
  ); // [points, 3, I, O]
  const taps = lowering.once(`blocked taps ${groups}`, () => {
    const { filter } = minimalFiltering(TILE);
    const data = [0, 1, 2].flatMap((ky) => Array.from({ length: groups }, () => filter.map((row) => row[ky]!)).flat());
    return lowering.floats(Float32Array.from(data), [3, pointGroups]);
  });
  const sums = lowering.matMul(taps, lowering.reshape(products, [pointGroups, 3 * inChannels * outChannels]));
  return lowering.transpose(lowering.reshape(sums, [3, 3, inChannels, outChannels]), [3, 2, 0, 1]);
}
