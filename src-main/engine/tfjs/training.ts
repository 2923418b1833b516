/**
 * A training session on TensorFlow, for those who have CUDA through it: the same graph as TrainingSession's, computed by
 * TensorFlow.js. The state stays on TensorFlow's device; metrics cross back at each step.
 */
import type { Tensor } from '@tensorflow/tfjs-core';
import type { RunConfig } from '../../../shared/config.ts';
import { DeviceError, ShapeError } from '../errors.ts';
import { tensorsFor, wholeState } from '../state.ts';
import type { State, StateEntry } from '../state.ts';
import { missingFeed, otherFeeds, viewFeeds } from '../step-feeds.ts';
import { nextName, squaredGradientName, trainingGraph } from '../training-graph.ts';
import type { StepInput, StepMetrics } from '../training.ts';
import { photosOf } from '../weights.ts';
import { loadTensorFlow } from './load.ts';
import type { Tf } from './operations.ts';
import { TfProgram } from './program.ts';

export class TfTrainingSession {
  readonly #tf: Tf;
  readonly #config: RunConfig;
  readonly #entries: readonly StateEntry[];
  readonly #program: TfProgram;
  readonly #inputs: ReadonlySet<string>;
  readonly #current = new Map<string, Tensor>();

  private constructor(tf: Tf, config: RunConfig, state: State) {
    const { entries, outputs } = trainingGraph(config, { images: photosOf(config, state) });
    const { graph } = outputs.get('loss')!;
    this.#tf = tf;
    this.#config = config;
    this.#entries = entries;
    this.#inputs = new Set(graph.inputs.keys());
    this.#program = new TfProgram(tf, graph, outputs);
    this.writeState(state);
  }

  /**
   * Starts from `state` on the TensorFlow given, or on the one that a person has installed beside the application.
   * @throws DeviceError where there is none, StateError
   */
  static async create(config: RunConfig, state: State, tf?: Tf): Promise<TfTrainingSession> {
    if (config.precision === 'float16') throw new DeviceError('bad-device.tensorflow-float16');
    const found = tf ?? (await loadTensorFlow());
    await found.ready();
    return new TfTrainingSession(found, config, state);
  }

  /** One step of gradient descent, and what it measured. @throws ShapeError as TrainingSession */
  async step(input: StepInput): Promise<StepMetrics> {
    const tf = this.#tf;
    const config = this.#config;
    const { views } = input;
    if ('photos' in views)
      throw new ShapeError('step', [], 'TensorFlow makes no views: set viewsBy to auto or processor');
    const given = new Map<string, Tensor>(
      Object.entries({ ...viewFeeds(config, views), ...otherFeeds(config, input) }).map(([name, { data, shape }]) => [
        name,
        tf.tensor(data, [...shape], 'float32'),
      ]),
    );
    const feeds = new Map([...given, ...this.#current]);
    for (const name of this.#inputs) if (!feeds.has(name)) throw missingFeed(config, name);
    const results = this.#program.run(feeds);
    for (const tensor of given.values()) tensor.dispose();

    const loss = (await results.get('loss')!.data())[0]!;
    const zStd = (await results.get('zStd')!.data())[0]!;
    let squared = 0;
    for (const [name, tensor] of results)
      if (name.startsWith(squaredGradientName(''))) squared += (await tensor.data())[0]!;
    for (const [name, tensor] of results) {
      const entry = name.startsWith(nextName('')) ? name.slice(nextName('').length) : undefined;
      if (entry === undefined) tensor.dispose();
      else {
        this.#current.get(entry)!.dispose();
        this.#current.set(entry, tensor);
      }
    }
    return { loss, zStd, gradientNorm: Math.sqrt(squared), lossScale: 1 };
  }

  /** As `step`, which leaves nothing to be waited for. */
  async advance(input: StepInput): Promise<StepMetrics[]> {
    return [await this.step(input)];
  }

  /** Always empty: each step returns what it measured. */
  async settle(): Promise<StepMetrics[]> {
    return [];
  }

  /** A copy of the state. */
  async readState(): Promise<State> {
    const state: State = new Map();
    for (const { name, shape } of this.#entries)
      state.set(name, { shape: [...shape], data: Float32Array.from(await this.#current.get(name)!.data()) });
    return state;
  }

  /** Replaces the state by a copy of `state`; slots that it lacks become zero. @throws StateError */
  writeState(state: State): void {
    for (const [{ name, shape }, { data }] of tensorsFor(this.#entries, state)) {
      this.#current.get(name)?.dispose();
      this.#current.set(name, this.#tf.keep(this.#tf.tensor(data.slice(), [...shape], 'float32')));
    }
  }

  /** A state that this session would start from, with the slots that it lacks. @throws StateError */
  wholeState(state: State): State {
    return wholeState(this.#entries, state);
  }

  async close(): Promise<void> {
    for (const tensor of this.#current.values()) tensor.dispose();
    this.#program.close();
  }
}
