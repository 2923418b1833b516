/** Folders of photos: adding, scanning, labels, held-out split, unreadable files, previews. */
import { z } from 'zod';
import { call, changeOf, ErrorValue, nothing, Said, WireError } from './wire.ts';
import { AugmentConfig, InputConfig } from '../config/sections.ts';

export const Id = z.string().min(1).max(64);

/** What a listing found otherwise than the one before it, in photos. */
export const ScanChanges = z.object({
  added: z.int(),
  /** Another content under the same name. */
  changed: z.int(),
  /** The same content under another name. */
  moved: z.int(),
  /** Not found before, and there again. */
  back: z.int(),
  gone: z.int(),
});
export type ScanChanges = z.infer<typeof ScanChanges>;

export const ScanProgress = z.object({
  datasetId: Id,
  phase: z.enum(['listing', 'reading', 'done', 'cancelled', 'failed']),
  /** Files found so far; files read (decoded, thumbnail and hash made); files that could not be. */
  found: z.int(),
  read: z.int(),
  skipped: z.int(),
  etaSeconds: z.number().nullable(),
  error: WireError.nullable(),
  /** Null while it lists, and for a folder that is read for the first time. */
  changes: ScanChanges.nullable(),
});
export type ScanProgress = z.infer<typeof ScanProgress>;

/** What a reading found of a folder's measured values. */
export const MeasuredKind = z.object({
  /** Sample type and number of bands, such as 'uint16x1'. */
  kind: z.string(),
  /** Files of the kind among those that were looked at. */
  files: z.int(),
  /** From which value to which they are shown, a pair for each channel; null where a photo's whole range is. */
  low: z.array(z.number()).nullable(),
  high: z.array(z.number()).nullable(),
  least: z.number(),
  most: z.number(),
  /** Share of the values that are there (neither nodata nor NaN), of the worst file. */
  valid: z.number(),
  /** Values of all that was looked at, in equal steps from least to most. */
  histogram: z.array(z.int()),
});
export type MeasuredKind = z.infer<typeof MeasuredKind>;

export const Findings = z.object({
  kinds: z.array(MeasuredKind).default([]),
  /** How many bands most of the files have, where that is not what a picture shows; else 0. */
  bands: z.int().default(0),
  /** Files that were looked at. */
  looked: z.int().default(0),
  /** What a person should look at before training: keys of shared/messages/errors/photos.ts. */
  warnings: z
    .array(z.object({ key: z.string(), values: z.record(z.string(), ErrorValue), message: z.string() }))
    .default([]),
  /** A few of the files, for pictures before and after. */
  examples: z.array(z.string()).default([]),
});
export type Findings = z.infer<typeof Findings>;

/**
 * By what photos belong together: the names of a sequence, or what a pattern finds in their paths (src-main/app/library/groups.ts).
 */
export const groupings = ['none', 'bursts', 'names', 'pattern', 'csv'] as const;
export const Grouping = z.object({ by: z.enum(groupings), pattern: z.string().max(500).default('') });
export type Grouping = z.infer<typeof Grouping>;

/** Which column of a CSV is what, from 0; null: there is none. */
export const CsvColumns = z.strictObject({
  file: z.int().min(0),
  label: z.int().min(0).nullable(),
  group: z.int().min(0).nullable(),
  split: z.int().min(0).nullable(),
  /** The first line names them. */
  header: z.boolean(),
});
export type CsvColumns = z.infer<typeof CsvColumns>;

/**
 * By what a line was matched to its photo: the path inside the folder, the name alone, an absolute path (or one with more
 * folders before it), in other case, or without the ending.
 */
export const csvHows = ['path', 'name', 'absolute', 'case', 'ending'] as const;
export type CsvHow = (typeof csvHows)[number];

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
});

export const Dataset = z.object({
  id: Id,
  name: z.string(),
  /**
   * Set for a collection: the folder whose photos it holds. Its photos are that folder's, with their labels, sides and
   * rules; it is read when that is.
   */
  parent: Id.nullable().default(null),
  /** The tag whose photos a collection holds; null for a list. */
  tagId: Id.nullable().default(null),
  /** For display only: no call takes it back. */
  folder: z.string(),
  /** offline: there is no such folder; away: it is there, and none of its photos. */
  state: z.enum(['scanning', 'ready', 'offline', 'away', 'failed']),
  images: z.int(),
  /** Known photos that the last reading did not find; they come back with all that is known of them. */
  away: z.int(),
  skipped: z.int(),
  excluded: z.int(),
  bytes: z.number(),
  /** Decoded format -> count. */
  formats: z.record(z.string(), z.int()),
  labels: z.object({
    source: z.enum(['none', 'folders', 'csv', 'tags']),
    /** Folder level that names the label, 1 = directly inside the folder. */
    depth: z.int().min(1).max(8),
    classes: z.array(z.object({ name: z.string(), images: z.int() })),
  }),
  /** Share of the photos held out for evaluation, 0 = none. */
  heldOut: z.number().min(0).max(0.9),
  /** Folders at the top that are named train, val and test are a split; false: a person says that they are not. */
  splitFolders: z.boolean().default(true),
  /** By what photos belong together, and groups of more than one photo: how many, the largest, photos in them. */
  groups: z
    .object({ rule: Grouping, count: z.int(), largest: z.int(), photos: z.int() })
    .default({ rule: { by: 'none', pattern: '' }, count: 0, largest: 0, photos: 0 }),
  addedAt: z.number(),
  scannedAt: z.number().nullable(),
  /** How its measured values become pictures; a run takes it over. */
  input: InputConfig,
  findings: Findings,
  /** Photos so large that cutting them into tiles is proposed. */
  large: z.int().default(0),
  /** Files whose tiles or pages are photos in their place, and tiles of them that were left out, being of one tone. */
  divided: z.object({ files: z.int(), empty: z.int() }).default({ files: 0, empty: 0 }),
  /** Files that a cloud service holds and this computer does not; bytes as far as they are known. */
  elsewhere: z.object({ files: z.int(), bytes: z.number() }).default({ files: 0, bytes: 0 }),
});
export type Dataset = z.infer<typeof Dataset>;

export const ImageInfo = z.object({
  id: Id,
  /** Path inside the folder, '/' between parts. */
  file: z.string(),
  /** Which part of the file it is (shared/parts.ts); '': the whole. */
  part: z.string().default(''),
  /** For a part of a file: the id of the whole file, by which it is shown, and its size; null for a whole file. */
  whole: z.object({ id: Id, width: z.int(), height: z.int() }).nullable().default(null),
  width: z.int(),
  height: z.int(),
  bytes: z.int(),
  modifiedAt: z.number(),
  format: z.string(),
  label: z.string().nullable(),
  heldOut: z.boolean(),
  /** What it belongs to with other photos; null: it stands alone. */
  group: z.string().nullable().default(null),
  excluded: z.boolean(),
  /** Ids of its tags. */
  tags: z.array(Id).default([]),
  /** What a person should know of it, though it is used. */
  notes: z.array(Said).default([]),
  /** What XMP and IPTC say of it: 1 to 5 stars, -1: rejected, null: not rated; and its keywords. */
  rating: z.int().nullable().default(null),
  keywords: z.array(z.string()).default([]),
});
export type ImageInfo = z.infer<typeof ImageInfo>;

/** `reason` is the sentence in English; key and values, which rows of older versions lack, are those of the catalogues. */
export const Skipped = z.object({
  file: z.string(),
  reason: z.string(),
  code: z.string(),
  key: z.string().optional(),
  values: z.record(z.string(), ErrorValue).optional(),
});
export type Skipped = z.infer<typeof Skipped>;

const page = { offset: z.int().min(0).default(0), limit: z.int().min(1).max(2000).default(200) };

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
   * later (the one that is there, if any), or those given, which lie in one folder. Errors: bad-request, no-images.
   */
  'library.collect': call(
    z.union([
      z.strictObject({ datasetId: Id, tagId: Id, name: z.string().trim().min(1).max(200).optional() }),
      z.strictObject({ imageIds: z.array(Id).max(200_000), name: z.string().trim().min(1).max(200) }),
    ]),
    Dataset,
  ),
  'library.rescan': call(z.strictObject({ datasetId: Id }), Dataset),
  'library.cancelScan': call(z.strictObject({ datasetId: Id }), nothing),
  /** Points a dataset at the folder's new place and reads it: photos are matched by name, size and time, or content. */
  'library.relocate': call(z.strictObject({ datasetId: Id, folder: z.string().min(1) }), Dataset),
  'library.rename': call(z.strictObject({ datasetId: Id, name: z.string().min(1).max(200) }), Dataset),
  /** Takes the dataset out of the list; runs keep their history. Undone by restore. Nothing of the folder is touched. */
  'library.remove': call(z.strictObject({ datasetId: Id }), nothing),
  'library.restore': call(z.strictObject({ datasetId: Id }), Dataset),
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
   * Changes what is given of how files are read, and keeps the rest; `measure` true finds the ranges of the folder anew. Where the files are divided
   * otherwise (tiles, pages), begins a reading and answers at once; `read` as in add. Errors: bad-request.
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
    z.strictObject({
      datasetId: Id,
      label: z.string().nullable().optional(),
      /** In names of files, labels, tags and keywords. */
      search: z.string().optional(),
      excluded: z.boolean().optional(),
      tagId: Id.optional(),
      /** At least so many stars. */
      rating: z.int().min(1).max(5).optional(),
      ...page,
    }),
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
  'library.names': call(z.strictObject({ imageIds: z.array(Id).max(2000) }), z.array(z.string().nullable())),
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
      /** ONNX files, which may be encoders of others. */
      encoders: z.array(z.object({ name: z.string(), file: z.string() })).default([]),
      images: z.int(),
    }),
  ),
} as const;
