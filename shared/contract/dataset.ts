/** What a folder and its photos are: findings, labels, groups, a photo, a file that is not used. */
import { z } from 'zod';
import { ErrorValue, Naming, Said, WireError } from './wire.ts';
import { InputConfig } from '../config/pictures.ts';

export const Id = z.string().min(1).max(64);

/** Photos that a call can be asked about by their ids, at most. */
export const mostPhotos = 200_000;

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
  /** What a person should look at before training: keys of shared/messages/errors/notes.ts. */
  warnings: z
    .array(z.object({ key: z.string(), values: z.record(z.string(), ErrorValue), message: z.string() }))
    .default([]),
  /** A few of the files, for pictures before and after. */
  examples: z.array(z.string()).default([]),
});
export type Findings = z.infer<typeof Findings>;

/**
 * By what photos belong together: the names of a sequence, or what a pattern finds in their paths
 * (src-main/app/library/groups.ts).
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

/** Kinds of files that are no pictures and are told when they are passed over. */
export const passedKinds = ['video', 'sound', 'document', 'drawing', 'archive', 'data', 'gdal'] as const;
export type PassedKind = (typeof passedKinds)[number];
/** How many files of each kind; a kind that there is none of is left out. */
export const PassedOver = z.partialRecord(z.enum(passedKinds), z.int());
export type PassedOver = z.infer<typeof PassedOver>;

export const Dataset = z.object({
  id: Id,
  name: z.string(),
  naming: Naming.optional(),
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
  /** Photos that are, by that share, by folders named as a split or by a CSV; excluded ones left out. */
  heldOutPhotos: z.int().default(0),
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
  /** That is chosen and not yet measured by: what the library shows is still by the one before. */
  measuring: z.boolean().optional(),
  findings: Findings,
  /** Photos so large that cutting them into tiles is proposed. */
  large: z.int().default(0),
  /** Files whose tiles or pages are photos in their place, and tiles of them that were left out, being of one tone. */
  divided: z.object({ files: z.int(), empty: z.int() }).default({ files: 0, empty: 0 }),
  /** Files that a cloud service holds and this computer does not; bytes as far as they are known. */
  elsewhere: z.object({ files: z.int(), bytes: z.number() }).default({ files: 0, bytes: 0 }),
  /** Files that are no photos, by kind; {} for a collection. */
  passedOver: PassedOver.default({}),
});
export type Dataset = z.infer<typeof Dataset>;

/** Which photos of a folder are listed: those that fit all that is given. */
export const photoFilter = {
  label: z.string().nullable().optional(),
  /** In names of files, labels, tags and keywords. */
  search: z.string().optional(),
  excluded: z.boolean().optional(),
  tagId: Id.optional(),
  /** At least so many stars. */
  rating: z.int().min(1).max(5).optional(),
};

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
  /**
   * When EXIF says that it was taken, in milliseconds by the clock of the camera, which knows no time zone (to be written
   * as UTC), and by which camera; null: it does not say.
   */
  taken: z.number().nullable().default(null),
  camera: z.string().nullable().default(null),
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
