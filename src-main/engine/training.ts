/**
 * TrainingSession: holds the state of a run and advances it one step at a time. Knows nothing of schedules, data or
 * checkpoints.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { viewsOf } from '../../shared/methods.ts';
import { ShapeError } from './errors.ts';
import { elements } from './graph.ts';
import { MOVING_AVERAGE } from './methods/simsiam.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { imageLayout, openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { tensorOf } from './state.ts';
import type { State, StateEntry, TensorData } from './state.ts';
import { IMAGES, momentumName, nextName, squaredGradientName, trainingGraph, viewName } from './training-graph.ts';

export interface StepInput {
  /** Augmented views of one batch, each [N, 3, H, W], normalised: those of viewsOf(config). */
  views: readonly Float32Array[];
  learningRate: number;
  predictorLearningRate: number;
  /** SwAV: 0 while the prototypes are fixed. */
  prototypeLearningRate?: number;
  /** Where a copy follows the network (MoCo, BYOL, an alternation): its share of itself, 0 at a run's first step. */
  targetMomentum?: number;
  /** With a moving average: numbers [N] of the batch's photos among all that are trained on, from 0. */
  images?: Float32Array;
}

export interface StepMetrics {
  /** Of the batch, before the step. */
  loss: number;
  /** Spread of z in training mode: 1 isotropic, 0 collapsed to a point. */
  zStd: number;
  /** Length of the gradient of all parameters, without weight decay. */
  gradientNorm: number;
}

export class TrainingSession {
  private readonly config: RunConfig;
  private readonly entries: readonly StateEntry[];
  private readonly session: InferenceSession;
  /** The state as it is, and the tensors that the next step writes. Momenta are written in place. */
  private readonly current = new Map<string, OrtTensor>();
  private readonly spare = new Map<string, OrtTensor>();
  private readonly changed: readonly string[];
  private readonly measured: Record<string, null>;

  private constructor(config: RunConfig, entries: readonly StateEntry[], session: InferenceSession, state: State) {
    this.config = config;
    this.entries = entries;
    this.session = session;
    const outputs = new Set(session.outputNames);
    this.changed = entries.map((e) => e.name).filter((name) => outputs.has(nextName(name)));
    this.measured = Object.fromEntries(session.outputNames.filter((n) => !n.startsWith('next.')).map((n) => [n, null]));
    this.writeState(state);
  }

  /**
   * Compiles the step of `config` and starts from `state`; momenta that the state lacks start at zero.
   * @throws StateError, DeviceError, ShapeError
   */
  static async create(config: RunConfig, state: State, settings: SessionSettings = {}): Promise<TrainingSession> {
    const { entries, outputs } = trainingGraph(config, { images: imagesOf(state) });
    const model = new OnnxLowering({ images: settings.images ?? imageLayout(settings.device) }).model('training-step', outputs);
    // A memory pattern is planned from a first run without one, whose memory the arena then keeps beside the planned
    // block: 2.7 GB instead of 1.3 for ResNet-18 at 64 x 32 px. Without an arena it is 1.15, and a step 15 % slower.
    const session = await openSession(model, settings, { graphOptimizationLevel: 'all', enableMemPattern: false });
    return new TrainingSession(config, entries, session, state);
  }

  /** One step of gradient descent. @throws ShapeError when the views are not those of the configuration, or an input of its method is missing. */
  async step(input: StepInput): Promise<StepMetrics> {
    const feeds = this.feedsOf(input);
    const fetches: Record<string, OrtTensor | null> = { ...this.measured };
    for (const name of this.changed) fetches[nextName(name)] = this.spare.get(name) ?? this.current.get(name)!;
    const results = await this.session.run(feeds, fetches);
    for (const name of this.changed) {
      const written = this.spare.get(name);
      if (!written) continue;
      this.spare.set(name, this.current.get(name)!);
      this.current.set(name, written);
    }
    const scalar = (name: string) => (results[name]!.data as Float32Array)[0]!;
    const squared = this.entries.filter((e) => squaredGradientName(e.name) in this.measured);
    const gradientNorm = Math.sqrt(squared.reduce((total, e) => total + scalar(squaredGradientName(e.name)), 0));
    return { loss: scalar('loss'), zStd: scalar('zStd'), gradientNorm };
  }

  private feedsOf({ views, images, ...scalars }: StepInput): Record<string, OrtTensor> {
    const { batchSize } = this.config;
    const shapes = viewsOf(this.config).map(({ size }) => [batchSize, 3, size, size]);
    if (views.length !== shapes.length || views.some((v, i) => v.length !== elements(shapes[i]!)))
      throw new ShapeError('step', views.map((v) => [v.length]), `needs ${shapes.length} views of ${shapes.map((s) => s.join(' x ')).join(', ')} numbers`);
    const given: Record<string, OrtTensor> = Object.fromEntries(views.map((view, i) => [viewName(i), new OrtTensor('float32', view, shapes[i]!)]));
    for (const [name, value] of Object.entries(scalars)) given[name] = new OrtTensor('float32', Float32Array.of(value), []);
    if (images) given[IMAGES] = new OrtTensor('float32', images, [batchSize]);
    const feeds: Record<string, OrtTensor> = {};
    for (const name of this.session.inputNames) {
      const feed = given[name] ?? this.current.get(name);
      if (!feed) throw new ShapeError('step', [], `${this.config.method} with these settings needs the input ${name}`);
      feeds[name] = feed;
    }
    return feeds;
  }

  /** A copy of the state. */
  async readState(): Promise<State> {
    return new Map(
      this.entries.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: (this.current.get(name)!.data as Float32Array).slice() },
      ]),
    );
  }

  /** Replaces the state by a copy of `state`; momenta that it lacks become zero. @throws StateError */
  writeState(state: State): void {
    const momenta = new Set(this.entries.map((e) => momentumName(e.name)));
    const tensors = this.entries.map((entry): [StateEntry, TensorData] => {
      if (momenta.has(entry.name) && !state.has(entry.name))
        return [entry, { shape: [...entry.shape], data: new Float32Array(elements(entry.shape)) }];
      return [entry, tensorOf(state, entry.name, entry.shape)];
    });
    for (const [{ name, shape }, { data }] of tensors) {
      this.current.set(name, new OrtTensor('float32', data.slice(), shape));
      // A momentum is read once, by the product that its successor is made of, so it can be overwritten.
      if (!momenta.has(name) && this.changed.includes(name))
        this.spare.set(name, new OrtTensor('float32', new Float32Array(data.length), shape));
    }
  }

  async close(): Promise<void> {
    await this.session.release();
  }
}

/** Photos that the state keeps something for. */
const imagesOf = (state: State): number | undefined => state.get(MOVING_AVERAGE)?.shape[0];
