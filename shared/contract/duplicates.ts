/** Photos that are one file, one picture or much alike. One finder for every place; it works as a task. */
import { z } from 'zod';
import { call, PhotoIds } from './wire.ts';
import { Task } from './explore.ts';
import { Id, ImageInfo } from './dataset.ts';

/** file: the same bytes; picture: a copy, made smaller, brighter, turned or cut a little; alike: another moment. */
export const DuplicateKind = z.enum(['file', 'picture', 'alike']);
export type DuplicateKind = z.infer<typeof DuplicateKind>;

/** Why one of a group is worth keeping before the others. */
export const KeepReason = z.enum(['tags', 'pixels', 'bytes', 'oldest', 'name']);
export type KeepReason = z.infer<typeof KeepReason>;

export const DuplicateGroup = z.object({
  kind: DuplicateKind,
  /** The photos of the group; the one to keep is first. */
  photos: z.array(ImageInfo),
  why: KeepReason,
});
export type DuplicateGroup = z.infer<typeof DuplicateGroup>;

/** Without an embedding hashes alone propose what is compared; with one its neighbours do as well. */
const of = { datasetId: Id, embeddingSetId: Id.nullable().default(null) };
const Counts = z.object({ file: z.int(), picture: z.int(), alike: z.int() });

export const duplicateCalls = {
  'duplicates.start': call(z.strictObject(of), Task),
  /** What was found last, of photos that are there and not excluded; null where nothing was looked for yet. */
  'duplicates.get': call(
    z.strictObject({
      ...of,
      kind: DuplicateKind,
      offset: z.int().min(0).default(0),
      limit: z.int().min(1).max(200).default(50),
    }),
    z
      .object({
        /** Groups of each kind, and the photos in them other than the ones to keep. */
        groups: Counts,
        surplus: Counts,
        /** Photos that came or changed since. */
        unseen: z.int(),
        /** Pairs of photos that could not be compared in time. */
        missed: z.int(),
        page: z.array(DuplicateGroup),
      })
      .nullable(),
  ),
  /** All photos of a kind's groups but those to keep. */
  'duplicates.surplus': call(z.strictObject({ ...of, kind: DuplicateKind }), PhotoIds),
} as const;
