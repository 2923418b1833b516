/** What a configuration costs whatever the machine: parameters, multiply-adds and activations of its network. */
import { backboneCost, backboneDim, finalSide } from '../backbone.ts';
import type { RunConfig } from '../config.ts';
import { channelsOf } from '../input.ts';
import { copiesNetwork, viewsOf } from '../methods/index.ts';

export interface NetworkCost {
  backboneParameters: number;
  parameters: number;
  /** Multiply-adds of one view, forward: backbone and heads. */
  forwardMacs: number;
  /** Numbers that one view leaves for the backward pass. */
  activations: number;
}

/** Side of the feature map that the last stage sees. */
export const finalMap = (config: Pick<RunConfig, 'imageSize' | 'backbone'>): number =>
  finalSide(config.backbone, config.imageSize);

/** What the network of a run costs, backbone and heads. */
export function networkCost(config: RunConfig): NetworkCost {
  const { parameters: backboneParameters, ...cost } = backboneCost(
    config.backbone,
    config.imageSize,
    channelsOf(config),
  );
  let parameters = backboneParameters;
  const linear = (from: number, out: number) => {
    parameters += from * out + 2 * out;
    cost.macs += from * out;
    cost.activations += 2 * out;
  };
  const { hiddenDim, outputDim, layers } = config.head;
  const features = backboneDim(config.backbone);
  for (let i = 0; i < layers; i++) linear(i === 0 ? features : hiddenDim, i === layers - 1 ? outputDim : hiddenDim);
  if (config.predictor.kind === 'mlp' || config.predictor.kind === 'fixed') {
    linear(outputDim, config.predictor.hiddenDim);
    linear(config.predictor.hiddenDim, outputDim);
  }
  return { backboneParameters, parameters, forwardMacs: cost.macs, activations: cost.activations };
}

/** Views of a photo that the gradient sees, a smaller one as its share of a view of imageSize. */
function seenViews(config: RunConfig): number {
  const views = viewsOf(config).reduce((sum, { size }) => sum + (size / config.imageSize) ** 2, 0);
  return config.symmetry === 'symmetric' ? views : views / 2;
}

/** Floating-point operations of training on one photo: a view forward, backward twice as much, 2 per MAC. */
export function trainingFlops(config: RunConfig, cost: NetworkCost = networkCost(config)): number {
  const seen = seenViews(config);
  const aimedAt = config.symmetry === 'symmetric' && !copiesNetwork(config) ? 0 : seen;
  return 2 * (3 * seen + aimedAt) * cost.forwardMacs;
}

/** Numbers that a step leaves for its backward pass; as of two views at least, as one without gradient takes room too. */
export const keptActivations = (config: RunConfig, cost: NetworkCost): number =>
  Math.max(2, seenViews(config)) * config.batchSize * cost.activations;
