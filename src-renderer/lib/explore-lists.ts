/**
 * What Explore lists of an embedding where the application is asked for it: neighbours, clusters, outliers, what is
 * searched for.
 */
import type { AppResult, EmbeddingSet } from '../../shared/contract.ts';
import type { Client } from '../../shared/client.ts';
import { IdList } from '../../shared/idList.ts';
import type { Mode } from './explore-place.ts';
import { clusterRange } from '../../shared/contract.ts';

export type Neighbour = AppResult<'explore.neighbours'>['neighbours'][number];

/** A photo of the grid; how near it is, where that is known. */
export type Listed = Neighbour | { imageId: string; similarity?: never; closer?: never };

/** A query whose nearest photo is farther than those of all but this share of the photos is like none of them. */
const unlikeBelow = 0.01;

/** The share of the photos whose nearest is no nearer than a query's, where that is unlike anything; else null. */
export const unlikeOf = (rank: number | null): number | null => (rank !== null && rank < unlikeBelow ? rank : null);

/** Embeddings of the same folder by other checkpoints, the newest of each, those of late epochs first. @param sets newest first */
export function otherSets(sets: readonly EmbeddingSet[], open: EmbeddingSet | null): EmbeddingSet[] {
  const alike = sets.filter((one) => one.datasetId === open?.datasetId && one.checkpointId !== open.checkpointId);
  const newest = new Map(alike.toReversed().map((one) => [one.checkpointId, one]));
  return [...newest.values()].sort((a, b) => b.epoch - a.epoch);
}

/** What is asked about: a photo of the embedding, or any image. */
export type Query = { kind: 'photo'; imageId: string } | { kind: 'image'; name: string; url: string; base64: string };

/** A few screens of neighbours; farther ones say little. */
const neighbourCount = 60;

/** The nearest photos by one embedding. */
export const nearestTo = (
  client: Client,
  { id: embeddingSetId, images }: EmbeddingSet,
  query: Query,
): Promise<AppResult<'explore.neighbours'>> => {
  const k = Math.min(neighbourCount, images);
  return query.kind === 'photo'
    ? client.call('explore.neighbours', { embeddingSetId, imageId: query.imageId, k })
    : client.call('explore.query', { embeddingSetId, image: query.base64, k });
};

export interface Group {
  imageIds: readonly string[];
  /** Mean cosine of neighbours within it, and the share of all pairs that are less alike. */
  similarity: number;
  closer: number;
}

interface Lists {
  groups?: Group[];
  outliers?: Neighbour[];
  found?: string[];
}

/** What is asked for; the clusters and outliers at most. */
interface Wanted {
  search: string;
  tagged: string | null;
  clusterCount: number;
  outlierCount: number;
}

/** By the mode that shows them. Clusters and outliers need the graph of neighbours. */
export const listOf = {
  async search(client: Client, { datasetId }: EmbeddingSet, { search, tagged }: Wanted): Promise<Lists> {
    const filter = { ...(search && { search }), ...(tagged && { tagId: tagged }) };
    return { found: [...IdList.read(await client.call('photos.ids', { datasetId, ...filter }))] };
  },
  async outliers(client: Client, { id, images }: EmbeddingSet, { outlierCount }: Wanted): Promise<Lists> {
    const count = Math.min(outlierCount, images);
    return { outliers: await client.call('explore.outliers', { embeddingSetId: id, count }) };
  },
  async clusters(client: Client, { id, images }: EmbeddingSet, { clusterCount }: Wanted): Promise<Lists> {
    const count = Math.max(clusterRange[0], Math.min(clusterCount, images)); // also of one photo
    const { imageIds, starts, coherence, closer } = await client.call('explore.clusters', {
      embeddingSetId: id,
      count,
    });
    const ids = [...IdList.read(imageIds)];
    return {
      groups: coherence.map((similarity, g) => ({
        imageIds: ids.slice(starts[g], starts[g + 1]),
        similarity,
        closer: closer[g]!,
      })),
    };
  },
} as const;

/** Whether the application is asked for what this mode lists. */
export const isAskedFor = (mode: Mode): mode is keyof typeof listOf => mode in listOf;

/** The chosen photos where none of them is on the map, as they are another folder's; else none. */
export function strangersOf(selection: ReadonlySet<string>, isOnMap: (imageId: string) => boolean): readonly string[] {
  const chosen = [...selection];
  return chosen.some(isOnMap) ? [] : chosen;
}
