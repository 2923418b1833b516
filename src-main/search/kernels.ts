/** The kernels over vectors (wasm/assembly), over a memory that all threads of an index share. */
import { WebAssembly } from '../files/webAssembly.ts';
import { wasm } from './wasm/products.ts';

export interface SharedMemory {
  readonly buffer: SharedArrayBuffer;
}

/** What rows of levels are compared with, and where what comes of it is put. */
type Levels = [
  count: number,
  query: number,
  width: number,
  facts: number,
  step: number,
  base: number,
  scores: number,
  above: number,
  threshold: number,
];

/** Signatures of wasm/assembly/products.ts and signs.ts; addresses are bytes. */
export interface Kernels {
  products(
    rows: number,
    count: number,
    queries: number,
    queryCount: number,
    width: number,
    scores: number,
    stride: number,
  ): void;
  single(rows: number, count: number, query: number, width: number, scores: number): void;
  gathered(rows: number, numbers: number, count: number, query: number, width: number, scores: number): void;
  levels(rows: number, ...against: Levels): number;
  levelsOf(rows: number, numbers: number, ...against: Levels): number;
  narrow(values: number, centre: number, width: number, most: number, levels: number, fact: number): number;
  widen(rows: number, count: number, width: number, facts: number, centre: number, out: number, floats: number): void;
  rotate(values: number, width: number, power: number, by: number): void;
  keep(values: number, width: number, firsts: number, seconds: number, row: number, along: number): void;
  likely(
    firsts: number,
    seconds: number,
    count: number,
    tables: number,
    groups: number,
    step: number,
    offset: number,
    offsetOfBoth: number,
    threshold: number,
    numbers: number,
    sums: number,
  ): number;
}

let compiled: object | null = null;

export const createMemory = ({ pages }: { pages: number }): SharedMemory =>
  new WebAssembly.Memory({ initial: pages, maximum: pages, shared: true });

export function kernelsOver(memory: SharedMemory): Kernels {
  compiled ??= new WebAssembly.Module(Buffer.from(wasm, 'base64'));
  return new WebAssembly.Instance(compiled, { env: { memory } }).exports as Kernels;
}
