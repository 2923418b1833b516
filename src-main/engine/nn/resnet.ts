/**
 * ResNet (He et al. 2015) as torchvision names and builds it: 18 and 34 of basic blocks, 50 of bottlenecks with the
 * stride on the 3x3. `width` multiplies every channel count (to multiples of 8); the cifar stem is one 3x3
 * convolution without pooling. Ends at the pooled features; there is no classifier.
 */
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import { globalAveragePool, maxPool } from '../ops/index.ts';
import { batchNorm, conv } from './layers.ts';
import type { Network } from './network.ts';

type BackboneConfig = RunConfig['backbone'];

const ARCHITECTURES = {
  resnet18: { blocks: [2, 2, 2, 2], bottleneck: false },
  resnet34: { blocks: [3, 4, 6, 3], bottleneck: false },
  resnet50: { blocks: [3, 4, 6, 3], bottleneck: true },
} as const;

const BOTTLENECK_EXPANSION = 4;

/** Channels of stage i (0 to 3): 64, 128, 256, 512 times the width, to a multiple of 8. */
const stageChannels = (config: BackboneConfig, stage: number): number =>
  Math.max(8, Math.round((64 * 2 ** stage * config.width) / 8) * 8);

const expansion = (config: BackboneConfig): number =>
  ARCHITECTURES[config.name].bottleneck ? BOTTLENECK_EXPANSION : 1;

/** Size D of the pooled features. */
export const backboneDim = (config: BackboneConfig): number => stageChannels(config, 3) * expansion(config);

/** x [N, 3, H, W] -> pooled features [N, D]. */
export function resnet(net: Network, name: string, x: Tensor, config: BackboneConfig): Tensor {
  const { blocks, bottleneck } = ARCHITECTURES[config.name];
  const block = bottleneck ? bottleneckBlock : basicBlock;
  let y = stem(net, name, x, config);
  blocks.forEach((count, stage) => {
    for (let i = 0; i < count; i++) {
      const stride = stage > 0 && i === 0 ? 2 : 1;
      y = block(net, `${name}.layer${stage + 1}.${i}`, y, stageChannels(config, stage), stride);
    }
  });
  return globalAveragePool(y); // [N, D]
}

function stem(net: Network, name: string, x: Tensor, config: BackboneConfig): Tensor {
  const channels = stageChannels(config, 0);
  const cifar = config.stem === 'cifar';
  const y = conv(net, `${name}.conv1`, x, cifar ? { channels, kernel: 3 } : { channels, kernel: 7, stride: 2 });
  const z = batchNorm(net, `${name}.bn1`, y, { relu: true });
  return cifar ? z : maxPool(z, { kernel: 3, stride: 2, padding: 1 });
}

function basicBlock(net: Network, name: string, x: Tensor, channels: number, stride: number): Tensor {
  let y = conv(net, `${name}.conv1`, x, { channels, kernel: 3, stride });
  y = batchNorm(net, `${name}.bn1`, y, { relu: true });
  y = conv(net, `${name}.conv2`, y, { channels, kernel: 3 });
  return batchNorm(net, `${name}.bn2`, y, {
    initialScale: 0,
    shortcut: shortcutOf(net, name, x, channels, stride),
    relu: true,
  });
}

function bottleneckBlock(net: Network, name: string, x: Tensor, channels: number, stride: number): Tensor {
  const out = channels * BOTTLENECK_EXPANSION;
  let y = conv(net, `${name}.conv1`, x, { channels, kernel: 1 });
  y = batchNorm(net, `${name}.bn1`, y, { relu: true });
  y = conv(net, `${name}.conv2`, y, { channels, kernel: 3, stride });
  y = batchNorm(net, `${name}.bn2`, y, { relu: true });
  y = conv(net, `${name}.conv3`, y, { channels: out, kernel: 1 });
  return batchNorm(net, `${name}.bn3`, y, {
    initialScale: 0,
    shortcut: shortcutOf(net, name, x, out, stride),
    relu: true,
  });
}

/** The input itself, or projected by a 1x1 convolution where the shape changes. */
function shortcutOf(net: Network, name: string, x: Tensor, channels: number, stride: number): Tensor {
  if (stride === 1 && x.shape[1] === channels) return x;
  const projected = conv(net, `${name}.downsample.0`, x, { channels, kernel: 1, stride });
  return batchNorm(net, `${name}.downsample.1`, projected);
}
