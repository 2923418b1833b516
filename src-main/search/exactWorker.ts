/**
 * The thread behind ExactIndex: holds the normalised vectors in tiles and answers queries block by block, so that a
 * photo someone clicks on is answered between two blocks of a long job.
 *
 * Scores come from ONNX Runtime's Gemm with the tile as an input. Measured on the development machine (2 cores,
 * AVX-512, onnxruntime-node 1.30, 100,000 x 512): one query 10 ms, which is the memory's bandwidth (205 MB at
 * 20 GB/s); blocks of 128 queries 100 to 130 GFLOP/s. The loop in JavaScript needs about 60 ms a query and thread,
 * and WebAssembly has 128-bit vectors only, so it can tie on one query and must lose on batches. Selection in the
 * graph (TopK) was not needed: a scan against the running threshold is one pass over the scores.
 */
import { open } from 'node:fs/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { leadingComponents } from './components.ts';
import { onnxModel } from './onnx.ts';
import { TopK, emptyNeighbours } from './topK.ts';
import type { Neighbours } from './topK.ts';
import { SearchError } from './errors.ts';
import { cosine, normalizeRows } from './vectors.ts';

/** Rows to a tile: 16 MB at 512 dimensions, so that the scores of a block stay in the cache. */
const TILE_BYTES = 16 << 20;
const BLOCK = 128;

export type ExactRequest =
  | { type: 'add'; rows: Float32Array }
  | { type: 'load'; path: string; byteOffset: number }
  | { type: 'ready'; id: number }
  | { type: 'query'; id: number; queries: Float32Array | null; count: number; k: number; exclude: Int32Array | null }
  | { type: 'components'; id: number; count: number }
  | { type: 'cancel'; id: number };

export type ExactReply =
  | { type: 'result'; id: number; value: Neighbours | Components | null }
  | { type: 'progress'; id: number; done: number; count: number }
  | { type: 'error'; id: number; code: SearchError['code']; message: string; details: Record<string, unknown> };

export interface Components {
  /** The rows' coordinates [n, count]. */
  coordinates: Float32Array;
  /** Share of the variance along each of them, 0 to 1 [count]. */
  explained: Float32Array;
}

interface Job {
  id: number;
  queries: Float32Array | null;
  count: number;
  k: number;
  exclude: Int32Array | null;
  done: number;
  out: Neighbours;
}

const { n, d, threads } = workerData as { n: number; d: number; threads: number };
const port = parentPort!;
const tileRows = Math.max(256, Math.min(n, Math.floor(TILE_BYTES / (4 * d))) & ~63 || 256);
const tiles: Float32Array[] = [];
let rowsHeld = 0;
const jobs: Job[] = [];
let running = false;
let broken: SearchError | null = null;

const session = InferenceSession.create(
  onnxModel(
    [{ op: 'Gemm', inputs: ['queries', 'rows'], outputs: ['scores'], attributes: { transB: 1 } }],
    [
      { name: 'queries', shape: ['count', d] },
      { name: 'rows', shape: ['rows', d] },
    ],
    [{ name: 'scores', shape: ['count', 'rows'] }],
  ),
  // Without spinning: between two queries the cores belong to the window and to training.
  { intraOpNumThreads: threads, interOpNumThreads: 1, extra: { session: { intra_op: { allow_spinning: '0' } } } },
);

function addRows(rows: Float32Array): void {
  normalizeRows(rows, d, rowsHeld);
  for (let at = 0; at < rows.length; ) {
    const within = rowsHeld % tileRows;
    if (within === 0) tiles.push(new Float32Array(Math.min(tileRows, n - rowsHeld) * d));
    const tile = tiles[tiles.length - 1]!;
    const take = Math.min(rows.length - at, tile.length - within * d);
    tile.set(rows.subarray(at, at + take), within * d);
    at += take;
    rowsHeld += take / d;
  }
}

async function load(path: string, byteOffset: number): Promise<void> {
  const file = await open(path, 'r');
  try {
    for (let row = rowsHeld; row < n; row += tileRows) {
      const rows = new Float32Array(Math.min(tileRows, n - row) * d);
      const bytes = new Uint8Array(rows.buffer);
      for (let at = 0; at < bytes.length; ) {
        const { bytesRead } = await file.read(bytes, at, bytes.length - at, byteOffset + row * d * 4 + at);
        if (bytesRead === 0)
          throw new SearchError('bad-shape', `${path} ends before row ${row}: it does not hold [${n}, ${d}] numbers`, { path, n, d });
        at += bytesRead;
      }
      addRows(rows);
    }
  } finally {
    await file.close();
  }
}

const storedRow = (row: number): [Float32Array, number] => [tiles[Math.floor(row / tileRows)]!, (row % tileRows) * d];

/** The next queries of a job, normalised, and which row each one leaves out. */
function block(job: Job, size: number): { queries: Float32Array; exclude: Int32Array | null } {
  if (job.queries !== null)
    return {
      queries: job.queries.subarray(job.done * d, (job.done + size) * d),
      exclude: job.exclude?.subarray(job.done, job.done + size) ?? null,
    };
  // A graph: the stored rows ask, each leaving itself out.
  const queries = new Float32Array(size * d);
  const exclude = new Int32Array(size);
  for (let i = 0; i < size; i++) {
    const [tile, at] = storedRow(job.done + i);
    queries.set(tile.subarray(at, at + d), i * d);
    exclude[i] = job.done + i;
  }
  return { queries, exclude };
}

async function advance(job: Job): Promise<void> {
  const size = Math.min(BLOCK, job.count - job.done);
  const { queries, exclude } = block(job, size);
  const top = new TopK(size, job.k, exclude);
  const asked = new Tensor('float32', queries, [size, d]);
  const run = await session;
  for (const [t, tile] of tiles.entries()) {
    const width = tile.length / d;
    const { scores } = await run.run({ queries: asked, rows: new Tensor('float32', tile, [width, d]) });
    top.add(scores!.data as Float32Array, width, t * tileRows);
    scores!.dispose();
  }
  const similarity = (q: number, row: number) => {
    const [tile, at] = storedRow(row);
    return cosine(queries, q * d, tile, at, d);
  };
  top.finish(similarity, job.out, job.done);
  job.done += size;
}

/** Rows the covariance is made of, evenly spaced: a second at d 2048, and two leading directions need no more. */
const COVARIANCE_ROWS = 16_384;

/** Principal components of the normalised rows: covariance tile by tile in Gemm, its leading eigenvectors, projection. */
async function components(count: number): Promise<Components> {
  const product = await InferenceSession.create(
    onnxModel(
      [{ op: 'Gemm', inputs: ['rows', 'rows'], outputs: ['product'], attributes: { transA: 1 } }],
      [{ name: 'rows', shape: ['rows', d] }],
      [{ name: 'product', shape: [d, d] }],
    ),
    { intraOpNumThreads: threads, interOpNumThreads: 1 },
  );
  const stride = Math.max(1, Math.ceil(n / COVARIANCE_ROWS));
  const sampled = Math.ceil(n / stride);
  const mean = new Float64Array(d);
  for (let row = 0; row < n; row += stride) {
    const [tile, at] = storedRow(row);
    for (let j = 0; j < d; j++) mean[j]! += tile[at + j]! / sampled;
  }
  const covariance = new Float64Array(d * d);
  const piece = Math.min(2048, sampled);
  for (let first = 0; first < sampled; first += piece) {
    // Centred before the product: afterwards float32 would cancel where features hardly vary.
    const centred = new Float32Array(Math.min(piece, sampled - first) * d);
    for (let i = 0; i < centred.length / d; i++) {
      const [tile, at] = storedRow((first + i) * stride);
      for (let j = 0; j < d; j++) centred[i * d + j] = tile[at + j]! - mean[j]!;
    }
    const out = await product.run({ rows: new Tensor('float32', centred, [centred.length / d, d]) });
    const part = out['product']!.data as Float32Array;
    for (let j = 0; j < part.length; j++) covariance[j]! += part[j]! / sampled;
    await new Promise((resolve) => setImmediate(resolve));
  }
  await product.release();
  const { vectors, values } = leadingComponents(covariance, d, count);
  const offsets = vectors.map((v) => v.reduce((s, x, j) => s + x * mean[j]!, 0));
  const coordinates = new Float32Array(n * count);
  for (let row = 0; row < n; row++) {
    const [tile, at] = storedRow(row);
    for (let c = 0; c < count; c++) {
      const vector = vectors[c]!;
      let sum = -offsets[c]!;
      for (let j = 0; j < d; j++) sum += tile[at + j]! * vector[j]!;
      coordinates[row * count + c] = sum;
    }
  }
  let total = 0;
  for (let j = 0; j < d; j++) total += covariance[j * d + j]!;
  return { coordinates, explained: Float32Array.from(values, (x) => (total > 0 ? x / total : 0)) };
}

const reply = (message: ExactReply, transfer: ArrayBuffer[] = []) => port.postMessage(message, transfer);

function fail(id: number, error: unknown): void {
  const known = error instanceof SearchError ? error : new SearchError('failed', error instanceof Error ? error.message : String(error));
  reply({ type: 'error', id, code: known.code, message: known.message, details: known.details });
}

/** Shortest remaining job first, one block at a time; messages come in between. */
async function pump(): Promise<void> {
  if (running) return;
  running = true;
  while (jobs.length > 0) {
    jobs.sort((a, b) => a.count - a.done - (b.count - b.done) || a.id - b.id);
    const job = jobs[0]!;
    try {
      if (job.done < job.count) await advance(job);
    } catch (error) {
      jobs.splice(jobs.indexOf(job), 1);
      fail(job.id, error);
      continue;
    }
    await new Promise((resolve) => setImmediate(resolve));
    if (!jobs.includes(job)) continue; // cancelled meanwhile
    if (job.done >= job.count) {
      jobs.splice(jobs.indexOf(job), 1);
      reply({ type: 'result', id: job.id, value: job.out }, [
        job.out.indices.buffer as ArrayBuffer,
        job.out.similarities.buffer as ArrayBuffer,
      ]);
    } else reply({ type: 'progress', id: job.id, done: job.done, count: job.count });
  }
  running = false;
}

let loading: Promise<void> = Promise.resolve();

port.on('message', (request: ExactRequest) => {
  switch (request.type) {
    case 'add':
      try {
        if (!broken) addRows(request.rows);
      } catch (error) {
        broken = error as SearchError;
      }
      break;
    case 'load':
      loading = load(request.path, request.byteOffset).catch((error: unknown) => {
        broken = error instanceof SearchError ? error : new SearchError('failed', String(error));
      });
      break;
    case 'ready':
      void loading
        .then(() => session)
        .then(() => (broken ? fail(request.id, broken) : reply({ type: 'result', id: request.id, value: null })))
        .catch((error: unknown) => fail(request.id, error));
      break;
    case 'query': {
      const { id, queries, count, k, exclude } = request;
      try {
        if (queries) normalizeRows(queries, d);
      } catch (error) {
        fail(id, error);
        break;
      }
      jobs.push({ id, queries, count, k, exclude, done: 0, out: emptyNeighbours(count, k) });
      void pump();
      break;
    }
    case 'components': {
      const { id } = request;
      void components(request.count).then(
        (value) => reply({ type: 'result', id, value }, [value.coordinates.buffer as ArrayBuffer]),
        (error: unknown) => fail(id, error),
      );
      break;
    }
    case 'cancel': {
      const at = jobs.findIndex((job) => job.id === request.id);
      if (at >= 0) jobs.splice(at, 1);
      break;
    }
    default:
      request satisfies never;
  }
});
