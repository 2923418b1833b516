/** The calls of Explore: neighbours, queries, the map, clusters and outliers of an embedding set. */
import { setImmediate as breathe } from 'node:timers/promises';
import type { AppHandlers, exploreCalls, Reason } from '../../../shared/contract.ts';
import { byName } from '../../../shared/names.ts';
import { reason } from '../../../shared/reason.ts';
import { clusterGroups, outliers, shareAsFar, shareBelow, umapMap } from '../../search/index.ts';
import type { Neighbours } from '../../search/index.ts';
import { chooseCheckpoint } from '../checkpoints.ts';
import type { AppContext } from '../context.ts';
import { AppError, found, foundTag } from '../errors.ts';
import type { TaskControl } from '../tasks.ts';
import { unhurried } from '../unhurried.ts';
import { findRest } from './find.ts';
import { fitted } from './fitted.ts';
import { fingerprint } from './fingerprint.ts';
import { gainOf } from './gain.ts';
import { pickPhotos } from './pick.ts';
import type { Watching } from './pick.ts';
import { Queries } from './queries.ts';
import { graphNeighbours as k } from './openSet.ts';
import type { OpenSet } from './openSet.ts';
import { readUmap, writeUmap } from './umapFile.ts';
import type { EmbeddingSets } from './sets.ts';

const aboutOf = ({ runId, datasetId }: OpenSet['row']) => ({ runId, datasetId });

export type ExploreHandlers = Pick<AppHandlers, keyof typeof exploreCalls>;

export function exploreHandlers(
  context: AppContext,
  sets: EmbeddingSets,
): { handlers: ExploreHandlers; close(): Promise<void> } {
  const { store, tasks, leases } = context;
  const queries = new Queries(context);

  /** The photos of these rows; what a cosine means is known by that of all pairs. */
  const neighbours = async (set: OpenSet, { indices, similarities }: Neighbours, signal: AbortSignal) => {
    const pairs = await set.pairs.get(signal);
    return [...indices].flatMap((row, i) => {
      if (row < 0) return [];
      const similarity = similarities[i]!;
      return [{ imageId: set.ids.at(row), similarity, closer: shareBelow(pairs, similarity) }];
    });
  };

  /** Whether a query is like anything here. Only where the graph is there already, or kept. */
  const rankOf = async (set: OpenSet, similarity: number, signal: AbortSignal) => {
    const graph = await (set.graph.ready ? set.graph : set.keptGraph).get(signal);
    return graph && shareAsFar(graph, set.ids.length, k, similarity);
  };

  const ask = async (set: OpenSet, vector: Float32Array, count: number, exclude: number, signal: AbortSignal) => {
    const began = performance.now();
    const result = await set.index.query(vector, 1, count, { exclude: Int32Array.of(exclude), signal });
    const milliseconds = performance.now() - began;
    const found = await neighbours(set, result, signal);
    return { neighbours: found, milliseconds, rank: found[0] ? await rankOf(set, found[0].similarity, signal) : null };
  };

  /** @throws AppError not-available where it would take long: that is a task */
  const graphOf = async (set: OpenSet, signal: AbortSignal): Promise<Neighbours> => {
    const takesLong = set.ids.length > sets.quickGraph && !set.graph.ready;
    if (takesLong && (await set.keptGraph.get(signal)) === null) throw new AppError('not-available.graph');
    return set.graph.get(signal);
  };

  /** The number of each row's label among all labels in their order; -1: none. */
  const labelsOf = async (set: OpenSet): Promise<{ labels: Int32Array<ArrayBuffer>; classes: string[] }> => {
    const labels = new Int32Array(set.ids.length).fill(-1);
    const numbers = new Map<string, number>();
    for (const some of store.images.labelPieces(set.row.datasetId)) {
      for (const { id, label } of some) {
        if (!numbers.has(label)) numbers.set(label, numbers.size);
        const row = set.ids.rowOf(id);
        if (row >= 0) labels[row] = numbers.get(label)!;
      }
      await breathe();
    }
    const classes = [...numbers.keys()].sort(byName);
    const sorted = new Int32Array(classes.length);
    classes.forEach((label, i) => (sorted[numbers.get(label)!] = i));
    return { labels: labels.map((number) => (number < 0 ? -1 : sorted[number]!)), classes };
  };

  /** The work of a task on an open set, which tells how far it is. */
  const picking =
    <T>(embeddingSetId: string, doing: Reason, work: (set: OpenSet, watching: Watching) => Promise<T>) =>
    ({ signal, progress }: TaskControl) =>
      sets.use(embeddingSetId, (set) => work(set, { signal, onProgress: (fraction) => progress(fraction, doing) }));

  const handlers: ExploreHandlers = {
    'tasks.list': () => tasks.list(),
    'tasks.cancel': ({ taskId }) => {
      tasks.cancel(taskId);
      return null;
    },
    'explore.sets': ({ runId }) => {
      const rows = runId === undefined ? store.embeddingSets.all() : store.embeddingSets.ofRun(runId);
      return Promise.all(rows.filter((row) => !store.runs.get(row.runId)?.deletedAt).map((row) => sets.describe(row)));
    },
    'explore.embed': ({ runId, checkpointId, datasetId }) => sets.startEmbed(runId, checkpointId, datasetId),
    'explore.changes': ({ embeddingSetId }) =>
      sets.use(embeddingSetId, async ({ ids, row }) => {
        const usable = () => store.images.pieces(row.datasetId, { excluded: false });
        let [used, known] = [0, 0];
        for (const piece of usable()) {
          used += piece.length;
          for (const { id } of piece) if (ids.rowOf(id) >= 0) known++;
          await breathe();
        }
        const changes = { added: used - known, gone: ids.length - known };
        // of the very photos that it was made of, some that could not be read then: none of them has come since
        const isSame = changes.added > 0 && (await fingerprint(usable())) === row.fingerprint;
        return isSame ? { added: 0, gone: 0 } : changes;
      }),
    'explore.neighbours': ({ embeddingSetId, imageId, k: count }, { signal }) =>
      sets.use(embeddingSetId, async (set) => {
        const at = set.ids.rowOf(imageId);
        const row = found(at < 0 ? undefined : at, 'photo in this embedding', imageId);
        return ask(set, await set.vector(row), count, row, signal);
      }),
    'explore.query': async ({ embeddingSetId, image, k: count }, { signal }) => {
      const row = sets.row(embeddingSetId);
      const chosen = chooseCheckpoint(context, row.runId, row.checkpointId);
      const vector = queries.embed(chosen, Buffer.from(image, 'base64'));
      vector.catch(() => {}); // told below
      return sets.use(embeddingSetId, async (set) => ask(set, await vector, count, -1, signal));
    },
    'explore.map': ({ embeddingSetId, layout }, { signal }) =>
      sets.use(embeddingSetId, async (set) => {
        try {
          queries.prepare(chooseCheckpoint(context, set.row.runId, set.row.checkpointId));
        } catch {
          // the checkpoint was thinned out: the map does without it, and a dropped image will be told
        }
        const n = set.ids.length;
        const places =
          layout === 'pca' ? (await set.index.principalComponents(2)).coordinates : await umapOf(sets, set);
        const positions = await unhurried(fitted(places), signal);
        const { labels, classes } = await labelsOf(set);
        const isGrouped = n <= sets.quickGraph || ((await sets.hasGraph(set.row)) && (await set.keptGraph.get(signal)));
        const grouped = isGrouped ? await set.clusters.get(signal) : new Int32Array();
        await set.pairs.get(signal); // what is asked next is answered at once
        return {
          imageIds: set.ids.bytes,
          positions,
          labels,
          classes,
          clusters: grouped.slice(), // out of the memory that threads share, which no port takes
        };
      }),
    'explore.startUmap': ({ embeddingSetId }) => {
      const row = sets.row(embeddingSetId);
      const arrange = async (set: OpenSet, { signal, progress }: TaskControl) => {
        const n = set.ids.length;
        const graph = await set.graph.get(signal, (fraction) =>
          progress(fraction / 2, reason('doing.finding-neighbours')),
        );
        const start = (await set.index.principalComponents(2)).coordinates;
        const positions = await umapMap(graph, n, k, start, {
          signal,
          onProgress: (fraction) => progress(0.5 + fraction / 2, reason('doing.arranging-map')),
        });
        await writeUmap(sets.file(row, 'umap'), set.source, positions);
        return embeddingSetId;
      };
      return tasks.start(
        'umap',
        reason('doing.arranging-map'),
        (control) => sets.use(embeddingSetId, (set) => arrange(set, control)),
        { line: 'processor', about: aboutOf(row), release: leases.hold('run', row.runId) },
      );
    },
    'explore.startGraph': ({ embeddingSetId }) => {
      const row = sets.row(embeddingSetId);
      const find = async (set: OpenSet, { signal, progress }: TaskControl) => {
        await set.graph.get(signal, (fraction) => progress(0.9 * fraction, reason('doing.finding-neighbours')));
        progress(0.9, reason('doing.finding-clusters'));
        await set.clusters.get(signal);
        return embeddingSetId;
      };
      return tasks.start(
        'graph',
        reason('doing.finding-neighbours'),
        (control) => sets.use(embeddingSetId, (set) => find(set, control)),
        { line: 'processor', about: aboutOf(row), release: leases.hold('run', row.runId) },
      );
    },
    'explore.clusters': ({ embeddingSetId, count }, { signal }) =>
      sets.use(embeddingSetId, async (set) => {
        const graph = await graphOf(set, signal);
        const clusterOf = await set.clusters.get(signal);
        const groups = await clusterGroups(graph, set.ids.length, k, clusterOf, count, { signal });
        const { bytes } = set.ids.some(groups.members);
        const pairs = await set.pairs.get(signal);
        return {
          imageIds: bytes,
          starts: [...groups.starts],
          coherence: [...groups.similarity],
          closer: Array.from(groups.similarity, (similarity) => shareBelow(pairs, similarity)),
        };
      }),
    'explore.find': ({ embeddingSetId, tagId, count }, { signal }) =>
      sets.use(embeddingSetId, (set) => findRest(store, set, foundTag(store.tags.get(tagId)).id, count, signal)),
    'explore.pick': ({ embeddingSetId, ...request }, { signal }) => {
      const doing = reason('doing.picking');
      return tasks.run(
        'pick',
        doing,
        picking(embeddingSetId, doing, (set, on) => pickPhotos(store, set, request, on)),
        { line: 'processor', about: aboutOf(sets.row(embeddingSetId)), signal },
      );
    },
    'explore.gain': ({ embeddingSetId }, { signal }) => {
      const doing = reason('doing.measuring-gain');
      return tasks.run(
        'pick',
        doing,
        picking(embeddingSetId, doing, (set, on) => gainOf(store, set, on)),
        { line: 'processor', about: aboutOf(sets.row(embeddingSetId)), signal },
      );
    },
    'explore.outliers': ({ embeddingSetId, count }, { signal }) =>
      sets.use(embeddingSetId, async (set) => {
        const { order, distance } = await outliers(await graphOf(set, signal), set.ids.length, k, { signal });
        const indices = order.slice(0, count);
        const similarities = Float32Array.from(indices, (row) => 1 - distance[row]!);
        return neighbours(set, { indices, similarities }, signal);
      }),
  };
  return {
    handlers,
    close: async () => {
      queries.close();
      await sets.close();
    },
  };
}

async function umapOf(sets: EmbeddingSets, set: OpenSet): Promise<Float32Array> {
  const positions = await readUmap(sets.file(set.row, 'umap'), set.source, set.ids.length);
  if (!positions) throw new AppError('not-available.map');
  return positions;
}
