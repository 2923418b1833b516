/**
 * An embedding set while it is open: its vectors as an index, and its neighbour graph, its clusters and how alike any two
 * of it are, which are kept as files beside them and made anew where one is missing or of other vectors.
 */
import { open, rm } from 'node:fs/promises';
import type { IdList } from '../../../shared/idList.ts';
import type { EmbeddingSetRow } from '../../db/index.ts';
import { FileError, readArrays, writeArrays } from '../../files/index.ts';
import { clusters, ExactIndex, pairCosines, pairedRows } from '../../search/index.ts';
import type { Neighbours, Standard } from '../../search/index.ts';
import { Shared } from '../leases.ts';
import { unhurried } from '../unhurried.ts';

/** Neighbours of the graph that maps, clusters, duplicates and outliers are made of. */
export const graphNeighbours = 15;

/** Counts up when another graph or other clusters are made of the same vectors. */
const graphVersion = 1;

/**
 * Most bytes of an open set's rows as numbers (1,000,000 x 128). Of more there are levels of 8 bits and signs alone, a
 * third of the memory: answers are the same, as what comes near is read from the file and compared exactly, and a graph
 * takes 1.7 times as long.
 */
export const FLOAT_BYTES = 512e6;

/** What the file of a graph says of itself (files/arrays.ts). */
export const graphKind = { kind: `neighbours ${graphNeighbours}`, version: graphVersion };

export interface OpenSet {
  row: EmbeddingSetRow;
  /** Of the photos, one for each row; their table is made. */
  ids: IdList;
  /** Checksum of the vectors, by which what was made of them is known. */
  source: string;
  index: ExactIndex;
  /** Another index over the same rows, standardised; whoever asks closes it. */
  reopen(standard: Standard): Promise<ExactIndex>;
  /** The vector of a row, [1, d]. */
  vector(row: number): Promise<Float32Array>;
  /** The graph as its file has it; null where it must be made. */
  keptGraph: Shared<Neighbours | null>;
  /** The kept one, or made and kept: minutes for a million photos, so a task above `quickGraph`. */
  graph: Shared<Neighbours>;
  /** The cluster of each photo; kept as well. */
  clusters: Shared<Int32Array>;
  /** Cosines of pairs of its photos, ascending (search/pairs.ts); kept as well. */
  pairs: Shared<Float32Array>;
}

/**
 * Opens a set whose files are whole.
 * @param ids of the photos, one for each row
 * @param file the path of the set's file with an ending
 * @param vectors where they begin in the .npy file (bytes), and its checksum, by which what was made of them is known
 */
export async function openSet(
  row: EmbeddingSetRow,
  ids: IdList,
  file: (ending: string) => string,
  vectors: { offset: number; source: string },
): Promise<OpenSet> {
  const { offset, source } = vectors;
  const { images: n, dimensions: d } = row;
  const path = file('npy');
  const index = await ExactIndex.open(path, offset, n, d, { floatBytes: FLOAT_BYTES });
  const graphFile = file('graph');
  const kindOfGraph = { ...graphKind, source };
  const keptGraph = new Shared(async (): Promise<Neighbours | null> => {
    const [indices, similarities] = (await readArrays(graphFile, kindOfGraph)) ?? [];
    if (indices instanceof Int32Array && similarities instanceof Float32Array) return { indices, similarities };
    await rm(graphFile, { force: true });
    return null;
  });
  const graph = new Shared(async (signal, onProgress): Promise<Neighbours> => {
    const kept = await keptGraph.get(signal);
    if (kept) return kept;
    const made = await index.neighbourGraph(graphNeighbours, {
      signal,
      onProgress: (done, count) => onProgress(done / count),
    });
    await keep(graphFile, () => writeArrays(graphFile, kindOfGraph, [made.indices, made.similarities]));
    return made;
  });
  const grouped = new Shared(async (signal): Promise<Int32Array> => {
    const clusterFile = file('clusters');
    const kept = { kind: `clusters ${graphNeighbours}`, version: graphVersion, source };
    const [labels] = (await readArrays(clusterFile, kept)) ?? [];
    if (labels instanceof Int32Array) return labels;
    const made = await clusters(await graph.get(signal), n, graphNeighbours, { signal });
    await keep(clusterFile, () => writeArrays(clusterFile, kept, [made]));
    return made;
  });
  const read = async (rows: readonly number[]): Promise<Float32Array> => {
    const handle = await open(path);
    try {
      const bytes = new Uint8Array(4 * d * rows.length);
      for (const [i, at] of rows.entries()) await handle.read(bytes, 4 * d * i, 4 * d, offset + 4 * d * at);
      return new Float32Array(bytes.buffer);
    } finally {
      await handle.close();
    }
  };
  const pairs = new Shared(async (signal): Promise<Float32Array> => {
    const pairsFile = file('pairs');
    const kept = { kind: 'pairs', version: 1, source };
    const [cosines] = (await readArrays(pairsFile, kept)) ?? [];
    if (cosines instanceof Float32Array) return cosines;
    const rows = pairedRows(n);
    const made = await unhurried(pairCosines(await read(rows), rows.length, d), signal);
    await keep(pairsFile, () => writeArrays(pairsFile, kept, [made]));
    return made;
  });
  return {
    row,
    ids,
    source,
    index,
    // beside the first one
    reopen: (standard) => ExactIndex.open(path, offset, n, d, { standard, floatBytes: FLOAT_BYTES / 4 }),
    vector: (at) => read([at]),
    keptGraph,
    graph,
    clusters: grouped,
    pairs,
  };
}

/** Writes what could be computed again: on a full disk it serves as it is, and is made anew the next time. */
async function keep(file: string, write: () => Promise<void>): Promise<void> {
  try {
    await write();
  } catch (error) {
    if (!(error instanceof FileError)) throw error;
    await rm(file, { force: true });
  }
}
