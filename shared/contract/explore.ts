/** Embeddings and what one does with them: neighbours, map, clusters. Long work is a task. */
import { z } from 'zod';
import { call, Floats, Integers, isJoined, nothing, PhotoIds, Said, WireError } from './wire.ts';
import { Id, mostPhotos } from './dataset.ts';

/** Long work other than training: embedding, evaluation, export. Progress comes as 'task' events. */
export const Task = z.object({
  id: Id,
  kind: z.enum([
    'embed',
    'evaluate',
    'export',
    'graph',
    'umap',
    'copy',
    'fetch',
    'duplicates',
    'cluster',
    'frozen',
    'pick',
    'weights',
  ]),
  state: z.enum(['queued', 'running', 'done', 'failed', 'cancelled']),
  /** 0 to 1. */
  progress: z.number(),
  etaSeconds: z.number().nullable(),
  /** What the task is doing. */
  ...Said.shape,
  /** What is done otherwise than was asked for, such as on the processor where the device is not there. */
  notice: Said.nullable(),
  error: WireError.nullable(),
  /** Set when done: the id of what was made (an embedding set, evaluation or export, a run that was imported or is of a frozen encoder; of what was written for a cluster the folder, of weights that were fetched the file). */
  resultId: z.string().nullable(),
  /** What it is of: a run, a folder or collection, or both. */
  about: z.object({ runId: Id.optional(), datasetId: Id.optional() }).default({}),
  ...isJoined,
});
export type Task = z.infer<typeof Task>;

export const EmbeddingSet = z.object({
  id: Id,
  runId: Id,
  checkpointId: Id,
  epoch: z.number(),
  datasetId: Id,
  images: z.int(),
  dimensions: z.int(),
  createdAt: z.number(),
  hasUmap: z.boolean(),
  /** The graph of neighbours is kept, or made in a moment: clusters and outliers can be asked for. */
  hasGraph: z.boolean(),
});
export type EmbeddingSet = z.infer<typeof EmbeddingSet>;

const Neighbour = z.object({
  imageId: Id,
  /** cosine, -1 to 1 */
  similarity: z.number(),
  /** Share of all pairs of these photos that are less alike, 0 to 1; of many photos by a sample of their pairs. */
  closer: z.number(),
});
const Answer = z.object({
  neighbours: z.array(Neighbour),
  milliseconds: z.number(),
  /** Share of the photos whose own nearest is no nearer than that of the query; null until their graph is known. */
  rank: z.number().nullable().default(null),
});
const set = { embeddingSetId: Id };

/** By what photos are picked: what differs most, what stands for many, what the tags leave in doubt, or a mix. */
export const pickRules = ['mix', 'varied', 'typical', 'uncertain'] as const;
export const PickRule = z.enum(pickRules);
export type PickRule = z.infer<typeof PickRule>;

/** How few and how many clusters can be asked for. */
export const clusterRange = [2, 200] as const;

const Accuracy = z.object({ mean: z.number(), deviation: z.number() });

export const exploreCalls = {
  'tasks.list': call(nothing, z.array(Task)),
  'tasks.cancel': call(z.strictObject({ taskId: Id }), nothing),
  'explore.sets': call(z.strictObject({ runId: Id.optional() }), z.array(EmbeddingSet)),
  /** Embeds a dataset (default the run's own) with a checkpoint (default the latest). An existing set is reused. */
  'explore.embed': call(
    z.strictObject({ runId: Id, checkpointId: Id.nullable().default(null), datasetId: Id.nullable().default(null) }),
    Task,
  ),
  /**
   * What of the folder is otherwise than when it was embedded: photos that are used and are not in the set, and photos of
   * the set that are gone or excluded. Embedding it again makes another set of the same checkpoint.
   */
  'explore.changes': call(z.strictObject(set), z.object({ added: z.int(), gone: z.int() })),
  'explore.neighbours': call(z.strictObject({ ...set, imageId: Id, k: z.int().min(1).max(500).default(24) }), Answer),
  /** Any image: the bytes of a dropped or pasted file, base64. */
  'explore.query': call(
    z.strictObject({ ...set, image: z.string().max(100_000_000), k: z.int().min(1).max(500).default(24) }),
    Answer,
  ),
  /** Positions in [-1, 1], x and y by turns, in the order of imageIds; labels index into classes (-1: none). */
  'explore.map': call(
    z.strictObject({ ...set, layout: z.enum(['pca', 'umap']) }),
    z.object({
      imageIds: PhotoIds,
      positions: Floats,
      labels: Integers,
      classes: z.array(z.string()),
      /** None where they are not known yet. */
      clusters: Integers,
    }),
  ),
  'explore.startUmap': call(z.strictObject(set), Task),
  /** Finds the neighbours of every photo and the clusters, which are then kept with the embedding. */
  'explore.startGraph': call(z.strictObject(set), Task),
  /**
   * The largest clusters: their photos one after another, where each begins among them with the end of the last, and
   * how alike neighbours within each are: their mean cosine, and the share of all pairs of photos that are less alike.
   * This and outliers need the graph. Errors: not-available where it must be started first.
   */
  'explore.clusters': call(
    z.strictObject({ ...set, count: z.int().min(clusterRange[0]).max(clusterRange[1]) }),
    z.object({
      imageIds: PhotoIds,
      starts: z.array(z.int()),
      coherence: z.array(z.number()),
      closer: z.array(z.number()),
    }),
  ),
  /** The photos that probably have a tag and neither have it nor were rejected, most probable first. */
  'explore.find': call(
    z.strictObject({ ...set, tagId: Id, count: z.int().min(1).max(500).default(60) }),
    z.object({
      imageIds: z.array(Id),
      /** Photos of this embedding that have the tag. */
      tagged: z.int(),
      rejected: z.int(),
      /**
       * How many photos probably have it, those that have it included; null below five rejected photos and 25 that
       * have it for each of them and one more, which are too few to say, where scores hardly part those that were answered,
       * and where they show no more than are found already, which is not to say that there are none.
       */
      estimated: z.int().nullable(),
      /**
       * Between how many it is, where the encoder does not tell the tag apart well, of which the estimate is the middle;
       * null where it does, and where nothing is estimated.
       */
      range: z.tuple([z.int(), z.int()]).nullable(),
      /** How often an example stands above any photo: 0.5 is chance; null while the examples are too few to say. */
      separability: z.number().nullable(),
      /** The same of the photos that were answered, those that belong above those that do not; null while these are few. */
      apart: z.number().nullable(),
      milliseconds: z.number(),
    }),
  ),
  /**
   * Photos to look at first, none of them excluded, the first to look at first. `heedTags`: those that have a tag are
   * known already, and what is like them is less wanted. A task of kind 'pick' tells how far it is, and cancels it.
   * Errors: not-available where by doubt and no photo has a tag, cancelled.
   */
  'explore.pick': call(
    z.strictObject({
      ...set,
      by: PickRule.default('mix'),
      count: z.int().min(1).max(mostPhotos),
      heedTags: z.boolean().default(true),
    }),
    z.object({
      imageIds: z.array(Id),
      /** Photos of the embedding that have a tag and were heeded, and how many tags these are. */
      tagged: z.int(),
      tags: z.int(),
      milliseconds: z.number(),
    }),
  ),
  /**
   * What picking is worth on a folder with labels: accuracy of a linear classifier by how many photos have a label,
   * picked by chance and by the mix. Photos that belong together are on one side. A task of kind 'pick', as above.
   * Errors: not-available where the labels do not suffice, cancelled.
   */
  'explore.gain': call(
    z.strictObject(set),
    z.object({
      points: z.array(z.object({ known: z.int(), random: Accuracy, mixed: Accuracy })),
      classes: z.int(),
      /** Photos that were picked from, and those that were tested on. */
      pool: z.int(),
      tested: z.int(),
      /** Draws that the means are over. */
      draws: z.int(),
    }),
  ),
  'explore.outliers': call(z.strictObject({ ...set, count: z.int().min(1).max(1000) }), z.array(Neighbour)),
} as const;
