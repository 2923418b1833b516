/** What is measured, each with its data. One process measures what begins with the same, such as a graph and its views. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ScanProgress } from '../../shared/contract.ts';
import { FLOAT_BYTES } from '../../src-main/app/explore/openSet.ts';
import { list } from '../../src-main/app/library/listing.ts';
import { Gone, openStore } from '../../src-main/db/index.ts';
import { readNpy, writeNpy } from '../../src-main/export/index.ts';
import { readNpyLayout } from '../../src-main/files/index.ts';
import { descriptorLength, descriptors, ImagePool, proposed } from '../../src-main/images/index.ts';
import { clusters, ExactIndex, outliers, umapMap } from '../../src-main/search/index.ts';
import type { Neighbours } from '../../src-main/search/index.ts';
import { addPhotos } from '../bench/rows.ts';
import { fromCsv, seldom, silences, usual } from './application.ts';
import { embeddings, sketches } from './data.ts';
import { evaluations } from './evaluation.ts';
import { handing } from './handing.ts';

export interface Place {
  /** Measures `work` alone, as a row of its own: what an operation does besides, such as making its data, is not counted. */
  measure<T>(row: string, work: () => T | Promise<T>, times?: number): Promise<T>;
  /** Says something of the row that was measured last. */
  note(text: string): void;
  /** Empty. */
  folder: string;
  threads: number;
  /** Whether a row was asked for. */
  wants(row: string): boolean;
}
export interface Operation {
  rows: readonly string[];
  run(n: number, place: Place): Promise<void>;
}

const k = 15;
const TIMES = 20;

async function withIndex<T>(
  n: number,
  d: number,
  threads: number,
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

const views: Operation = {
  rows: ['graph 128', 'clusters', 'outliers', 'map by components', 'map by UMAP'],
  run: (n, { measure, note, threads, wants }) =>
    withIndex(n, 128, threads, async (index, vectors) => {
      const graph = await measure('graph 128', () => index.neighbourGraph(k));
      note(await recall(index, vectors, graph));
      if (wants('clusters')) await measure('clusters', () => clusters(graph, n, k));
      if (wants('outliers')) await measure('outliers', () => outliers(graph, n, k));
      const start = await measure('map by components', () => index.principalComponents(2));
      if (wants('map by UMAP')) await measure('map by UMAP', () => umapMap(graph, n, k, start.coordinates));
    }),
};

/** By an index as the application opens it. The peak holds what is asked for as well, so its own memory is said. */
const query = (d: number): Operation => ({
  rows: [`query ${d}`],
  async run(n, { measure, note, threads, folder }) {
    const file = join(folder, 'x.npy');
    const asked: Float32Array[] = [];
    {
      const vectors = embeddings(n, d);
      for (let i = 0; i <= TIMES; i++) asked.push(vectors.slice(i * d, (i + 1) * d));
      await writeNpy(file, { shape: [n, d], data: vectors });
    }
    const { byteOffset } = await readNpyLayout(file);
    const before = process.memoryUsage.rss();
    const index = await ExactIndex.open(file, byteOffset, n, d, { threads, floatBytes: FLOAT_BYTES });
    await index.query(asked[TIMES]!, 1, 24); // its levels are made
    const clock: number[] = [];
    await measure(
      `query ${d}`,
      async () => {
        for (let i = 0; i < TIMES; i++) {
          const began = performance.now();
          await index.query(asked[i]!, 1, 24);
          clock.push(performance.now() - began);
        }
      },
      TIMES,
    );
    const middle = clock.toSorted((a, b) => a - b)[TIMES >> 1]!;
    const held = Math.round((process.memoryUsage.rss() - before) / 1e6);
    note(`index ${held} MB, ${middle.toFixed(1)} ms by the clock`);
    await index.close();
  },
});

const duplicates: Operation = {
  rows: ['duplicates, proposed'],
  async run(n, { measure, note, threads }) {
    const { sketches: given, planted } = sketches(n);
    const found = await measure('duplicates, proposed', async () => {
      const index = await ExactIndex.create(descriptors(given, n), n, descriptorLength, { threads });
      const { indices } = await index.neighbourGraph(k);
      await index.close();
      return proposed(
        { sketches: given, count: n, neighbours: [{ indices, k }] },
        { signal: new AbortController().signal, onProgress: () => {} },
      );
    });
    const pairs = new Set(Array.from(found.a, (a, i) => a * n + found.b[i]!));
    note(`${planted.filter(([a, b]) => pairs.has(a * n + b)).length} of 200 planted, ${found.a.length} pairs`);
  },
};

const database: Operation = {
  rows: ['counts', 'page, middle', 'page, end', 'page, middle, after a change'],
  async run(n, { measure, folder }) {
    const store = openStore(join(folder, 'lookalike.db'));
    store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
    addPhotos(store, 'd', n);
    const row = async (name: string, work: () => void) => {
      work(); // what was written lies in memory as it does a while after
      const all = () => {
        for (let i = 0; i < TIMES; i++) work();
      };
      await measure(name, all, TIMES);
    };
    await row('counts', () => store.datasets.counts('d'));
    await row('page, middle', () => store.images.page('d', {}, n >> 1, 100));
    await row('page, end', () => store.images.page('d', {}, n - 100, 100));
    // the middle is farthest from both ends, and no place is known any more
    let away = false;
    const first = store.images.page('d', {}, 0, 1).rows[0]!.id;
    await row('page, middle, after a change', () => {
      away = !away;
      store.images.setGone([first], away ? Gone.away : Gone.here);
      store.images.page('d', {}, n >> 1, 100);
    });
    store.close();
  },
};

/** A folder of files that only have names, listed before: nothing has changed. */
const rescan: Operation = {
  rows: ['rescan, nothing changed'],
  async run(n, { measure, folder }) {
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
      return list({ store, pool, paths: { home: folder } }, store.datasets.get('d')!, options);
    };
    await read();
    const { added, changed, gone } = await measure('rescan, nothing changed', read);
    await pool.close();
    store.close();
    if (added + changed + gone > 0) throw new Error('a folder that did not change was read as one that did');
  },
};

const application = (row: string, questions: typeof usual, filling: readonly string[] = []): Operation => ({
  rows: [row],
  async run(n, { measure, note, folder }) {
    const found = await measure(row, () => silences(join(folder, 'home'), n, questions, filling));
    const worst = [...found].sort((a, b) => b.longest - a.longest).slice(0, 5);
    note(`silent at most: ${worst.map(({ name, longest }) => `${name} ${longest.toFixed(0)} ms`).join(', ')}`);
  },
});

const npy: Operation = {
  rows: ['npy, written and read'],
  async run(n, { measure, folder }) {
    const data = new Float32Array(n * 128);
    await measure('npy, written and read', async () => {
      await writeNpy(join(folder, 'x.npy'), { shape: [n, 128], data });
      await readNpy(join(folder, 'x.npy'));
    });
  },
};

export const operations: readonly Operation[] = [
  ...[rescan, views, query(128), query(512), duplicates, database, npy, ...evaluations, handing],
  application('application asked', usual),
  application('application, asked once in a while', seldom, ['16', 'described']),
  application('labels from a CSV', fromCsv),
];
