/**
 * TrainingSession: holds the state of a run and advances it one step at a time. Knows nothing of schedules, data or
 * checkpoints.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { viewsOf } from '../../shared/methods.ts';
import { ShapeError } from './errors.ts';
import { channelBlock } from './channel-block.ts';
import { elements } from './graph.ts';
import { MOVING_AVERAGE } from './methods/simsiam.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { DeviceState, HostState } from './resident-state.ts';
import type { ResidentState } from './resident-state.ts';
import { imageLayout, openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import type { State, StateEntry } from './state.ts';
import { IMAGES, nextName, squaredGradientName, trainingGraph, viewName } from './training-graph.ts';

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
  private readonly state: ResidentState;
  private readonly measured: Record<string, null>;

  private constructor(config: RunConfig, entries: readonly StateEntry[], session: InferenceSession, state: ResidentState) {
    this.config = config;
    this.entries = entries;
    this.session = session;
    this.state = state;
    this.measured = Object.fromEntries(session.outputNames.filter((n) => !isState(n)).map((n) => [n, null]));
  }

  /**
   * Compiles the step of `config` and starts from `state`; momenta that the state lacks start at zero.
   * @throws StateError, DeviceError, ShapeError
   */
  static async create(config: RunConfig, state: State, settings: SessionSettings = {}): Promise<TrainingSession> {
    const { entries, outputs } = trainingGraph(config, { images: imagesOf(state) });
    const images = settings.images ?? imageLayout(settings.device);
    const lowering = new OnnxLowering({ images, channelBlock: images === 'pixels' ? await channelBlock() : 0 });
    const model = lowering.model('training-step', outputs);
    // A memory pattern is planned from a first run without one, whose memory the arena then keeps beside the planned
    // block: 2.7 GB instead of 1.3 for ResNet-18 at 64 x 32 px. Without an arena it is 1.15, and a step 15 % slower.
    const onDevice = settings.device === 'webgpu';
    const left = Object.fromEntries([...outputs.keys()].map((name) => [name, isState(name) ? 'gpu-buffer' : 'cpu'] as const));
    const session = await openSession(model, settings, {
      graphOptimizationLevel: 'all',
      enableMemPattern: false,
      ...(onDevice ? { preferredOutputLocation: left } : {}),
    });
    const names = session.outputNames;
    const resident = onDevice ? new DeviceState(entries, names, settings) : new HostState(entries, names);
    try {
      resident.write(state);
    } catch (error) {
      await session.release();
      throw error;
    }
    return new TrainingSession(config, entries, session, resident);
  }

  /** One step of gradient descent. @throws ShapeError when the views are not those of the configuration, or an input of its method is missing. */
  async step(input: StepInput): Promise<StepMetrics> {
    const feeds = this.feedsOf(input);
    const results = await this.session.run(feeds, { ...this.measured, ...this.state.fetches() });
    this.state.advance(results as Record<string, OrtTensor>);
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
      const feed = given[name] ?? this.state.tensor(name);
      if (!feed) throw new ShapeError('step', [], `${this.config.method} with these settings needs the input ${name}`);
      feeds[name] = feed;
    }
    return feeds;
  }

  /** A copy of the state. */
  readState(): Promise<State> {
    return this.state.read();
  }

  /** Replaces the state by a copy of `state`; momenta that it lacks become zero. @throws StateError */
  writeState(state: State): void {
    this.state.write(state);
  }

  async close(): Promise<void> {
    await this.state.close();
    await this.session.release();
  }
}

/** Whether an output is a tensor of the state after the step. */
const isState = (output: string): boolean => output.startsWith(nextName(''));

/** Photos that the state keeps something for. */
const imagesOf = (state: State): number | undefined => state.get(MOVING_AVERAGE)?.shape[0];
