/**
 * Where the state of a run lives between steps. In the computer's memory every tensor has a second one that the next
 * step writes, and they change places; on a graphics card what a step leaves stays there and feeds the next, and only
 * reading it for a checkpoint copies it back.
 */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { elements, Graph } from './graph.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { openSession } from './session.ts';
import type { SessionSettings } from './session.ts';
import { tensorOf } from './state.ts';
import type { State, StateEntry, TensorData } from './state.ts';
import { momentumName, nextName } from './training-graph.ts';

type Tensors = Readonly<Record<string, OrtTensor>>;

export abstract class ResidentState {
  protected readonly entries: readonly StateEntry[];
  /** Names of what a step replaces. */
  protected readonly changed: readonly string[];
  protected readonly current = new Map<string, OrtTensor>();
  private readonly momenta: ReadonlySet<string>;

  constructor(entries: readonly StateEntry[], outputs: readonly string[]) {
    this.entries = entries;
    this.changed = entries.map((e) => e.name).filter((name) => outputs.includes(nextName(name)));
    this.momenta = new Set(entries.map((e) => momentumName(e.name)));
  }

  /** What the step reads under this name. */
  tensor(name: string): OrtTensor | undefined {
    return this.current.get(name);
  }

  /** What to ask the runtime for, by output: a tensor to write to, or null for a new one. */
  abstract fetches(): Record<string, OrtTensor | null>;

  /** Takes what a step has left. */
  abstract advance(results: Tensors): void;

  /** A copy of the state. */
  abstract read(): Promise<State>;

  abstract close(): Promise<void>;

  /** Replaces the state by a copy of `state`; momenta that it lacks become zero. @throws StateError, and nothing is replaced. */
  write(state: State): void {
    const tensors = this.entries.map((entry): [StateEntry, TensorData] => {
      if (this.isMomentum(entry.name) && !state.has(entry.name))
        return [entry, { shape: [...entry.shape], data: new Float32Array(elements(entry.shape)) }];
      return [entry, tensorOf(state, entry.name, entry.shape)];
    });
    for (const [{ name, shape }, { data }] of tensors) this.current.set(name, new OrtTensor('float32', data.slice(), shape));
  }

  protected isMomentum(name: string): boolean {
    return this.momenta.has(name);
  }
}

export class HostState extends ResidentState {
  private readonly spare = new Map<string, OrtTensor>();

  override write(state: State): void {
    super.write(state);
    // A momentum is read once, by the product that its successor is made of, so it can be overwritten.
    for (const { name, shape } of this.entries)
      if (!this.isMomentum(name) && this.changed.includes(name) && !this.spare.has(name))
        this.spare.set(name, new OrtTensor('float32', new Float32Array(elements(shape)), shape));
  }

  fetches(): Record<string, OrtTensor | null> {
    return Object.fromEntries(this.changed.map((name) => [nextName(name), this.spare.get(name) ?? this.current.get(name)!]));
  }

  advance(): void {
    for (const [name, written] of this.spare) {
      this.spare.set(name, this.current.get(name)!);
      this.current.set(name, written);
    }
  }

  async read(): Promise<State> {
    return new Map(
      this.entries.map(({ name, shape }) => [name, { shape: [...shape], data: (this.current.get(name)!.data as Float32Array).slice() }]),
    );
  }

  async close(): Promise<void> {}
}

const copyName = (name: string): string => `copy.${name}`;

export class DeviceState extends ResidentState {
  private readonly settings: SessionSettings;
  /** Copies tensors back: the runtime has no download of its own in Node. Opened at the first reading. */
  private reader: InferenceSession | undefined;

  constructor(entries: readonly StateEntry[], outputs: readonly string[], settings: SessionSettings) {
    super(entries, outputs);
    this.settings = settings;
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

  async read(): Promise<State> {
    this.reader ??= await openSession(readerModel(this.entries), this.settings);
    const feeds = Object.fromEntries(this.entries.map(({ name }) => [name, this.current.get(name)!]));
    const results = await this.reader.run(feeds);
    return new Map(
      this.entries.map(({ name, shape }) => [name, { shape: [...shape], data: (results[copyName(name)]!.data as Float32Array).slice() }]),
    );
  }

  async close(): Promise<void> {
    for (const tensor of this.current.values()) tensor.dispose();
    await this.reader?.release();
  }
}

function readerModel(entries: readonly StateEntry[]): Uint8Array {
  const graph = new Graph();
  return new OnnxLowering().model('read-state', new Map(entries.map(({ name, shape }) => [copyName(name), graph.input(name, shape)])));
}
