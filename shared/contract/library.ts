/** Calls on folders of photos: adding, scanning, labels, held-out split, unreadable files, previews. */
import { z } from 'zod';
import { call, changeOf, Naming, nothing } from './wire.ts';
import { AugmentConfig, InputConfig } from '../config/pictures.ts';
import { CsvColumns, Dataset, Id, ImageInfo, Skipped, csvHows, groupings, mostPhotos, photoFilter } from './dataset.ts';

const CsvReport = z.object({
  rows: z.int(),
  /** Photos that a line means, those with a label, in a group, and on the side of the test. */
  matched: z.int(),
  labelled: z.int(),
  grouped: z.int(),
  test: z.int(),
  /** Photos by how their line was matched. */
  how: z.record(z.enum(csvHows), z.int()),
  withoutPhoto: z.object({ count: z.int(), some: z.array(z.string()) }),
  withoutRow: z.object({ count: z.int(), some: z.array(z.string()) }),
  /** Files of which several lines say different things; the last is taken, and of a CSV that was taken none are left. */
  contradicted: z.object({ count: z.int(), some: z.array(z.string()) }),
});

/** Rows that a call lists, or is asked about, at most. */
export const mostListed = 2000;

const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(mostListed).default(200) };

export const libraryCalls = {
  'library.list': call(nothing, z.array(Dataset)),
  'library.get': call(z.strictObject({ datasetId: Id }), Dataset),
  /**
   * The folder a person picked, dropped or typed. Starts a scan and answers at once. `read` false: photos are listed
   * but not decoded yet (no sizes or thumbnails), which is all that training needs.
   */
  'library.add': call(z.strictObject({ folder: z.string().min(1), read: z.boolean().default(true) }), Dataset),
  /** Renders the sample photos into the home folder and adds them. */
  'library.addSample': call(nothing, Dataset),
  /**
   * A collection that can be trained on and embedded like a folder: the photos of a folder that have a tag, now and
   * later (the one that is there, if any), or those given, which lie in one folder; without a name of these it says how many
   * they are. Errors: bad-request, no-images.
   */
  'library.collect': call(
    z.union([
      z.strictObject({ datasetId: Id, tagId: Id, name: z.string().trim().min(1).max(200).optional() }),
      z.strictObject({ imageIds: z.array(Id).max(mostPhotos), name: z.string().trim().min(1).max(200).optional() }),
    ]),
    Dataset,
  ),
  'library.rescan': call(z.strictObject({ datasetId: Id }), Dataset),
  'library.cancelScan': call(z.strictObject({ datasetId: Id }), nothing),
  /**
   * Points a dataset at the folder's new place and reads it: photos are matched by name, size and time, or content.
   * `anyway`: also where fewer than half of them are there. Errors: bad-folder (key bad-folder.others for that).
   */
  'library.relocate': call(
    z.strictObject({ datasetId: Id, folder: z.string().min(1), anyway: z.boolean().default(false) }),
    Dataset,
  ),
  /**
   * Takes a relocation back: the folder is where it was, there or not, and what the other place alone has is no longer
   * missed. Errors: not-available where it was moved elsewhere since, or is back already.
   */
  'library.moveBack': call(z.strictObject({ datasetId: Id, from: z.string().min(1) }), Dataset),
  /** What was relocated in the last minutes, the latest last, as library.removed. */
  'library.moved': call(
    nothing,
    z.array(z.object({ id: Id, name: z.string(), naming: Naming.optional(), folder: z.string(), from: z.string() })),
  ),
  'library.rename': call(z.strictObject({ datasetId: Id, name: z.string().min(1).max(200) }), Dataset),
  /** Takes the dataset out of the list; runs keep their history. Undone by restore. Nothing of the folder is touched. */
  'library.remove': call(z.strictObject({ datasetId: Id }), nothing),
  'library.restore': call(z.strictObject({ datasetId: Id }), Dataset),
  /** What was taken out in the last minutes, the latest last: a page that is opened then offers to take that back. */
  'library.removed': call(
    nothing,
    z.array(z.object({ id: Id, name: z.string(), naming: Naming.optional(), parent: Id.nullable() })),
  ),
  'library.setLabels': call(
    z.strictObject({
      datasetId: Id,
      source: z.enum(['none', 'folders', 'csv', 'tags']),
      depth: z.int().min(1).max(8).default(1),
      csv: z.string().max(64_000_000).optional(),
      /** Of the CSV; left out: by their names. A column of groups is what photos belong together by from then on. */
      columns: CsvColumns.optional(),
    }),
    Dataset,
  ),
  /** What a CSV would say of the folder's photos, with its columns as they are named or given; nothing is changed. */
  'library.readCsv': call(
    z.strictObject({ datasetId: Id, csv: z.string().max(64_000_000), columns: CsvColumns.optional() }),
    z.object({
      header: z.array(z.string()),
      /** The first lines. */
      examples: z.array(z.array(z.string())),
      columns: CsvColumns,
      report: CsvReport,
    }),
  ),
  /**
   * How the kept CSV and the photos match: rows without a photo and photos without a row are counted, with the first
   * few of each.
   */
  'library.csvReport': call(z.strictObject({ datasetId: Id }), CsvReport),
  /**
   * By what photos belong together: a held-out split takes a group whole, and none of it votes for another of it. Errors:
   * bad-request where the pattern is none or takes too long.
   */
  'library.setGroups': call(
    z.strictObject({ datasetId: Id, by: z.enum(groupings), pattern: z.string().max(500).default('') }),
    Dataset,
  ),
  /** Whether folders at the top that are named train, val and test are a split. */
  'library.setSplitFolders': call(z.strictObject({ datasetId: Id, on: z.boolean() }), Dataset),
  'library.setHeldOut': call(z.strictObject({ datasetId: Id, fraction: z.number().min(0).max(0.9) }), Dataset),
  /**
   * Changes what is given of how files are read, and keeps the rest; `measure` true finds the ranges of the folder
   * anew. Where the files are divided otherwise (tiles, pages), begins a reading and answers at once; `read` as in add.
   * Errors: bad-request.
   */
  'library.setInput': call(
    z.strictObject({
      datasetId: Id,
      input: changeOf(InputConfig.unwrap()),
      measure: z.boolean().default(false),
      read: z.boolean().default(true),
    }),
    Dataset,
  ),
  /** The files of `findings.examples` by the whole range of their type and as the rule shows them: WebP, base64. */
  'library.examples': call(
    z.strictObject({ datasetId: Id }),
    z.array(z.object({ file: z.string(), before: z.string(), after: z.string() })),
  ),
  'library.images': call(
    z.strictObject({ datasetId: Id, ...photoFilter, ...page }),
    z.object({ total: z.int(), images: z.array(ImageInfo) }),
  ),
  /** How many photos have each rating and each keyword that was found in the files, the most frequent keywords first. */
  'library.described': call(
    z.strictObject({ datasetId: Id }),
    z.object({
      ratings: z.array(z.object({ rating: z.int(), images: z.int() })),
      keywords: z.array(z.object({ keyword: z.string(), images: z.int() })),
    }),
  ),
  'library.image': call(z.strictObject({ imageId: Id }), ImageInfo),
  /** Files inside their folders, in the order asked for; null: no such photo. */
  'library.names': call(z.strictObject({ imageIds: z.array(Id).max(mostListed) }), z.array(z.string().nullable())),
  /**
   * Takes photos out of training, or back into it. Answers those whose state changed, so that the call can be undone.
   */
  'library.exclude': call(z.strictObject({ imageIds: z.array(Id).max(100_000), excluded: z.boolean() }), z.array(Id)),
  'library.skipped': call(
    z.strictObject({ datasetId: Id, ...page }),
    z.object({ total: z.int(), files: z.array(Skipped) }),
  ),
  /** The path of a photo or of a skipped file to the shell that shows it in the system's file manager; other hosts refuse. */
  'library.reveal': call(
    z.union([z.strictObject({ imageId: Id }), z.strictObject({ datasetId: Id, file: z.string() })]),
    nothing,
  ),
  /** Pairs of augmented views of the person's own photos, as the trainer would make them; JPEG or WebP bytes in base64. */
  'library.previewViews': call(
    z.strictObject({
      datasetId: Id,
      imageSize: z.int().min(16).max(512),
      augment: AugmentConfig,
      seed: z.int().min(0),
      count: z.int().min(1).max(24),
    }),
    z.array(z.object({ imageId: Id, views: z.array(z.string()) })),
  ),
  /** Folders of this machine, for picking one where the host has no native dialog. null: the usual starting places. */
  'library.browse': call(
    z.strictObject({ folder: z.string().nullable() }),
    z.object({
      folder: z.string(),
      parent: z.string().nullable(),
      folders: z.array(z.object({ name: z.string(), folder: z.string() })),
      /** Files that a network can start from (safetensors, PyTorch's). */
      weights: z.array(z.object({ name: z.string(), file: z.string() })),
      /** ONNX files, which may be encoders. */
      encoders: z.array(z.object({ name: z.string(), file: z.string() })).default([]),
      images: z.int(),
    }),
  ),
} as const;
