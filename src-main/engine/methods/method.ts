/**
 * What a method is to the engine: a function that builds the loss of one step in the graph. It is given the networks
 * f and h as the paper writes them and the views, and each may be called any number of times. What it carries from step
 * to step beyond them (a queue, prototypes, a target for each image) and what further numbers it is fed stand in its
 * descriptor (shared/methods), with their shapes and schedules; it asks for them here by those names. What it carries
 * is part of the state and of the checkpoint, as 'method.<name>'.
 */
import type { RunConfig } from '../../../shared/config.ts';
import type { Graph, Shape, Tensor } from '../graph.ts';
import type { Initial } from '../state.ts';

export interface MethodStep {
  config: RunConfig;
  graph: Graph;
  /** The augmented views of one batch, each [N, C, H, W]. */
  views: readonly Tensor[];
  /** Backbone and projector, of several views at once: x [N, C, H, W] -> z [N, d]. Each is a batch of its own to batch normalisation. */
  f: (views: readonly Tensor[]) => Tensor[];
  /** Predictor, of several projections at once: z [N, d] -> p [N, d]. */
  h: (projections: readonly Tensor[]) => Tensor[];
  /** Backbone and projector of a copy that follows the network (nn/target.ts), out of the gradient's reach: x -> z [N, d]. */
  target: (views: readonly Tensor[]) => Tensor[];
  /** For each photo of the batch its index among all photos trained on, [N]. */
  images: () => Tensor;
  /** A number that the step is fed, [], or a tensor of another shape. */
  input: (name: string, shape?: Shape) => Tensor;
  /**
   * A tensor that the method carries, at its newest value; `update` replaces it for whatever is built from there on,
   * and for the next step.
   */
  buffer: (name: string, initial: Initial) => Tensor;
  update: (name: string, value: Tensor) => void;
  /** A tensor that the method carries and trains, at a learning rate of its own. */
  parameter: (name: string, initial: Initial, learningRate: Tensor) => Tensor;
}

export interface MethodLoss {
  /** The loss of the step, a scalar. */
  loss: Tensor;
  /** Projections z of the views [N, d], of which the monitor measures the spread. */
  projections: readonly Tensor[];
}

export type Method = (step: MethodStep) => MethodLoss;
