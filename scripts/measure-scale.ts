/**
 * How cost grows with the collection: each operation at several sizes, in a process of its own, by processor seconds
 * (user and system, all threads), peak memory and the exponent between sizes. Data is synthetic: embeddings in 2,000
 * unequal clusters with 12 latent dimensions and 1 % bursts, sketches with planted copies, rows of a database.
 *
 *   node scripts/measure-scale.ts [--sizes 10000,100000] [--only graph,query] [--threads 2]
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import type { ScanProgress } from '../shared/contract.ts';
import { list } from '../src-main/app/library/listing.ts';
import { openStore } from '../src-main/db/index.ts';
import { readNpy, writeNpy } from '../src-main/export/index.ts';
import { clusters, ExactIndex, outliers } from '../src-main/search/index.ts';
import type { Neighbours } from '../src-main/search/index.ts';
import { descriptorLength, descriptors, ImagePool, proposed, sketchSide } from '../src-main/images/index.ts';
import { plain, turned } from '../src-main/images/same/grey.ts';
import { addPhotos } from './bench/rows.ts';

const { values } = parseArgs({
  options: {
    sizes: { type: 'string', default: '10000,100000' },
    only: { type: 'string' },
    threads: { type: 'string', default: '2' },
    /** Given only to the processes that this one starts, with `count`: what each measures, at which size. */
    operation: { type: 'string' },
    count: { type: 'string', default: '0' },
  },
});
const threads = Number(values.threads);
const k = 15;

/** A counted generator, so that every measurement has the same data. */
function counted(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

function embeddings(n: number, d: number): Float32Array {
  const [latent, kinds] = [12, 2000];
  const uniform = counted(1);
  const normal = () => Math.sqrt(-2 * Math.log(uniform() || 1e-9)) * Math.cos(2 * Math.PI * uniform());
  const centres = Float32Array.from({ length: kinds * latent }, normal);
  const map = Float32Array.from({ length: latent * d }, normal);
  const out = new Float32Array(n * d);
  const z = new Float64Array(latent);
  for (let i = 0; i < n; i++) {
    const isBurst = i > 0 && uniform() < 0.01;
    const kind = Math.floor(kinds * uniform() ** 3);
    for (let l = 0; l < latent; l++) z[l] = centres[kind * latent + l]! + 0.3 * normal();
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let l = 0; l < latent; l++) sum += z[l]! * map[l * d + j]!;
      out[i * d + j] = (isBurst ? out[(i - 1) * d + j]! : Math.tanh(0.5 * sum)) + 0.02 * normal();
    }
  }
  return out;
}

/**
 * Sketches of look-alikes, a few hundred kinds of scene with their own lights and details, and 200 copies among them,
 * each laid otherwise and compressed.
 */
function sketches(n: number): { sketches: Uint8Array; planted: [number, number][] } {
  const uniform = counted(5);
  const cells = sketchSide ** 2;
  const out = new Uint8Array(new SharedArrayBuffer(n * cells));
  const kinds = Array.from({ length: 400 }, () => waves(uniform, 5, 60));
  const at = (row: number) => out.subarray(row * cells, (row + 1) * cells);
  for (let row = 0; row < n; row++) {
    const kind = kinds[Math.floor(kinds.length * uniform())]!;
    const own = waves(uniform, 12, 30);
    const into = at(row);
    for (let i = 0; i < cells; i++)
      into[i] = Math.max(0, Math.min(255, 128 + kind[i]! + own[i]! + 8 * (uniform() - 0.5)));
  }
  const planted = Array.from({ length: 200 }, (_, p): [number, number] => [7 * p, n - 1 - 5 * p]);
  planted.forEach(([from, to], p) => {
    const data = Float32Array.from(at(from), (value) => value + 4 * (uniform() - 0.5));
    at(to).set(turned(plain(sketchSide, data), p % 8).data.map(Math.round));
  });
  return { sketches: out, planted };
}

/** A sum of waves [16, 16] of chance direction, the finer the fainter. */
function waves(uniform: () => number, count: number, strength: number): Float32Array {
  const out = new Float32Array(sketchSide ** 2);
  for (let wave = 0; wave < count; wave++) {
    const [u, v, phase] = [8 * uniform() - 4, 8 * uniform() - 4, 6.28 * uniform()];
    const by = (strength * uniform()) / (1 + 0.5 * Math.hypot(u, v));
    for (let i = 0; i < out.length; i++)
      out[i]! += by * Math.cos((6.28 * (u * (i % sketchSide) + v * Math.floor(i / sketchSide))) / sketchSide + phase);
  }
  return out;
}

/** Measures `work` alone: what an operation does before it calls this (making its data) is not counted. */
type Measure = <T>(work: () => T | Promise<T>, times?: number) => Promise<T>;
type Operation = (n: number, measure: Measure, folder: string) => Promise<string | void>;

async function withIndex<T>(
  n: number,
  d: number,
  work: (index: ExactIndex, vectors: Float32Array) => Promise<T>,
): Promise<T> {
  const vectors = embeddings(n, d);
  const index = await ExactIndex.create(vectors, n, d, { threads });
  try {
    return await work(index, vectors);
  } finally {
    await index.close();
  }
}

async function recall(index: ExactIndex, vectors: Float32Array, graph: Neighbours): Promise<string> {
  const { n, d } = index;
  const sample = Int32Array.from({ length: 500 }, (_, i) => Math.floor((i * n) / 500));
  const queries = new Float32Array(500 * d);
  sample.forEach((row, i) => queries.set(vectors.subarray(row * d, (row + 1) * d), i * d));
  const exact = await index.query(queries, 500, 10, { exclude: sample });
  let hits = 0;
  sample.forEach((row, i) => {
    const found = new Set(graph.indices.subarray(row * k, (row + 1) * k));
    for (const other of exact.indices.subarray(10 * i, 10 * i + 10)) if (found.has(other)) hits++;
  });
  return `recall@10 ${(hits / 5000).toFixed(4)}`;
}

const query =
  (d: number): Operation =>
  (n, measure) =>
    withIndex(n, d, async (index, vectors) => {
      const times = 20;
      await measure(async () => {
        for (let i = 0; i < times; i++) await index.query(vectors.slice(i * d, (i + 1) * d), 1, 24);
      }, times);
    });
const ofGraph =
  (work: (graph: Neighbours, n: number) => Promise<unknown>): Operation =>
  (n, measure) =>
    withIndex(n, 128, async (index) => {
      const graph = await index.neighbourGraph(k);
      await measure(() => work(graph, n));
    });
const proposals: Operation = async (n, measure) => {
  const { sketches: given, planted } = sketches(n);
  const found = await measure(async () => {
    const index = await ExactIndex.create(descriptors(given, n), n, descriptorLength, { threads });
    const { indices } = await index.neighbourGraph(k);
    await index.close();
    return proposed(
      { sketches: given, count: n, neighbours: [{ indices, k }] },
      { signal: new AbortController().signal, onProgress: () => {} },
    );
  });
  const pairs = new Set(Array.from(found.a, (a, i) => a * n + found.b[i]!));
  return `${planted.filter(([a, b]) => pairs.has(a * n + b)).length} of 200 planted, ${found.a.length} pairs`;
};
const inDatabase =
  (work: (store: ReturnType<typeof openStore>, n: number) => void, times = 1): Operation =>
  async (n, measure, folder) => {
    const store = openStore(join(folder, 'lookalike.db'));
    store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
    addPhotos(store, 'd', n);
    work(store, n); // what was written lies in memory as it does a while after
    await measure(() => {
      for (let i = 0; i < times; i++) work(store, n);
    }, times);
    store.close();
  };

/** A folder of files that only have names, listed before: nothing has changed. */
const rescan: Operation = async (n, measure, folder) => {
  const photos = join(folder, 'photos');
  const bytes = Buffer.alloc(100);
  for (let i = 0; i < n; i++) {
    const inner = join(photos, String(Math.floor(i / 1000)));
    if (i % 1000 === 0) mkdirSync(inner, { recursive: true });
    writeFileSync(join(inner, `${i}.jpg`), bytes);
  }
  const store = openStore(join(folder, 'lookalike.db'));
  store.datasets.insert({ id: 'd', name: 'Photos', folder: photos, addedAt: 1 });
  const pool = new ImagePool({ workers: 1 });
  const read = () => {
    const progress: ScanProgress = {
      ...{ datasetId: 'd', phase: 'listing', found: 0, read: 0, skipped: 0 },
      ...{ etaSeconds: null, error: null, changes: null },
    };
    const options = { signal: new AbortController().signal, progress, onProgress: () => undefined };
    return list({ store, pool }, store.datasets.get('d')!, options);
  };
  await read();
  const { added, changed, gone } = await measure(read);
  await pool.close();
  store.close();
  if (added + changed + gone > 0) throw new Error('a folder that did not change was read as one that did');
};

const operations: Record<string, Operation> = {
  'rescan, nothing changed': rescan,
  'graph 128': (n, measure) =>
    withIndex(n, 128, async (index, vectors) => recall(index, vectors, await measure(() => index.neighbourGraph(k)))),
  'query 128': query(128),
  'query 512': query(512),
  clusters: ofGraph((graph, n) => clusters(graph, n, k)),
  outliers: ofGraph((graph, n) => outliers(graph, n, k)),
  'duplicates, proposed': proposals,
  counts: inDatabase((store) => store.datasets.counts('d'), 20),
  'page, middle': inDatabase((store, n) => store.images.page('d', {}, n >> 1, 100), 20),
  'page, end': inDatabase((store, n) => store.images.page('d', {}, n - 100, 100), 20),
  'page, end, after a change': inDatabase((store, n) => {
    store.images.setExcluded([store.images.page('d', {}, 0, 1).rows[0]!.id], true);
    store.images.page('d', {}, n - 100, 100);
  }, 20),
  'npy, written and read': async (n, measure, folder) => {
    const data = new Float32Array(n * 128);
    await measure(async () => {
      await writeNpy(join(folder, 'x.npy'), { shape: [n, 128], data });
      await readNpy(join(folder, 'x.npy'));
    });
  },
};

interface Measured {
  seconds: number;
  megabytes: number;
  note: string | null;
}

async function one(operation: Operation, n: number): Promise<Measured> {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-scale-'));
  let seconds = 0;
  try {
    const note = await operation(
      n,
      async (work, times = 1) => {
        const before = process.cpuUsage();
        const result = await work();
        const { user, system } = process.cpuUsage(before);
        seconds = (user + system) / 1e6 / times;
        return result;
      },
      folder,
    );
    return { seconds, megabytes: process.resourceUsage().maxRSS / 1024, note: note ?? null };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.operation) {
  console.log(JSON.stringify(await one(operations[values.operation]!, Number(values.count))));
} else {
  const sizes = values.sizes.split(',').map(Number);
  const wanted = values.only?.split(',');
  const time = (seconds: number) => (seconds < 1 ? `${(1000 * seconds).toPrecision(3)} ms` : `${seconds.toFixed(1)} s`);
  console.log(`| operation | ${sizes.map((n) => n.toLocaleString('en')).join(' | ')} | exponent |`);
  console.log(`| --- | ${sizes.map(() => '---').join(' | ')} | --- |`);
  for (const name of Object.keys(operations)) {
    if (wanted && !wanted.some((start) => name.startsWith(start))) continue;
    const row = sizes.map((n): Measured => {
      const args = [
        fileURLToPath(import.meta.url),
        '--threads',
        values.threads,
        '--operation',
        name,
        '--count',
        String(n),
      ];
      return JSON.parse(execFileSync(process.execPath, args, { encoding: 'utf8' })) as Measured;
    });
    const [first, last] = [row[0]!, row.at(-1)!];
    const exponent = Math.log(last.seconds / first.seconds) / Math.log(sizes.at(-1)! / sizes[0]!);
    const cells = row.map(
      ({ seconds, megabytes, note }) =>
        `${time(seconds)}, ${Math.round(megabytes)} MB${note === null ? '' : `, ${note}`}`,
    );
    console.log(`| ${name} | ${cells.join(' | ')} | ${sizes.length > 1 ? exponent.toFixed(1) : ''} |`);
  }
}
