/** Files for the next tool: what is written of a run's encoder and its embeddings, read back and kept as a record. */
import { z } from 'zod';
import { exportFormats } from '../exports.ts';
import { Id, mostPhotos } from './dataset.ts';
import { Task } from './explore.ts';
import { call, nothing, WireError } from './wire.ts';

export const ExportFormat = z.enum(exportFormats.map(({ id }) => id));
export type ExportFormat = z.infer<typeof ExportFormat>;
export const ExportRecord = z.object({
  id: Id,
  runId: Id,
  checkpointId: Id,
  formats: z.array(ExportFormat),
  /** The folder of the export, for display and to open in the system's file manager. */
  folder: z.string(),
  files: z.array(z.object({ file: z.string(), bytes: z.int(), format: z.string() })),
  /** Largest difference found when each file was read back, by file. */
  verified: z.array(z.object({ file: z.string(), difference: z.number(), reader: z.string() })),
  /** Lines of code that load each format. */
  snippets: z.array(z.object({ format: ExportFormat, language: z.string(), code: z.string() })),
  /** Formats that could not be written, and why; the others are there. */
  failures: z.array(z.object({ format: ExportFormat, error: WireError })).default([]),
  createdAt: z.number(),
});
export type ExportRecord = z.infer<typeof ExportRecord>;

export const exportCalls = {
  /**
   * `folder` null: a new one among the app's own exports. Otherwise a new folder or one that an export filled before,
   * whose files are replaced; `replace`: also files that no export made. Errors: bad-folder, not-ours.
   */
  'exports.start': call(
    z.strictObject({
      runId: Id,
      checkpointId: Id.nullable().default(null),
      formats: z.array(ExportFormat).min(1),
      folder: z.string().nullable().default(null),
      datasetId: Id.nullable().default(null),
      /** Embeddings of these photos alone; what of them is excluded, or lies in no one folder, cannot be had. */
      imageIds: z.array(Id).min(1).max(mostPhotos).nullable().default(null),
      replace: z.boolean().default(false),
      /** CSV files for spreadsheets: what these would compute stands behind an apostrophe. */
      guard: z.boolean().default(false),
    }),
    Task,
  ),
  'exports.list': call(z.strictObject({ runId: Id.optional() }), z.array(ExportRecord)),
  'exports.get': call(z.strictObject({ exportId: Id }), ExportRecord),
  'exports.reveal': call(z.strictObject({ exportId: Id }), nothing),
} as const;
