/** The graph of a backbone from its list of layers (shared/backbone.ts), and the mean over the positions of its map. */
import { backboneLayers, stageOf } from '../../../shared/backbone.ts';
import type { Convolution, Layer } from '../../../shared/backbone.ts';
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import { concat, globalAveragePool, maxPool } from '../ops/index.ts';
import { batchNorm, conv } from './layers.ts';
import type { BatchNormOptions } from './layers.ts';
import type { Network } from './network.ts';

/** x [N, C, H, W] -> pooled features [N, D]. */
export const backbone = (net: Network, name: string, x: Tensor, config: RunConfig['backbone']): Tensor =>
  globalAveragePool(backboneLayers(config, x.shape[1]!).reduce((y, layer) => apply(net, name, y, layer), x));

/** The third stage and the fourth, which tells photos apart by coarser things, each pooled: both, [N, S]. */
export function lateStages(net: Network, name: string, x: Tensor, config: RunConfig['backbone']): Tensor {
  const layers = backboneLayers(config, x.shape[1]!);
  const upTo = (stage: number, y: Tensor, after = -1) =>
    layers
      .filter((layer) => stageOf(layer) > after && stageOf(layer) <= stage)
      .reduce((z, layer) => apply(net, name, z, layer), y);
  const third = upTo(3, x);
  return concat([globalAveragePool(third), globalAveragePool(upTo(4, third, 3))], 1);
}

function apply(net: Network, path: string, x: Tensor, layer: Layer): Tensor {
  const normalized = (y: Tensor, { name, norm, output, kernel, stride }: Convolution) => {
    const z = conv(net, `${path}.${name}`, y, { channels: output, kernel, stride });
    return (options: BatchNormOptions) => batchNorm(net, `${path}.${norm}`, z, options);
  };
  switch (layer.kind) {
    case 'convolution':
      return normalized(x, layer)({ relu: true });
    case 'pool':
      return maxPool(x, { kernel: layer.kernel, stride: layer.stride, padding: (layer.kernel - 1) / 2 });
    case 'residual': {
      const last = layer.body.at(-1)!;
      const inner = layer.body.slice(0, -1).reduce((y, part) => normalized(y, part)({ relu: true }), x);
      const end = normalized(inner, last);
      const shortcut = layer.shortcut ? normalized(x, layer.shortcut)({}) : x;
      return end({ initialScale: 0, shortcut, relu: true }); // 0, so that blocks begin as the identity
    }
    default:
      return layer satisfies never;
  }
}
