/**
 * TrainingSession: holds the state of a run and advances it one step at a time. On a graphics card the state stays
 * there, and what the steps measured is read for several of them at once (metrics-interval.ts). Knows nothing of
 * schedules, data or checkpoints.
 */
import { stopAll } from '../../shared/closers.ts';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { viewsOf } from '../../shared/methods/index.ts';
import { ShapeError } from './errors.ts';
import { LOSS_SCALE } from './loss-scale.ts';
import { encodeModel } from './onnx/schema.ts';
import { isUncopied, uncopied } from './onnx/uncopied.ts';
import type { RingRow } from './metric-ring.ts';
import { DeviceState, HostState } from './resident-state.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { wholeState } from './state.ts';
import type { State, StateEntry } from './state.ts';
import { noTraffic, runCounted } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { ViewGraphShape } from './views/graph.ts';
import { ViewMaker } from './views/maker.ts';
import type { PhotoBatch } from './views/maker.ts';
import { photosOf } from './weights.ts';
import { missingFeed, otherFeeds, viewFeeds } from './step-feeds.ts';
import type { Feed } from './step-feeds.ts';
import { squaredGradientName } from './training-graph.ts';
import type { TrainingGraph } from './training-graph.ts';
import { move } from './moves.ts';
import { METRICS_INTERVAL, readingDue } from './metrics-interval.ts';
import type { MetricsInterval } from './metrics-interval.ts';
import { isState, keepsState, keptOnDevice, trainingProgram } from './training-program.ts';

export interface StepInput {
  /** Augmented views of one batch, each [N, C, H, W], normalised: those of viewsOf(config). Or the photos, where the session makes the views. */
  views: readonly Float32Array[] | PhotoBatch;
  learningRate: number;
  predictorLearningRate: number;
  /** Rate of the encoder where it waits for its heads (optimizer.settleEpochs); that of all else unless told. */
  backboneLearningRate?: number;
  /** What the method asks for besides, by name (methodInputsAt). */
  method?: Readonly<Record<string, number>>;
  /** Where the method keeps something for each photo: numbers [N] of the batch's photos among all that are trained on, from 0. */
  images?: Float32Array;
  /** Where there is a teacher: what it makes of the batch's photos, [N, TEACHER_NUMBERS]. */
  targets?: Float32Array;
}

export interface StepMetrics {
  /** Loss of the batch, before the step. */
  loss: number;
  /** Spread of z in training mode: 1 isotropic, 0 collapsed to a point. */
  zStd: number;
  /** Length of the gradient of all parameters, without weight decay; not finite where a step was skipped. */
  gradientNorm: number;
  /** What the loss was multiplied by for the sake of float16; 1 in float32. */
  lossScale: number;
}

export interface TrainingSettings extends SessionSettings {
  metricsInterval?: MetricsInterval;
  /**
   * Where the device makes the views: the size of the field that each photo lies in, and the channels' mean and
   * deviation.
   */
  photos?: Pick<ViewGraphShape, 'width' | 'height' | 'mean' | 'std'>;
}

/**
 * A run's training step, compiled, and the state that it moves: parameters, statistics, the optimizer's slots, what the
 * method carries. It holds memory, of a device too, until `close`.
 */
export class TrainingSession {
  readonly #config: RunConfig;
  readonly #entries: readonly StateEntry[];
  readonly #session: InferenceSession;
  readonly #state: HostState | DeviceState;
  readonly #moves: TrainingGraph['moves'];
  /** What a step measures, by name: numbers that it writes to where its outputs are not copied. */
  readonly #measured: Readonly<Record<string, OrtTensor | null>>;
  readonly #interval: MetricsInterval;
  readonly #traffic: Traffic;
  readonly #maker: ViewMaker | undefined;
  /** The steps whose metrics have not been read: their number, bytes fed to them, and when they began. */
  #unread = { steps: 0, bytes: 0, since: performance.now() };

  private constructor(
    config: RunConfig,
    entries: readonly StateEntry[],
    session: InferenceSession,
    state: HostState | DeviceState,
    moves: TrainingGraph['moves'],
    interval: MetricsInterval,
    traffic: Traffic,
    maker: ViewMaker | undefined,
  ) {
    this.#config = config;
    this.#entries = entries;
    this.#session = session;
    this.#state = state;
    this.#moves = moves;
    this.#interval = interval;
    this.#traffic = traffic;
    this.#maker = maker;
    const measured = session.outputMetadata.filter(({ name, isTensor }) => isTensor && !isState(name));
    const places = isUncopied(session);
    this.#measured = Object.fromEntries(
      measured.map(({ name }) => [name, places ? new OrtTensor('float32', new Float32Array(1), []) : null]),
    );
  }

  /**
   * Compiles the step of `config` and starts from `state`; slots and loss scales that the state lacks begin anew.
   * @throws StateError, DeviceError, ShapeError
   */
  static async create(config: RunConfig, state: State, settings: TrainingSettings = {}): Promise<TrainingSession> {
    const resident = keepsState(settings.device);
    const { program, entries, outputs, moves } = await trainingProgram(config, settings, photosOf(config, state));
    const model = encodeModel(settings.device === 'cpu' || !settings.device ? uncopied(program) : program);
    // A memory pattern is planned from a first run without one, whose memory the arena then keeps beside the planned
    // block: 2.7 GB instead of 1.3 for ResNet-18 at 64 x 32 px. Without an arena it is 1.15, and a step 15 % slower;
    // with glibc's huge pages besides (GLIBC_TUNABLES, mmap_threshold 1 MiB and hugetlb 1) 1.2, of a step of 16 photos
    // 0.35 s of page faults beside 0.95 s of work, where the arena takes 0.04 beside 1.03.
    const session = await openSession(model, settings, {
      graphOptimizationLevel: 'all',
      enableMemPattern: false,
      ...(resident ? keptOnDevice(outputs) : {}),
      // A node on the processor would make the device wait for it, in silence.
      ...(settings.device === 'webgpu' ? { extra: { session: { disable_cpu_ep_fallback: '1' } } } : {}),
    });
    const traffic = noTraffic();
    const names = session.outputNames;
    const sizes = viewsOf(config).map(({ size }) => size);
    const interval = settings.metricsInterval ?? METRICS_INTERVAL;
    let maker: ViewMaker | undefined;
    try {
      if (settings.photos)
        maker = await ViewMaker.create({ ...settings.photos, count: config.batchSize, sizes }, settings);
      const held = resident ? new DeviceState(entries, names, settings, traffic) : new HostState(entries, names);
      held.write(state);
      return new TrainingSession(config, entries, session, held, moves, interval, traffic, maker);
    } catch (error) {
      await stopAll([() => session.release(), () => maker?.close()]).catch(() => {}); // why it cannot begin says more
      throw error;
    }
  }

  /** Bytes copied between the computer's memory and the device so far; on CPU, what went in and out of steps. */
  get copied(): Readonly<Traffic> {
    return { ...this.#traffic };
  }

  /** One step of gradient descent, and what it measured. @throws ShapeError when the views are not those of the configuration, or an input of its method is missing. */
  async step(input: StepInput): Promise<StepMetrics> {
    const known = await this.advance(input);
    const rest = await this.settle();
    return (rest.at(-1) ?? known.at(-1))!;
  }

  /**
   * One step, without waiting for a device to have computed it: returns what has become known of this and earlier
   * steps, oldest first, which may be nothing. @throws ShapeError as step
   */
  async advance(input: StepInput): Promise<StepMetrics[]> {
    await this.#state.prepare(this.#session.inputNames);
    const before = this.#traffic.toDevice;
    const views = await this.#viewsOf(input.views);
    const feeds = this.#feedsOf(input, views);
    const results = await runCounted(
      this.#session,
      feeds,
      { ...this.#measured, ...this.#state.fetches() },
      this.#traffic,
    );
    this.#state.advance(results);
    this.#move(results);
    for (const view of Object.values(views)) view.dispose();
    if (this.#state instanceof HostState) return [this.#metricsOf(results)];
    this.#unread.steps++;
    this.#unread.bytes += this.#traffic.toDevice - before;
    const { steps, bytes, since } = this.#unread;
    return readingDue(this.#interval, { steps, bytes, milliseconds: performance.now() - since }) ? this.settle() : [];
  }

  /** What the steps measured that are not known yet, oldest first. Waits until the device has computed them. */
  async settle(): Promise<StepMetrics[]> {
    if (this.#state instanceof HostState || this.#unread.steps === 0) return [];
    const rows = await this.#state.readMetrics(this.#unread.steps);
    this.#unread = { steps: 0, bytes: 0, since: performance.now() };
    return rows.map(stepMetrics);
  }

  /** Moves the parameters that the step has left where they are. */
  #move(results: Readonly<Record<string, OrtTensor>>): void {
    const numbers = (tensor: OrtTensor) => tensor.data as Float32Array;
    for (const { parameter, slot, rate } of this.#moves)
      move(numbers(this.#state.tensor(parameter)!), numbers(this.#state.tensor(slot)!), numbers(results[rate]!)[0]!);
  }

  #metricsOf(results: Readonly<Record<string, OrtTensor>>): StepMetrics {
    const scalar = (name: string) => (results[name]!.data as Float32Array)[0]!;
    const squared = this.#entries.filter((e) => squaredGradientName(e.name) in this.#measured);
    return stepMetrics({
      loss: scalar('loss'),
      zStd: scalar('zStd'),
      squaredGradient: squared.reduce((total, e) => total + scalar(squaredGradientName(e.name)), 0),
      lossScale: LOSS_SCALE in this.#measured ? scalar(LOSS_SCALE) : 1,
    });
  }

  /** The views by their names, made here of photos. */
  async #viewsOf(views: StepInput['views']): Promise<Readonly<Record<string, OrtTensor>>> {
    if ('photos' in views) {
      if (!this.#maker)
        throw new ShapeError('step', [], 'this session makes no views: feed them, or create it for photos');
      return this.#maker.make(views, this.#traffic);
    }
    return tensorsOf(viewFeeds(this.#config, views));
  }

  #feedsOf(input: StepInput, views: Readonly<Record<string, OrtTensor>>): Record<string, OrtTensor> {
    const given = { ...views, ...tensorsOf(otherFeeds(this.#config, input)) };
    const feeds: Record<string, OrtTensor> = {};
    for (const name of this.#session.inputNames) {
      const feed = given[name] ?? this.#state.tensor(name);
      if (!feed) throw missingFeed(this.#config, name);
      feeds[name] = feed;
    }
    return feeds;
  }

  /**
   * A copy of the state. With `lent` it may be the state itself, which the next step and `writeState` write over: for
   * who is done with it by then, and must change nothing.
   */
  readState({ lent = false }: { lent?: boolean } = {}): Promise<State> {
    return this.#state.read(lent);
  }

  /** Replaces the state by a copy of `state`; slots and loss scales that it lacks begin anew. @throws StateError */
  writeState(state: State): void {
    this.#state.write(state);
  }

  /** A state that this session would start from, with the slots and loss scales that it lacks. @throws StateError */
  wholeState(state: State): State {
    return wholeState(this.#entries, state);
  }

  async close(): Promise<void> {
    await stopAll([() => this.#session.release(), () => this.#maker?.close(), () => this.#state.close()]);
  }
}

const tensorsOf = (feeds: Readonly<Record<string, Feed>>): Record<string, OrtTensor> =>
  Object.fromEntries(
    Object.entries(feeds).map(([name, { data, shape }]) => [name, new OrtTensor('float32', data, shape)]),
  );

const stepMetrics = ({ loss, zStd, squaredGradient, lossScale }: RingRow): StepMetrics => ({
  loss,
  zStd,
  gradientNorm: Math.sqrt(squaredGradient),
  lossScale,
});
