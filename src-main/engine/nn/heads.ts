/**
 * Projector and predictor (paper, Sec. 3): multilayer perceptrons, named by their position in torch's Sequential of
 * the authors' code. `norm` places batch normalisation (paper, Table 3): none; hidden layers; default, which adds the
 * projector's output (without scale and bias); all, which adds the predictor's.
 */
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import { relu } from '../ops/index.ts';
import { batchNorm, linear } from './layers.ts';
import type { Network } from './network.ts';

/** features [N, D] -> z [N, d]. A linear layer that batch normalisation follows has no bias: it would cancel. */
export function projector(net: Network, name: string, x: Tensor, head: RunConfig['head']): Tensor {
  const hiddenNorm = head.norm !== 'none';
  const outputNorm = head.norm === 'default' || head.norm === 'all';
  let y = x;
  let position = 0;
  for (let layer = 1; layer < head.layers; layer++) {
    y = hidden(net, name, position, y, head.hiddenDim, hiddenNorm);
    position += hiddenNorm ? 3 : 2;
  }
  const z = linear(net, `${name}.${position}`, y, head.outputDim, !outputNorm);
  return outputNorm ? batchNorm(net, `${name}.${position + 1}`, z, { affine: false }) : z; // [N, d]
}

/**
 * Whether a predictor is trained or fixed: none where it is the identity, or a moving average of targets takes its
 * place.
 */
export const hasPredictor = ({ predictor: { kind } }: Pick<RunConfig, 'predictor'>): boolean =>
  kind === 'mlp' || kind === 'fixed';

/**
 * z [N, d] -> p [N, d] through a bottleneck; without a predictor p is z. A fixed one stays as it was
 * drawn (paper, Table 1b): its parameters are fixed ones of the network.
 */
export function predictor(
  net: Network,
  name: string,
  z: Tensor,
  config: Pick<RunConfig, 'head' | 'predictor'>,
): Tensor {
  if (!hasPredictor(config)) return z;
  const { norm, outputDim } = config.head;
  const hiddenNorm = norm !== 'none';
  const y = hidden(net, name, 0, z, config.predictor.hiddenDim, hiddenNorm);
  const position = hiddenNorm ? 3 : 2;
  const p = linear(net, `${name}.${position}`, y, outputDim, norm !== 'all');
  return norm === 'all' ? batchNorm(net, `${name}.${position + 1}`, p) : p; // [N, d]
}

function hidden(net: Network, name: string, position: number, x: Tensor, units: number, norm: boolean): Tensor {
  const y = linear(net, `${name}.${position}`, x, units, !norm);
  return norm ? batchNorm(net, `${name}.${position + 1}`, y, { relu: true }) : relu(y);
}
