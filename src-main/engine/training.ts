/**
 * TrainingSession: holds the state of a run and advances it one step at a time. On a graphics card the state stays
 * there, and what the steps measured is read for several of them at once. Knows nothing of schedules, data or
 * checkpoints.
 */
import { stopAll } from '../../shared/closers.ts';
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import type { RunConfig } from '../../shared/config.ts';
import { channelsOf } from '../../shared/input.ts';
import { TEACHER_NUMBERS, viewsOf } from '../../shared/methods/index.ts';
import { DeviceError, ShapeError } from './errors.ts';
import { channelBlock } from './channel-block.ts';
import { elements } from './graph.ts';
import type { Tensor } from './graph.ts';
import { computesHalf } from './half.ts';
import { LOSS_SCALE } from './loss-scale.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import type { LoweringOptions, Program } from './onnx/lowering.ts';
import { encodeModel } from './onnx/schema.ts';
import { isUncopied, uncopied } from './onnx/uncopied.ts';
import { RING_STEPS, withMetricRing } from './metric-ring.ts';
import type { RingRow } from './metric-ring.ts';
import { DeviceState, HostState } from './resident-state.ts';
import { imageLayout, openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import type { State, StateEntry } from './state.ts';
import { noTraffic, runCounted } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import type { ViewGraphShape } from './views/graph.ts';
import { ViewMaker } from './views/maker.ts';
import type { PhotoBatch } from './views/maker.ts';
import { photosOf } from './weights.ts';
import { TARGETS } from './methods/teacher.ts';
import { IMAGES, nextName, squaredGradientName, trainingGraph, viewName } from './training-graph.ts';

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

/** When metrics are read from a device. Reading waits for all steps before it, and the device for the next step. */
export interface MetricsInterval {
  /** Unread steps after which metrics are read at the latest; at most what the ring holds. */
  steps: number;
  /** Milliseconds since the last reading after which they are read earlier, but not after every step. */
  milliseconds: number;
  /** Bytes fed to unread steps after which they are read earlier: steps not computed yet hold what they were fed. */
  bytes: number;
}

const METRICS_INTERVAL: MetricsInterval = { steps: RING_STEPS, milliseconds: 1000, bytes: 256 * 2 ** 20 };
/** Steps between two early readings at least: the host prepares one while the device computes the other. */
const LEAST_STEPS = 2;

/** Whether what so many steps measured is to be read now. */
export function readingDue({ steps, milliseconds, bytes }: MetricsInterval, unread: MetricsInterval): boolean {
  if (unread.steps >= Math.min(steps, RING_STEPS)) return true;
  return unread.steps >= LEAST_STEPS && (unread.milliseconds >= milliseconds || unread.bytes >= bytes);
}

export interface TrainingSettings extends SessionSettings {
  metricsInterval?: MetricsInterval;
  /**
   * Where the device makes the views: the size of the field that each photo lies in, and the channels' mean and
   * deviation.
   */
  photos?: Pick<ViewGraphShape, 'width' | 'height' | 'mean' | 'std'>;
}

export class TrainingSession {
  readonly #config: RunConfig;
  readonly #entries: readonly StateEntry[];
  readonly #session: InferenceSession;
  readonly #state: HostState | DeviceState;
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
    interval: MetricsInterval,
    traffic: Traffic,
    maker: ViewMaker | undefined,
  ) {
    this.#config = config;
    this.#entries = entries;
    this.#session = session;
    this.#state = state;
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
    const { program, entries, outputs } = await trainingProgram(config, settings, photosOf(config, state));
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
      return new TrainingSession(config, entries, session, held, interval, traffic, maker);
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
    const shapes = viewsOf(this.#config).map(({ size }) => [
      this.#config.batchSize,
      channelsOf(this.#config),
      size,
      size,
    ]);
    if (views.length !== shapes.length || views.some((v, i) => v.length !== elements(shapes[i]!)))
      throw new ShapeError(
        'step',
        views.map((v) => [v.length]),
        `needs ${shapes.length} views of ${shapes.map((s) => s.join(' x ')).join(', ')} numbers`,
      );
    return Object.fromEntries(views.map((view, i) => [viewName(i), new OrtTensor('float32', view, shapes[i]!)]));
  }

  #feedsOf(
    { views: _views, images, targets, method, ...rates }: StepInput,
    views: Readonly<Record<string, OrtTensor>>,
  ): Record<string, OrtTensor> {
    const { batchSize } = this.#config;
    const given: Record<string, OrtTensor> = { ...views };
    const scalars = { ...rates, backboneLearningRate: rates.backboneLearningRate ?? rates.learningRate, ...method };
    for (const [name, value] of Object.entries(scalars))
      given[name] = new OrtTensor('float32', Float32Array.of(value), []);
    if (images) given[IMAGES] = new OrtTensor('float32', images, [batchSize]);
    if (targets) given[TARGETS] = new OrtTensor('float32', targets, [batchSize, TEACHER_NUMBERS]);
    const feeds: Record<string, OrtTensor> = {};
    for (const name of this.#session.inputNames) {
      const feed = given[name] ?? this.#state.tensor(name);
      if (!feed) throw new ShapeError('step', [], `${this.#config.method} with these settings needs the input ${name}`);
      feeds[name] = feed;
    }
    return feeds;
  }

  /** A copy of the state. */
  readState(): Promise<State> {
    return this.#state.read();
  }

  /** Replaces the state by a copy of `state`; slots and loss scales that it lacks begin anew. @throws StateError */
  writeState(state: State): void {
    this.#state.write(state);
  }

  async close(): Promise<void> {
    await this.#state.close();
    await this.#maker?.close();
    await this.#session.release();
  }
}

/** Only WebGPU's buffers can be bound from Node: with CUDA and DirectML the state goes to the card and back in each step. */
export const keepsState = (device: SessionSettings['device']): boolean => device === 'webgpu';

/** Leaves the state on the device. */
export const keptOnDevice = (outputs: ReadonlyMap<string, unknown>): InferenceSession.SessionOptions => ({
  preferredOutputLocation: Object.fromEntries(
    [...outputs.keys()].map((name) => [name, isState(name) ? 'gpu-buffer' : 'cpu'] as const),
  ),
});

/**
 * The step of `config` for a device, for so many photos where its method keeps something for each.
 * @throws DeviceError when the device cannot compute in the precision asked for
 */
export async function trainingProgram(
  config: RunConfig,
  settings: SessionSettings,
  images?: number,
): Promise<{ program: Program; entries: StateEntry[]; outputs: ReadonlyMap<string, Tensor> }> {
  const graph = trainingGraph(config, { images });
  const outputs = keepsState(settings.device) ? withMetricRing(graph) : graph.outputs;
  const lowering = new OnnxLowering(await loweringFor(config, settings));
  return { program: lowering.program('training-step', outputs), entries: graph.entries, outputs };
}

async function loweringFor(config: RunConfig, settings: SessionSettings): Promise<LoweringOptions> {
  const { device = 'cpu', graphics = device !== 'cpu', images = imageLayout(device) } = settings;
  const half = config.precision === 'float16';
  if (half && !graphics) throw new DeviceError('bad-device.processor-float16');
  if (half && device !== 'cpu' && !(await computesHalf(settings)))
    throw new DeviceError('bad-device.float16', { device });
  return { images, graphics, half, channelBlock: images === 'pixels' ? await channelBlock() : 0 };
}

const stepMetrics = ({ loss, zStd, squaredGradient, lossScale }: RingRow): StepMetrics => ({
  loss,
  zStd,
  gradientNorm: Math.sqrt(squaredGradient),
  lossScale,
});

/** Whether an output is a tensor of the state after the step. */
const isState = (output: string): boolean => output.startsWith(nextName(''));

/** The input that an output of the state is fed to in the next step; undefined of a metric. */
export const stateOf = (output: string): string | undefined =>
  isState(output) ? output.slice(nextName('').length) : undefined;
