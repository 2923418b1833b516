/**
 * Where a job's sessions are opened: the ONNX runtime, or in tests a double of a device that fails. Whatever trains on a
 * graphics card goes through `openTraining`, which says what its failures are and waits for no step without an end.
 */
import type { RunConfig } from '../../shared/config.ts';
import { deviceFailure } from '../../shared/deviceFailure.ts';
import { computesHalf, createTraining, Encoder, makeViews } from '../engine/index.ts';
import type {
  Device,
  EncoderSettings,
  PhotoBatch,
  SessionSettings,
  State,
  Training,
  TrainingSettings,
  ViewGraphShape,
} from '../engine/index.ts';
import { InternalError, KeyedError, wordsOf } from '../../shared/errors.ts';
import { DeviceFailedError, DeviceLostError, OutOfDeviceMemoryError } from './errors.ts';

export type { Training } from '../engine/index.ts';
/** Encoders from elsewhere have no stages that a readout could be fitted on. */
export type Embedder = Pick<Encoder, 'embed' | 'update' | 'close'> & Partial<Pick<Encoder, 'stages'>>;

export interface Backend {
  training(config: RunConfig, state: State, settings: TrainingSettings): Promise<Training>;
  encoder(config: RunConfig, state: State, settings: EncoderSettings): Promise<Embedder>;
  /** The views of one batch, in the computer's memory: [N, 3, size, size] each. */
  views(shape: ViewGraphShape, batch: PhotoBatch, settings: SessionSettings): Promise<Float32Array[]>;
  /** Whether a device computes in float16. */
  computesHalf(settings: Pick<SessionSettings, 'device'>): Promise<boolean>;
  patience: Patience;
}

/** Seconds after which what a device was asked for is taken for hung. */
export interface Patience {
  /** Limit for opening a session, and for its first calls of each kind: the driver compiles some hundred shaders. */
  first: number;
  /** Limit for any other call, or `factor` times the longest so far where that is more. */
  least: number;
  factor: number;
}

export const onnxRuntime: Backend = {
  training: createTraining,
  encoder: (...given) => Encoder.create(...given),
  views: makeViews,
  computesHalf,
  patience: { first: 600, least: 120, factor: 20 },
};

/** Told before and after each call of a device: the call is given up when it takes longer than `seconds`. */
export type Watch = (seconds: number | null) => void;

/** First calls of each kind: one may only queue what the second then waits for. */
const COLD_CALLS = 2;

/** Which calls of a session are the first of their kind, for which the driver compiles. */
class FirstCalls {
  readonly #made = new Map<string, number>();

  has(kind: string): boolean {
    const calls = (this.#made.get(kind) ?? 0) + 1;
    this.#made.set(kind, calls);
    return calls <= COLD_CALLS;
  }

  /** Forgets all calls, as the session was replaced by another. */
  clear(): void {
    this.#made.clear();
  }
}

/** Calls a device one at a time, each watched, each failure named. On the processor calls pass as they are. */
export class Guard {
  readonly #device: Device;
  readonly #config: RunConfig;
  readonly #patience: Patience;
  readonly #watch: Watch;
  #longest = 0; // seconds, of the calls that compile nothing any more
  #broken = false;

  constructor(config: RunConfig, device: Device, { patience }: Pick<Backend, 'patience'>, watch: Watch) {
    this.#config = config;
    this.#device = device;
    this.#patience = patience;
    this.#watch = watch;
  }

  /**
   * @param cold it may compile shaders
   * @throws OutOfDeviceMemoryError, DeviceLostError, DeviceFailedError; the engine's own errors as they are
   */
  async call<T>(work: () => Promise<T>, cold: boolean): Promise<T> {
    if (this.#device === 'cpu') return work();
    const { first, least, factor } = this.#patience;
    const began = performance.now();
    this.#watch(cold ? first : Math.max(least, factor * this.#longest));
    try {
      const result = await work();
      if (!cold) this.#longest = Math.max(this.#longest, (performance.now() - began) / 1000);
      return result;
    } catch (error) {
      throw this.#named(error);
    } finally {
      this.#watch(null);
    }
  }

  /** A device that gave up may never answer a release either: the end of the process frees what it held. */
  async close(work: () => Promise<void>): Promise<void> {
    if (!this.#broken) await work();
  }

  #named(error: unknown): unknown {
    const message = wordsOf(error);
    const what = deviceFailure(message);
    this.#broken ||= what !== null;
    if (what === 'memory') return new OutOfDeviceMemoryError(this.#device, this.#config.batchSize, message);
    if (what === 'lost') return new DeviceLostError(this.#device, message);
    // Ours carry their remedy; what the runtime throws in other words says nothing to a person.
    return error instanceof KeyedError || error instanceof InternalError
      ? error
      : new DeviceFailedError(this.#device, this.#config.batchSize, message);
  }
}

/** A training session whose every call is guarded. */
export async function openTraining(
  guard: Guard,
  backend: Backend,
  config: RunConfig,
  state: State,
  settings: TrainingSettings,
): Promise<Training> {
  const session = await guard.call(() => backend.training(config, state, settings), true);
  const first = new FirstCalls();
  return {
    step: (input) => guard.call(() => session.step(input), first.has('step')),
    advance: (input) => guard.call(() => session.advance(input), first.has('advance')),
    settle: () => guard.call(() => session.settle(), first.has('settle')),
    readState: (how) => guard.call(() => session.readState(how), first.has('readState')),
    writeState: (next) => session.writeState(next),
    wholeState: (given) => session.wholeState(given),
    close: () => guard.close(() => session.close()),
  };
}

/** An encoder whose every call is guarded. */
export async function openEncoder(
  guard: Guard,
  backend: Backend,
  config: RunConfig,
  state: State,
  settings: EncoderSettings,
): Promise<Embedder> {
  const encoder = await guard.call(() => backend.encoder(config, state, settings), true);
  const first = new FirstCalls();
  return {
    embed: (images, n) => guard.call(() => encoder.embed(images, n), first.has(`embed ${n}`)), // another number, other shapes
    stages: (images, n) => guard.call(() => encoder.stages!(images, n), first.has(`stages ${n}`)),
    update(next) {
      first.clear(); // it opens another session
      return guard.call(() => encoder.update(next), true);
    },
    close: () => guard.close(() => encoder.close()),
  };
}
