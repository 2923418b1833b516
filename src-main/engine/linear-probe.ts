/**
 * The training step of a linear classifier on frozen features: softmax cross-entropy, its gradient and the optimizer
 * of a training run, as one graph. Leaves batches, schedules and what the features are to its caller.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { ShapeError } from './errors.ts';
import { gradients } from './gradient.ts';
import { Graph } from './graph.ts';
import { Network } from './nn/network.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { linear, logSoftmax, mean, mul, scale, sum } from './ops/index.ts';
import { OptimizerStep } from './optimizer/optimizer.ts';
import type { OptimizerSettings } from './optimizer/optimizer.ts';
import { HostState } from './resident-state.ts';
import { openSession } from './session.ts';
import { initialTensor } from './state.ts';
import type { State } from './state.ts';
import { nextName } from './training-graph.ts';

const WEIGHT = 'probe.weight';
const BIAS = 'probe.bias';
/** Deviation of the first weights (MoCo's and SimSiam's linear evaluation); the bias begins at zero. */
const INITIAL_DEVIATION = 0.01;

export interface LinearProbeOptions {
  /** Rows of a step N, numbers a row d, classes K. */
  batch: number;
  dimensions: number;
  classes: number;
  optimizer: OptimizerSettings;
  seed: number;
  threads?: number;
}

/** A linear classifier of rows [N, d] and its optimizer, trained a step at a time. It holds memory until `close`. */
export class LinearProbe {
  readonly #options: LinearProbeOptions;
  readonly #session: InferenceSession;
  readonly #state: HostState;

  private constructor(options: LinearProbeOptions, session: InferenceSession, state: HostState) {
    this.#options = options;
    this.#session = session;
    this.#state = state;
  }

  /** Starts from counted random weights, or from `start` ('probe.weight' [K, d], 'probe.bias' [K]). @throws StateError */
  static async create(options: LinearProbeOptions, start?: State): Promise<LinearProbe> {
    const { batch, dimensions, classes, optimizer, seed, threads } = options;
    const graph = new Graph();
    const net = new Network(graph, 'training');
    const weight = net.parameter(WEIGHT, [classes, dimensions], { kind: 'normal', deviation: INITIAL_DEVIATION });
    const bias = net.parameter(BIAS, [classes], { kind: 'constant', value: 0 });
    const logits = linear(graph.input('features', [batch, dimensions]), weight, bias); // [N, K]
    const loss = scale(mean(sum(mul(logSoftmax(logits), graph.input('targets', [batch, classes])), [1])), -1);
    const rate = graph.input('learningRate', []);
    const update = new OptimizerStep(graph, optimizer);
    const parameters = net.parameters();
    const flows = gradients(
      loss,
      parameters.map(({ tensor }) => tensor),
    );
    const outputs = new Map([['loss', loss]]);
    for (const [i, { name, tensor }] of parameters.entries())
      for (const [changed, next] of update.update([{ name, tensor, learningRate: rate }], flows[i]!))
        outputs.set(nextName(changed), next);
    const entries = [...net.entries, ...update.entries];
    const state = new HostState(entries, [...outputs.keys()]);
    state.write(start ?? new Map(entries.map((entry) => [entry.name, initialTensor(entry, seed)])));
    const session = await openSession(new OnnxLowering().model('probe-step', outputs), { threads });
    return new LinearProbe(options, session, state);
  }

  /**
   * One step on rows [N, d] whose classes `targets` [N, K] holds as ones among zeros.
   * @returns the mean cross-entropy before the step
   * @throws ShapeError
   */
  async step(features: Float32Array, targets: Float32Array, learningRate: number): Promise<number> {
    const { batch, dimensions, classes } = this.#options;
    if (features.length !== batch * dimensions || targets.length !== batch * classes)
      throw new ShapeError(
        'probe',
        [[features.length], [targets.length]],
        `needs ${batch} rows of ${dimensions} numbers and of ${classes} classes`,
      );
    const given: Record<string, OrtTensor> = {
      features: new OrtTensor('float32', features, [batch, dimensions]),
      targets: new OrtTensor('float32', targets, [batch, classes]),
      learningRate: new OrtTensor('float32', Float32Array.of(learningRate), []),
    };
    const feeds = Object.fromEntries(
      this.#session.inputNames.map((name) => [name, given[name] ?? this.#state.tensor(name)!]),
    );
    const results = await this.#session.run(feeds, { loss: null, ...this.#state.fetches() });
    this.#state.advance();
    return (results['loss']!.data as Float32Array)[0]!;
  }

  /** A copy of weight [K, d] and bias [K]. */
  async read(): Promise<{ weight: Float32Array; bias: Float32Array }> {
    const state = await this.#state.read();
    return { weight: state.get(WEIGHT)!.data, bias: state.get(BIAS)!.data };
  }

  async close(): Promise<void> {
    await this.#state.close();
    await this.#session.release();
  }
}
