/** Training past this machine: a folder for PyTorch, and what comes back from it. */
import { z } from 'zod';
import { call } from './wire.ts';
import { Task } from './explore.ts';
import { Id } from './dataset.ts';
import { PresetName } from './runs.ts';
import { MOST_EPOCHS } from '../config/limits.ts';

export const clusterCalls = {
  /**
   * Writes what trains elsewhere: of a folder of the library a new run by preset and patch, of a run what is left of it.
   * `target`: a new folder or one of ours. Ends with the target as the task's result. Errors: bad-folder, not-ours,
   * cannot-start.
   */
  'cluster.write': call(
    z.strictObject({
      of: z.union([
        z.strictObject({
          datasetId: Id,
          preset: PresetName.nullable(),
          patch: z.record(z.string(), z.unknown()),
          name: z.string().max(200).nullable().default(null),
        }),
        /** `epochs`: how many more to train, for a finished run. */
        z.strictObject({ runId: Id, epochs: z.int().min(1).max(MOST_EPOCHS).nullable().default(null) }),
      ]),
      target: z.string(),
      shards: z.boolean().default(false),
      replace: z.boolean().default(false),
    }),
    Task,
  ),
  /**
   * Takes over what was trained in such a folder, as a run like any other: the id of the run is the task's result.
   * `datasetId` null: the folder of the library that it was written from. Errors: bad-result, not-found.
   */
  'cluster.read': call(
    z.strictObject({
      source: z.string(),
      datasetId: Id.nullable().default(null),
      name: z.string().min(1).max(200).nullable().default(null),
    }),
    Task,
  ),
} as const;
