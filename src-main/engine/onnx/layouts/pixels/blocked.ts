/**
 * Convolution of as many channels as a vector register holds numbers (16 with AVX-512, 8 with AVX2), by the kernel
 * that the runtime has for images whose channels stand in blocks of that many. With one such block an image held as
 * [H, W, N, C] is already one: a single image H high and W * N wide, in which the neighbours of a pixel are N apart,
 * as a dilation of N says. 5.7 ms against Winograd's 20 for 256 images of 32 x 32 px and 16 channels (2 cores, AVX-512).
 */
import type { Value } from '../../emitter.ts';
import type { OnnxLowering } from '../../lowering.ts';
import type { Geometry } from '../layout.ts';

const DOMAIN = 'com.microsoft.nchwc';

export const isOneBlock = (lowering: OnnxLowering, g: Geometry): boolean =>
  lowering.channelBlock > 0 &&
  g.inChannels === lowering.channelBlock &&
  g.outChannels === lowering.channelBlock &&
  g.kernel === 3 &&
  g.stride === 1 &&
  g.padding === 1;

/** x [H, W, N, C], weight [C, C, 3, 3]: y [H, W, N, C]. */
export const blockedConvolve = (lowering: OnnxLowering, x: Value, weight: Value): Value =>
  // the kernel wants [3, 3, in, out], under a shape that says out, in
  blocked(
    lowering,
    x,
    lowering.once(`blocked ${weight.name}`, () => lowering.transpose(weight, [2, 3, 1, 0])),
  );

/** dy [H, W, N, C], weight [C, C, 3, 3]: dx [H, W, N, C]; a convolution by the weights turned by half a turn. */
export const blockedInputGradient = (lowering: OnnxLowering, dy: Value, weight: Value): Value =>
  blocked(
    lowering,
    dy,
    lowering.once(`blocked turned ${weight.name}`, () =>
      lowering.transpose(lowering.reversed(weight, [2, 3]), [2, 3, 0, 1]),
    ),
  );

function blocked(lowering: OnnxLowering, x: Value, weight: Value): Value {
  const [height, width, batch, channels] = x.shape as [number, number, number, number];
  const image = lowering.reshape(x, [1, channels, height, width * batch]);
  const attributes = {
    kernel_shape: [3, 3],
    pads: [1, batch, 1, batch],
    dilations: [1, batch],
    strides: [1, 1],
    group: 1,
  };
  const operands = [image, lowering.reshape(weight, [channels, channels, 3, 3])];
  return lowering.reshape(lowering.emit('Conv', operands, image.shape, attributes, { domain: DOMAIN }), x.shape);
}
