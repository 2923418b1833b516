/**
 * Where the state of a run lives between steps. In the computer's memory a tensor that a step reads in many places and
 * replaces has a second one that the step writes, and they change places; others are written where they lie. On a graphics
 * card what a step leaves stays there and feeds the next, and only reading it for a checkpoint copies it back.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { elements, Graph } from './graph.ts';
import type { Shape } from './graph.ts';
import { readRing, RING, RING_COLUMNS, RING_STEPS } from './metric-ring.ts';
import type { RingRow } from './metric-ring.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { tensorsFor } from './state.ts';
import type { State, StateEntry } from './state.ts';
import { runCounted } from './traffic.ts';
import type { Traffic } from './traffic.ts';
import { nextName } from './training-graph.ts';

type Tensors = Readonly<Record<string, OrtTensor>>;

abstract class ResidentState {
  protected readonly entries: readonly StateEntry[];
  /** Names of what a step replaces. */
  protected changed: readonly string[];
  protected readonly current = new Map<string, OrtTensor>();

  constructor(entries: readonly StateEntry[], outputs: readonly string[]) {
    this.entries = entries;
    this.changed = entries.map((e) => e.name).filter((name) => outputs.includes(nextName(name)));
  }

  /** What the step reads under this name. */
  tensor(name: string): OrtTensor | undefined {
    return this.current.get(name);
  }

  /** Sees to it before a step that what the step reads is where it is computed. */
  abstract prepare(inputs: readonly string[]): Promise<void>;

  /** What to ask the runtime for, by output: a tensor to write to, or null for a new one. */
  abstract fetches(): Record<string, OrtTensor | null>;

  /** Takes what a step has left. */
  abstract advance(results: Tensors): void;

  /** A copy of the state; where it may be `lent` and lies in this computer's memory, the state itself. */
  abstract read(lent?: boolean): Promise<State>;

  abstract close(): Promise<void>;

  /** Replaces the state by a copy of `state`; slots and scales that it lacks begin anew. @throws StateError, and nothing is replaced. */
  write(state: State): void {
    for (const [{ name, shape }, { data }] of tensorsFor(this.entries, state)) {
      this.current.get(name)?.dispose();
      this.current.set(name, new OrtTensor('float32', data.slice(), shape));
    }
  }
}

export class HostState extends ResidentState {
  readonly #spare = new Map<string, OrtTensor>();

  override write(state: State): void {
    super.write(state);
    // A slot is read once, by the product that its successor is made of, so it can be overwritten (a parameter is read in
    // many places, and written when all of them have been: moves.ts).
    for (const { name, shape, role } of this.entries)
      if (role !== 'slot' && this.changed.includes(name) && !this.#spare.has(name))
        this.#spare.set(name, new OrtTensor('float32', new Float32Array(elements(shape)), shape));
  }

  async prepare(): Promise<void> {}

  fetches(): Record<string, OrtTensor | null> {
    return Object.fromEntries(
      this.changed.map((name) => [nextName(name), this.#spare.get(name) ?? this.current.get(name)!]),
    );
  }

  advance(): void {
    for (const [name, written] of this.#spare) {
      this.#spare.set(name, this.current.get(name)!);
      this.current.set(name, written);
    }
  }

  async read(lent = false): Promise<State> {
    const dataOf = (name: string) => this.current.get(name)!.data as Float32Array;
    return new Map(
      this.entries.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: lent ? dataOf(name) : dataOf(name).slice() },
      ]),
    );
  }

  async close(): Promise<void> {}
}

export class DeviceState extends ResidentState {
  readonly #stateReader: Reader;
  readonly #ringReader: Reader;
  readonly #settings: SessionSettings;
  readonly #traffic: Traffic;
  /** Copies to the device; what it made is its own, so it lives as long. */
  #placer: InferenceSession | undefined;

  constructor(entries: readonly StateEntry[], outputs: readonly string[], settings: SessionSettings, traffic: Traffic) {
    super(entries, outputs);
    this.#settings = settings;
    this.#traffic = traffic;
    const ring = { name: RING, shape: [RING_STEPS, RING_COLUMNS] };
    this.#stateReader = new Reader(entries, settings, traffic);
    this.#ringReader = new Reader([ring], settings, traffic);
    this.changed = [...this.changed, RING];
    this.current.set(RING, new OrtTensor('float32', new Float32Array(elements(ring.shape)), ring.shape));
  }

  /** A step leaves on the device what it replaces; what it only reads, such as a fixed predictor, is copied there once. */
  async prepare(inputs: readonly string[]): Promise<void> {
    const here = inputs.filter((name) => !this.changed.includes(name) && this.current.get(name)?.location === 'cpu');
    if (here.length === 0) return;
    const tensors = here.map((name) => ({ name, shape: this.current.get(name)!.dims }));
    this.#placer ??= await openSession(copyModel(tensors), this.#settings, { preferredOutputLocation: 'gpu-buffer' });
    const feeds = Object.fromEntries(here.map((name) => [name, this.current.get(name)!]));
    const copies = await runCounted(
      this.#placer,
      feeds,
      Object.fromEntries(here.map((name) => [copyName(name), null])),
      this.#traffic,
    );
    for (const name of here) {
      this.current.get(name)!.dispose();
      this.current.set(name, copies[copyName(name)]!);
    }
  }

  fetches(): Record<string, OrtTensor | null> {
    return Object.fromEntries(this.changed.map((name) => [nextName(name), null]));
  }

  override advance(results: Tensors): void {
    for (const name of this.changed) {
      this.current.get(name)!.dispose();
      this.current.set(name, results[nextName(name)]!);
    }
  }

  read(): Promise<State> {
    return this.#stateReader.read(this.current);
  }

  /** What the last `count` steps measured, oldest first. Waits until the device has computed them. */
  async readMetrics(count: number): Promise<RingRow[]> {
    const tensors = await this.#ringReader.read(this.current);
    return readRing(tensors.get(RING)!.data, count);
  }

  async close(): Promise<void> {
    for (const tensor of this.current.values()) tensor.dispose();
    await this.#stateReader.close();
    await this.#ringReader.close();
    await this.#placer?.release();
  }
}

const copyName = (name: string): string => `copy.${name}`;

/** A model that hands every tensor on as copyName of it. */
function copyModel(tensors: readonly { name: string; shape: Shape }[]): Uint8Array {
  const graph = new Graph();
  return new OnnxLowering().model(
    'copy',
    new Map(tensors.map(({ name, shape }) => [copyName(name), graph.input(name, shape)])),
  );
}

/** Copies tensors back from the device: the runtime has no download of its own in Node. */
class Reader {
  readonly #tensors: readonly { name: string; shape: Shape }[];
  readonly #settings: SessionSettings;
  readonly #traffic: Traffic;
  /** Opened at the first reading. */
  #session: InferenceSession | undefined;

  constructor(tensors: readonly { name: string; shape: Shape }[], settings: SessionSettings, traffic: Traffic) {
    this.#tensors = tensors;
    this.#settings = settings;
    this.#traffic = traffic;
  }

  async read(current: ReadonlyMap<string, OrtTensor>): Promise<State> {
    this.#session ??= await openSession(copyModel(this.#tensors), this.#settings);
    const feeds = Object.fromEntries(this.#tensors.map(({ name }) => [name, current.get(name)!]));
    const fetches = Object.fromEntries(this.#tensors.map(({ name }) => [copyName(name), null]));
    const results = await runCounted(this.#session, feeds, fetches, this.#traffic);
    return new Map(
      this.#tensors.map(({ name, shape }) => [
        name,
        { shape: [...shape], data: (results[copyName(name)]!.data as Float32Array).slice() },
      ]),
    );
  }

  async close(): Promise<void> {
    await this.#session?.release();
  }
}
