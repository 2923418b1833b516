/**
 * One training step as one graph: the method's loss, its gradient, the optimizer. Inputs are the views, the learning
 * rates, what else the method asks for and the state; outputs are the metrics and the state after the step, in the
 * order in which the backward pass finishes with the parameters, so that gradients and activations die as early as
 * they can. In float16 (loss-scale.ts) a step whose gradient is not finite leaves the state as it was.
 */
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { carriedName, carriedShapes, hasTeacher, viewsOf } from '../../shared/methods/index.ts';
import { gradients } from './gradient.ts';
import { Graph } from './graph.ts';
import type { Shape, Tensor } from './graph.ts';
import { LOSS_SCALE, LossScale, scalerEntries } from './loss-scale.ts';
import { methods } from './methods/index.ts';
import type { Method, MethodStep } from './methods/method.ts';
import { taught } from './methods/teacher.ts';
import { hasPredictor, predictor, projector } from './nn/heads.ts';
import { Network } from './nn/network.ts';
import { backbone } from './nn/backbone.ts';
import { TargetNetwork } from './nn/target.ts';
import {
  add,
  choose,
  div,
  gathered,
  mean,
  mul,
  normalize,
  scale,
  sqrt,
  square,
  sub,
  sumOfSquares,
} from './ops/index.ts';
import { OptimizerStep } from './optimizer/optimizer.ts';
import type { Learning, Move } from './optimizer/optimizer.ts';
import type { StateEntry } from './state.ts';

/** Name of the input with the photos' indices, where the method keeps something for each. */
export const IMAGES = 'images';
export const viewName = (i: number): string => `view${i + 1}`;
export const nextName = (state: string): string => `next.${state}`;
/** Name of the output with one of the rates that parameters are moved at. */
const rateName = (i: number): string => `rate${i + 1}`;
export const squaredGradientName = (parameter: string): string => `squaredGradient.${parameter}`;

export interface TrainingGraph {
  /** Every tensor of the state, the optimizer's slots included. */
  entries: StateEntry[];
  /** Outputs by name: 'loss', 'zStd', nextName of what the step changes, squaredGradientName of the first of those updated together, in float16 LOSS_SCALE, rateName of what moves go by. */
  outputs: Map<string, Tensor>;
  /** Parameters that are to be moved along a slot when the step is done, and the outputs that are their rates; none unless moves are left. */
  moves: { parameter: string; slot: string; rate: string }[];
}

export interface TrainingGraphOptions {
  /** Number of photos trained on, where the method keeps something for each. */
  images?: number;
  /** Shape of each view, [N, C, H, W] unless told, and the backbone that takes it. */
  viewShapes?: readonly Shape[];
  backbone?: (net: Network, x: Tensor) => Tensor;
  /** Whether views computed together follow each other (ops/batch-norm.ts); false unless told. */
  stacked?: boolean;
  /** The method's graph, that of its name unless told. */
  method?: Method;
  /** Whether parameters that go along a slot are left where they are (moves.ts); false unless told, and never in float16. */
  leavesMoves?: boolean;
}

const PREDICTOR = 'predictor.';
const BACKBONE = 'backbone.';

/** Stages between a parameter of the encoder and its features: 0 in the last one, 4 in the stem. */
const stagesBehind = (name: string): number => 4 - Number(/^backbone\.layer(\d)\./.exec(name)?.[1] ?? 0);

/**
 * The graph of one step of `config` on a batch of views: loss, gradients, and each state as it is after the step.
 * @throws ShapeError where the network cannot be laid over views of this size
 */
export function trainingGraph(config: RunConfig, options: TrainingGraphOptions = {}): TrainingGraph {
  const graph = new Graph();
  const { batchSize } = config;
  const {
    images = 1,
    viewShapes = viewsOf(config).map(({ size }) => [batchSize, channelsOf(config), size, size]),
    backbone: features = (of: Network, x: Tensor) => backbone(of, 'backbone', x, config.backbone),
    method = methods[config.method],
    stacked = false,
    leavesMoves = false,
  } = options;
  const fixed = (name: string) => config.predictor.kind === 'fixed' && name.startsWith(PREDICTOR);
  const net = new Network(graph, 'training', fixed, stacked);
  /** Features of the views that the network saw, which a teacher has a say in. */
  const seen: Tensor[] = [];
  const encode = (of: Network, views: readonly Tensor[]) => {
    const project = (all: Tensor) => projector(of, 'projector', all, config.head);
    if (of !== net || !hasTeacher(config)) return of.together(views, (all) => project(features(of, all)));
    const own = of.together(views, (all) => features(of, all));
    seen.push(...own);
    return of.together(own, project);
  };
  const views = viewShapes.map((shape, i) => graph.input(viewName(i), shape));
  /** The graph's input of this name, which several may ask for. */
  const fed = (name: string, shape: Shape = []) => graph.inputs.get(name) ?? graph.input(name, shape);
  const shapes = carriedShapes(config, images);
  const shapeOf = (name: string) => {
    const shape = shapes.get(carriedName(name));
    if (!shape) throw new Error(`the descriptor of ${config.method} says nothing of what it carries as ${name}`);
    return shape;
  };
  const rates = new Map<string, Tensor>();
  let copy: TargetNetwork | undefined;
  const step: MethodStep = {
    config,
    graph,
    views,
    f: (x) => encode(net, x),
    h: (z) => (hasPredictor(config) ? net.together(z, (all) => predictor(net, 'predictor', all, config)) : [...z]),
    target: (x) => encode((copy ??= new TargetNetwork(net)), x),
    images: () => fed(IMAGES, [batchSize]),
    input: fed,
    buffer: (name, initial) => net.buffer(carriedName(name), shapeOf(name), initial),
    update: (name, value) => net.update(carriedName(name), value),
    parameter(name, initial, learningRate) {
      rates.set(carriedName(name), learningRate);
      return net.parameter(carriedName(name), shapeOf(name), initial);
    },
  };
  const untaught = method(step);
  const { loss, projections } = hasTeacher(config) ? taught(step, seen, untaught) : untaught;

  const outputs = new Map<string, Tensor>([
    ['loss', loss],
    ['zStd', spread(projections)],
  ]);
  const rate = fed('learningRate');
  const predictorRate = fed('predictorLearningRate');
  const { settleEpochs, layerDecay } = config.optimizer;
  const encoderRate = settleEpochs > 0 ? fed('backboneLearningRate') : rate;
  /** The encoder's rates, by the number of stages behind. */
  const slowed = [0, 1, 2, 3, 4].map((behind) =>
    layerDecay === 1 || behind === 0 ? encoderRate : scale(encoderRate, layerDecay ** behind),
  );
  const rateOf = (name: string): Tensor => {
    if (name.startsWith(BACKBONE)) return slowed[stagesBehind(name)]!;
    return rates.get(name) ?? (name.startsWith(PREDICTOR) ? predictorRate : rate);
  };
  const parameters = net.parameters();
  const scaler = config.precision === 'float16' ? new LossScale((name) => graph.input(name, [])) : undefined;
  const flows = gradients(
    loss,
    parameters.map((p) => p.tensor),
    scaler?.factor,
  );
  const unscale = scaler && div(graph.constant(1), scaler.factor);
  const updates: [name: string, next: Tensor][] = [];
  const squares: Tensor[] = [];
  const optimizer = new OptimizerStep(graph, config.optimizer, leavesMoves && !scaler);
  const replace = (name: string, next: Tensor) =>
    scaler ? updates.push([name, next]) : outputs.set(nextName(name), next);
  const learn = (together: readonly Learning[], flow: Tensor) => {
    const gradient = unscale ? mul(flow, unscale) : flow;
    for (const [changed, next] of optimizer.update(together, gradient)) replace(changed, next);
    squares.push(sumOfSquares(gradient));
    outputs.set(squaredGradientName(together[0]!.name), squares.at(-1)!);
  };
  const vectors = new Map<Tensor, { learning: Learning; flow: Tensor }[]>();
  for (const [i, { name, tensor }] of [...parameters.entries()].reverse()) {
    const flow = flows[i];
    if (!flow) continue;
    const learning = { name, tensor, learningRate: rateOf(name) };
    if (tensor.shape.length > 1) learn([learning], flow);
    else vectors.set(rateOf(name), [...(vectors.get(rateOf(name)) ?? []), { learning, flow }]);
  }
  for (const group of vectors.values())
    learn(
      group.map((g) => g.learning),
      gathered(group.map((g) => g.flow)),
    );
  for (const [name, tensor] of [...optimizer.numbers, ...net.updated()]) replace(name, tensor);
  if (scaler) {
    const counted = scaler.counts(squares.reduce(add));
    for (const [name, next] of updates) outputs.set(nextName(name), choose(counted, next, graph.inputs.get(name)!));
    for (const [name, next] of scaler.next(counted)) outputs.set(nextName(name), next);
    outputs.set(LOSS_SCALE, scale(scaler.factor, 1));
  }
  const entries = [...net.entries, ...optimizer.entries, ...(scaler ? scalerEntries : [])];
  return { entries, outputs, moves: ratedMoves(optimizer.moves, outputs) };
}

/** Adds the rates that the moves go by to the outputs, each once: as products by one, as a rate may be an input. */
function ratedMoves(moves: readonly Move[], outputs: Map<string, Tensor>): TrainingGraph['moves'] {
  const names = new Map<Tensor, string>();
  return moves.map(({ learningRate, ...move }) => {
    const rate = names.get(learningRate) ?? rateName(names.size);
    if (!names.has(learningRate)) outputs.set(rate, scale(learningRate, 1));
    names.set(learningRate, rate);
    return { ...move, rate };
  });
}

/**
 * Spread of the projections on the sphere (paper, Sec. 4.1): sqrt(d) times the mean over channels of the (biased)
 * deviation over the batch of z / ||z||, mean of the views. 1 where directions are isotropic, 0 when all agree.
 */
function spread(projections: readonly Tensor[]): Tensor {
  const ratios = projections.map((z) => {
    const y = normalize(z); // [N, d]
    const deviation = sqrt(mean(square(sub(y, mean(y, [0], true))), [0])); // [d]
    return scale(mean(deviation), Math.sqrt(z.shape[1]!));
  });
  return scale(ratios.reduce(add), 1 / ratios.length);
}
