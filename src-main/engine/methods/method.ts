/**
 * What a method is to the engine: a function that builds the loss of one step in the graph. It is given the networks
 * f and h as the paper writes them and the views; what it carries from step to step beyond them (a queue, prototypes,
 * a target for each image) it registers with `net.buffer('method.<...>')` and replaces with `net.update`, or trains
 * with `net.parameter('method.<...>')`; it all becomes part of the state and of the checkpoint.
 */
import type { RunConfig } from '../../../shared/config.ts';
import type { Tensor } from '../graph.ts';
import type { Network } from '../nn/network.ts';

export interface MethodStep {
  config: RunConfig;
  net: Network;
  /** The augmented views of one batch, each [N, 3, H, W]. */
  views: readonly Tensor[];
  /** Backbone and projector, of several views at once: x [N, 3, H, W] -> z [N, d]. Each is a batch of its own to batch normalisation. */
  f: (views: readonly Tensor[]) => Tensor[];
  /** Predictor, of several projections at once: z [N, d] -> p [N, d]. */
  h: (projections: readonly Tensor[]) => Tensor[];
  /** Backbone and projector of a copy that follows the network (nn/target.ts), out of the gradient's reach: x -> z [N, d]. */
  target: (views: readonly Tensor[]) => Tensor[];
  /** Numbers of the photos of the batch among those trained on, [N], and how many these are. */
  images: () => { numbers: Tensor; count: number };
}

export interface MethodLoss {
  /** A scalar. */
  loss: Tensor;
  /** Projections z of the views [N, d], of which the monitor measures the spread. */
  projections: readonly Tensor[];
}

export type Method = (step: MethodStep) => MethodLoss;
