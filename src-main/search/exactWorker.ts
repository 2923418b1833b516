/**
 * One thread of an ExactIndex: answers one request at a time on the rows all threads share.
 *
 * The kernels are WebAssembly (wasm/assembly). Measured on the development machine (2 cores of an AMD EPYC, Node 26),
 * 50,000 x 512 and one thread: one query 3.4 ms, 30 GB/s; blocks of 32 at 38 GFLOP/s; plain JavaScript 25 ms a query.
 * ONNX Runtime's Gemm with two threads took 10 ms for one query over 100,000 and did 110 to 130 GFLOP/s on blocks of
 * 128 with AVX-512, but ending a thread or the process while a session runs aborts the whole process (terminate
 * called, Napi::Error), and a search is ended whenever someone closes the window.
 */
import '../files/offline.ts'; // first: what follows may not send
import { toWireError } from '../../shared/contract/wire.ts';
import type { WireError } from '../../shared/contract/wire.ts';
import { InternalError } from '../../shared/errors.ts';
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { sampledComponents } from './covariance.ts';
import { explore, joinLeaf, layOut, rank } from './descent.ts';
import type { Adjacency, Lists } from './descent.ts';
import { leaves, plantTree } from './forest.ts';
import type { Assignment, Changed, Components, Products } from './results.ts';
import { BLOCK, Rows } from './rows.ts';
import type { Layout, SharedMemory } from './rows.ts';
import { TopK, emptyNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import { cosine, normalizeRows } from './vectors.ts';

export type ExactRequest =
  /** Normalises rows from .. to - 1; with a path, reads them from there first, and standardises them by `standard`. */
  | {
      type: 'prepare';
      from: number;
      to: number;
      file: { path: string; byteOffset: number } | null;
      standard: Standard | null;
    }
  /** Products of `count` vectors [count, d], at most BLOCK, with rows from .. to - 1. */
  | { type: 'products'; vectors: Float32Array; count: number; from: number; to: number }
  /** Neighbours among rows from .. to - 1 of `count` queries: given ones [count, d], or the stored rows from `first` on. */
  | {
      type: 'search';
      queries: Float32Array | number;
      count: number;
      k: number;
      exclude: Int32Array | null;
      from: number;
      to: number;
    }
  | { type: 'components'; count: number }
  /** The nearest centre of each of rows from .. to - 1. */
  | { type: 'assign'; centres: Float32Array; count: number; from: number; to: number }
  /** The steps of an approximate graph (approximate.ts); their arrays are shared. */
  | { type: 'plant'; seed: number; order: Int32Array }
  | { type: 'join'; lists: Lists; order: Int32Array; from: number; to: number }
  | { type: 'layOut'; lists: Lists; adjacency: Adjacency }
  | { type: 'explore'; lists: Lists; adjacency: Adjacency; from: number; to: number }
  | { type: 'rank'; lists: Lists; k: number; from: number; to: number };

/** What is taken from each number of a row of length one, and what the rest is multiplied by. */
export interface Standard {
  mean: Float32Array; // [d]
  scale: Float32Array; // [d]
}

export type ExactResult = Neighbours | Components | Assignment | Changed | Products | null;
export type ExactReply = { result: ExactResult } | { error: WireError };

const { layout, memory, thread } = workerData as { layout: Layout; memory: SharedMemory; thread: number };
const { d, width, tileRows } = layout;
const rows = new Rows(layout, memory, thread);
const port = parentPort!;

async function prepare({ from, to, file, standard }: Extract<ExactRequest, { type: 'prepare' }>): Promise<null> {
  if (file) await read(file.path, file.byteOffset, from, to);
  if (standard) {
    normalizeRows(rows.data.subarray(from * width, to * width), width, from);
    for (let at = from * width; at < to * width; at += width)
      for (let j = 0; j < d; j++) rows.data[at + j] = (rows.data[at + j]! - standard.mean[j]!) * standard.scale[j]!;
  }
  normalizeRows(rows.data.subarray(from * width, to * width), width, from);
  return null;
}

async function read(path: string, byteOffset: number, from: number, to: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    const piece = new Float32Array(Math.min(tileRows, to - from) * d);
    const bytes = new Uint8Array(piece.buffer);
    for (let row = from; row < to; row += tileRows) {
      const count = Math.min(tileRows, to - row);
      for (let at = 0; at < count * d * 4;) {
        const { bytesRead } = await file.read(bytes, at, count * d * 4 - at, byteOffset + row * d * 4 + at);
        if (bytesRead === 0)
          throw new InternalError(
            'bad-shape',
            `${path} ends before row ${to}: it does not hold [${layout.n}, ${d}] numbers`,
            { path, n: layout.n, d },
          );
        at += bytesRead;
      }
      for (let i = 0; i < count; i++) rows.data.set(piece.subarray(i * d, (i + 1) * d), (row + i) * width);
    }
  } finally {
    await file.close();
  }
}

function search({ queries, count, k, exclude, from, to }: Extract<ExactRequest, { type: 'search' }>): Neighbours {
  const out = emptyNeighbours(count, k);
  const given = typeof queries !== 'number';
  for (let at = 0; at < count; at += BLOCK) {
    const size = Math.min(BLOCK, count - at);
    const stride = given ? d : width;
    const asked = given
      ? queries.subarray(at * d, (at + size) * d)
      : rows.data.subarray((queries + at) * width, (queries + at + size) * width);
    // Stored rows are their own queries, each leaving itself out.
    const except = given
      ? (exclude?.subarray(at, at + size) ?? null)
      : Int32Array.from({ length: size }, (_, i) => queries + at + i);
    rows.setQueries(asked, size, stride);
    const top = new TopK(size, k, except);
    for (let first = from; first < to; first += tileRows) {
      const tile = Math.min(tileRows, to - first);
      rows.products(first, tile, size);
      top.add(rows.scores, tile, first, tileRows);
    }
    top.finish((q, row) => cosine(asked, q * stride, rows.data, row * width, d), out, at);
  }
  return out;
}

function assign({ centres, count, from, to }: Extract<ExactRequest, { type: 'assign' }>): Assignment {
  const labels = new Int32Array(to - from);
  const similarities = new Float32Array(to - from).fill(-Infinity);
  for (let c = 0; c < count; c += BLOCK) {
    const size = Math.min(BLOCK, count - c);
    rows.setQueries(centres.subarray(c * d, (c + size) * d), size, d);
    for (let first = from; first < to; first += tileRows) {
      const tile = Math.min(tileRows, to - first);
      rows.products(first, tile, size);
      for (let q = 0; q < size; q++)
        for (let i = 0; i < tile; i++) {
          const score = rows.scores[q * tileRows + i]!;
          if (score <= similarities[first - from + i]!) continue;
          similarities[first - from + i] = score;
          labels[first - from + i] = c + q;
        }
    }
  }
  const sums = new Float64Array(count * d);
  for (let i = 0; i < labels.length; i++) {
    const at = (from + i) * width;
    const to_ = labels[i]! * d;
    for (let j = 0; j < d; j++) sums[to_ + j]! += rows.data[at + j]!;
  }
  return { labels, similarities, sums };
}

function products({ vectors, count, from, to }: Extract<ExactRequest, { type: 'products' }>): Products {
  const values = new Float32Array(count * (to - from));
  rows.setQueries(vectors, count, d);
  for (let first = from; first < to; first += tileRows) {
    const tile = Math.min(tileRows, to - first);
    rows.products(first, tile, count);
    for (let q = 0; q < count; q++)
      values.set(rows.scores.subarray(q * tileRows, q * tileRows + tile), q * (to - from) + first - from);
  }
  return { values };
}

async function answer(request: ExactRequest): Promise<ExactResult> {
  switch (request.type) {
    case 'prepare':
      return prepare(request);
    case 'products':
      return products(request);
    case 'search':
      return search(request);
    case 'components':
      return sampledComponents(rows, request.count);
    case 'assign':
      return assign(request);
    case 'plant':
      plantTree(rows, request.seed, request.order);
      return null;
    case 'join': {
      let changed = 0;
      leaves(request.from, request.to, (from, to) => {
        changed += joinLeaf(rows, request.lists, request.order.subarray(from, to));
      });
      return { changed: Int32Array.of(changed) };
    }
    case 'layOut':
      layOut(request.lists, request.adjacency);
      return null;
    case 'explore':
      return { changed: Int32Array.of(explore(rows, request.lists, request.adjacency, request.from, request.to)) };
    case 'rank':
      return rank(rows, request.lists, request.k, request.from, request.to);
  }
}

port.on('message', (request: ExactRequest) => {
  answer(request).then(
    (result) => {
      const buffers = Object.values(result ?? {}).map((array: Float32Array) => array.buffer as ArrayBuffer);
      port.postMessage({ result } satisfies ExactReply, buffers);
    },
    (error: unknown) => {
      port.postMessage({ error: toWireError(error) } satisfies ExactReply);
    },
  );
});
