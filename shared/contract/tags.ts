/** Tags on photos, across folders; and what is done with chosen photos: listing them, copying their files. */
import { z } from 'zod';
import { call, Naming, nothing, PhotoIds } from './wire.ts';
import { Id, mostPhotos, photoFilter } from './dataset.ts';
import { Task } from './explore.ts';
import { mostListed } from './library.ts';

const Color = z.string().regex(/^#[0-9a-f]{6}$/i);
const Name = z.string().trim().min(1).max(100);
/** The digit key that gives the tag to the chosen photos. */
const Key = z.int().min(1).max(9);

export const Tag = z.object({
  id: Id,
  name: z.string(),
  naming: Naming.optional(),
  color: Color,
  key: Key.nullable(),
  /** Photos that are there and have the tag, in all folders. */
  images: z.int(),
});
export type Tag = z.infer<typeof Tag>;

/** A photo as lists of photos are saved. */
export const ListedPhoto = z.object({
  id: Id,
  folder: z.string(),
  /** Path inside the dataset's folder, '/' between parts. */
  file: z.string(),
  /** Path of the file on this computer. */
  path: z.string(),
  label: z.string().nullable(),
  tags: z.array(z.string()),
});
export type ListedPhoto = z.infer<typeof ListedPhoto>;

const imageIds = z.array(Id).max(mostPhotos);

/** What undoes a tagging: the photos that were otherwise before, and those whose rejection it took back. */
const tagging = { changed: z.array(Id), rejected: z.array(Id) };

export const tagCalls = {
  'tags.list': call(nothing, z.array(Tag)),
  /** A colour and a free key are chosen where none is given. Errors: bad-request where the name is taken. */
  'tags.create': call(z.strictObject({ name: Name, color: Color.optional(), key: Key.nullable().optional() }), Tag),
  /** A key that another tag had is taken from it. Errors: bad-request where the name is taken: merge them. */
  'tags.update': call(
    z.strictObject({ tagId: Id, name: Name.optional(), color: Color.optional(), key: Key.nullable().optional() }),
    Tag,
  ),
  /**
   * Photos with any of these tags get `into` instead; the other tags are deleted. Answers what undoes it: each of them, to
   * be restored with its photos, those that were rejected for it and the collections that followed it, and what tags.set
   * answers for `into`.
   */
  'tags.merge': call(
    z.strictObject({ tagIds: z.array(Id).min(1), into: Id }),
    z.object({
      tag: Tag,
      merged: z.array(z.object({ tag: Tag, imageIds: z.array(Id), rejected: z.array(Id), collections: z.array(Id) })),
      ...tagging,
    }),
  ),
  /** Answers the tag, its photos and those that were rejected for it, from which it can be restored. */
  'tags.delete': call(z.strictObject({ tagId: Id }), z.object({ tag: Tag, imageIds: PhotoIds, rejected: PhotoIds })),
  'tags.restore': call(
    z.strictObject({ tag: Tag, imageIds, rejected: imageIds.default([]), collections: z.array(Id).default([]) }),
    Tag,
  ),
  /** Puts a tag on photos, or takes it off. A photo that gets it is no longer rejected for it. */
  'tags.set': call(z.strictObject({ tagId: Id, imageIds, on: z.boolean() }), z.object(tagging)),
  /** For finding the rest: photos that do not belong to the tag. */
  'tags.reject': call(z.strictObject({ tagId: Id, imageIds, on: z.boolean() }), z.object({ changed: z.array(Id) })),
  /** Tags of each photo, in the order asked for. */
  'tags.of': call(z.strictObject({ imageIds: z.array(Id).max(mostListed) }), z.array(z.array(Id))),
  /** How many photos of a folder or collection that are there have each tag, by its id; those that none has are left out. */
  'tags.counts': call(z.strictObject({ datasetId: Id }), z.record(Id, z.int())),
  /** Photos that are there and have the tag, in the order of their names. */
  'tags.images': call(z.strictObject({ tagId: Id, datasetId: Id.optional() }), PhotoIds),
  /**
   * A line for each photo and tag: file, tag. Tags that are not there yet are made. Files are matched as those of
   * labels are. `set` is what undoes it. Errors: bad-request where no line names a photo of the folder.
   */
  'tags.import': call(
    z.strictObject({ datasetId: Id, csv: z.string().max(64_000_000) }),
    z.object({
      rows: z.int(),
      tagged: z.int(),
      withoutPhoto: z.object({ count: z.int(), some: z.array(z.string()) }),
      set: z.array(z.object({ tagId: Id, ...tagging })),
    }),
  ),
  /**
   * Tags photos of a folder by the keywords and ratings found in their files; `name` is the tag, made where there is
   * none. Answers what undoes it.
   */
  'tags.adopt': call(
    z.strictObject({
      datasetId: Id,
      of: z
        .array(z.union([z.strictObject({ keyword: Name }), z.strictObject({ rating: z.int(), name: Name })]))
        .min(1)
        .max(1000),
    }),
    z.array(z.object({ tagId: Id, ...tagging })),
  ),
  /**
   * The tags of a folder as CSV, in the form that tags.import reads. `guard`: what a spreadsheet would compute stands
   * behind an apostrophe, which tags.import takes away.
   */
  'tags.export': call(
    z.strictObject({ datasetId: Id, guard: z.boolean().default(false) }),
    z.object({ csv: z.string(), rows: z.int() }),
  ),
  /** Chosen photos, in the order asked for; what is gone is left out. */
  'photos.list': call(z.strictObject({ imageIds }), z.array(ListedPhoto)),
  /**
   * Fetches what a cloud service holds of a folder (Dataset.elsewhere says how much) by reading it, then reads the folder
   * again. The result is the folder's id.
   */
  'photos.fetch': call(z.strictObject({ datasetId: Id }), Task),
  /** Every photo that a filter of library.images finds, in its order. */
  'photos.ids': call(z.strictObject({ datasetId: Id, ...photoFilter }), PhotoIds),
  /**
   * Copies files into a folder; nothing is replaced and no original is touched. `byTag`: into a subfolder for each tag,
   * as labels by folder are read, photos without one into none. The result is the folder.
   * Errors: bad-folder (in a folder of photos, full, unwritable, a name that is taken), no-images.
   */
  'photos.copy': call(
    z.strictObject({ imageIds, folder: z.string().min(1), byTag: z.boolean().default(false) }),
    Task.extend({
      /** How many are copied: parts of one file are that file, and what has several tags goes under each. */
      files: z.int(),
    }),
  ),
} as const;
