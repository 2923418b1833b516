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
import { InternalError } from '../../shared/errors.ts';
import { closeSync, openSync, readSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { sampledComponents } from './covariance.ts';
import { explore, joinLeaf, layOut, rank } from './descent.ts';
import { leaves, plantTree } from './forest.ts';
import type { SharedMemory } from './kernels.ts';
import { BLOCK, FEW } from './layout.ts';
import type { Layout } from './layout.ts';
import type { ExactReply, ExactRequest, ExactResult, Origin, RowFile } from './requests.ts';
import type { Assignment, Products } from './results.ts';
import { Rows } from './rows.ts';
import { scan } from './scan.ts';
import { TopK, emptyNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import { cosine, hasZeroRow, normalizeRows } from './vectors.ts';

const { layout, memory, thread, origin } = workerData as {
  layout: Layout;
  memory: SharedMemory;
  thread: number;
  origin: Origin;
};
const { file, standard } = origin;
const { d, width, tileRows } = layout;
const rows = new Rows(layout, memory, thread);
const port = parentPort!;

/** Rows [.., d] as they are compared, in place; `first` is the number of the first. */
function compared(values: Float32Array, first: number): Float32Array {
  normalizeRows(values, d, first);
  if (!standard) return values;
  const { mean, scale } = standard;
  for (let at = 0; at < values.length; at += d)
    for (let j = 0; j < d; j++) values[at + j] = (values[at + j]! - mean[j]!) * scale[j]!;
  return normalizeRows(values, d, first);
}

/** Rows that the centre is the mean of: pieces of as many, so that a disk seeks to few places. */
const [PIECES, PIECE] = [64, 32];

function centre(n: number): null {
  const stored = file && openSync(file.path, 'r');
  try {
    const taken = Math.min(n, PIECES * PIECE);
    const sums = new Float64Array(d);
    const values = new Float32Array(d);
    for (let i = 0; i < taken; i++) {
      const piece = Math.floor(i / PIECE);
      const row = taken === n ? i : Math.floor(((n - PIECE) * piece) / (PIECES - 1)) + (i % PIECE);
      if (stored === null) values.set(rows.data.subarray(row * width, row * width + d));
      else readRow(stored, row, values);
      compared(values, row).forEach((x, j) => (sums[j]! += x / taken));
    }
    rows.setCentre(Float32Array.from(sums));
  } finally {
    if (stored !== null) closeSync(stored);
  }
  return null;
}

/** A row of the file as it stands there, read from `stored` into `values` [d]. */
function readRow(stored: number, row: number, values: Float32Array): void {
  const { path, byteOffset } = file!;
  if (readSync(stored, values, 0, 4 * d, byteOffset + 4 * d * row) < 4 * d)
    throw new InternalError('bad-shape', `${path} ends before row ${row + 1}`, { path, n: layout.n, d });
}

async function prepare(from: number, to: number, firstRow: number): Promise<null> {
  if (file) await read(file, from, to);
  else
    for (let row = from; row < to; row++) {
      const values = compared(rows.row(row).subarray(0, d), firstRow + row);
      rows.setLevels(row, values);
    }
  return null;
}

async function read({ path, byteOffset }: RowFile, from: number, to: number): Promise<void> {
  const opened = await open(path, 'r');
  try {
    const piece = new Float32Array(Math.min(tileRows, to - from) * d);
    const bytes = new Uint8Array(piece.buffer);
    for (let row = from; row < to; row += tileRows) {
      const count = Math.min(tileRows, to - row);
      for (let at = 0; at < count * d * 4;) {
        const { bytesRead } = await opened.read(bytes, at, count * d * 4 - at, byteOffset + row * d * 4 + at);
        if (bytesRead === 0)
          throw new InternalError(
            'bad-shape',
            `${path} ends before row ${to}: it does not hold [${layout.n}, ${d}] numbers`,
            { path, n: layout.n, d },
          );
        at += bytesRead;
      }
      compared(piece.subarray(0, count * d), row);
      for (let i = 0; i < count; i++) {
        const values = piece.subarray(i * d, (i + 1) * d);
        if (layout.floats) rows.data.set(values, (row + i) * width);
        rows.setLevels(row + i, values);
      }
    }
  } finally {
    await opened.close();
  }
}

/** Rows by number, exact whatever is in memory: of levels alone, as the file that they came from has them. */
function exactRows(): { of(row: number): Float32Array; close(): void } {
  if (layout.floats || !file) return { of: (row) => rows.row(row), close: () => undefined };
  const opened = openSync(file.path, 'r');
  const values = new Float32Array(d);
  const of = (row: number): Float32Array => {
    readRow(opened, row, values);
    return compared(values, row);
  };
  return { of, close: () => closeSync(opened) };
}

/** Most candidates beyond k whose similarities are computed exactly, where they were found by levels. */
const LEVELS_MARGIN = 200;

function search({ queries, count, k, exclude, from, to }: Extract<ExactRequest, { type: 'search' }>): Neighbours {
  const out = emptyNeighbours(count, k);
  const given = typeof queries !== 'number';
  const byLevels = given && rows.levels !== null;
  const exact = exactRows();
  try {
    for (let at = 0; at < count; at += BLOCK) {
      const size = Math.min(BLOCK, count - at);
      const asked = given ? queries.subarray(at * d, (at + size) * d) : new Float32Array(size * d);
      if (!given) for (let q = 0; q < size; q++) asked.set(exact.of(queries + at + q).subarray(0, d), q * d);
      // Stored rows are their own queries, each leaving itself out.
      const except = given
        ? (exclude?.subarray(at, at + size) ?? null)
        : Int32Array.from({ length: size }, (_, i) => queries + at + i);
      const few = byLevels && size <= FEW && !hasZeroRow(asked, d); // as near to every row, where levels would prefer some by their rounding
      if (few) rows.setLevelQueries(asked, size, d);
      else rows.setQueries(asked, size, d);
      const top = new TopK(size, k, except, few || !layout.floats ? LEVELS_MARGIN : undefined);
      if (few) scan(rows, top, size, from, to);
      else
        for (let first = from; first < to; first += tileRows) {
          const tile = Math.min(tileRows, to - first);
          rows.products(first, tile, size);
          top.add(rows.scores, tile, first, tileRows);
        }
      top.finish((q, row) => cosine(asked, q * d, exact.of(row), 0, d), out, at);
    }
  } finally {
    exact.close();
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
    const row = rows.row(from + i);
    const to_ = labels[i]! * d;
    for (let j = 0; j < d; j++) sums[to_ + j]! += row[j]!;
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
    case 'centre':
      return centre(request.n);
    case 'prepare':
      return prepare(request.from, request.to, request.first);
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
