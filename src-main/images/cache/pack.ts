/**
 * The files of the cache. A pack is a data file (pixels, one entry after another) and an index (a line of JSON for each
 * entry, with the checksums of its pixels, a tab and the checksum of the line). A pack is written by one build
 * (packWriter.ts) and never changed afterwards, so builds need no lock against each other. Leaves the choice of what to
 * keep to build.ts.
 */
import { createHash } from 'node:crypto';
import { readFileSync, readdirSync, rmSync, statSync, utimesSync } from 'node:fs';
import { basename, join } from 'node:path';
import { checksum, crcAfter } from '../../files/checksum.ts';
import { entryBytes, WEBP_QUALITY } from '../../../shared/cachePlan.ts';
import type { KeptAs } from '../../../shared/cachePlan.ts';
import { COLOUR } from '../../../shared/input.ts';
import type { InputShape } from '../../../shared/input.ts';
import type { ImageReason } from '../errors.ts';
import type { ImageFacts, PreparedImage } from '../pool/jobs.ts';

/** Counts up whenever decoding or the layout changes what an entry holds; older packs are then not found. */
const CACHE_VERSION = 2;

/** Where the packs of one resolution, and of one kind of input, lie. */
export function packFolder(
  directory: string,
  imageSize: number,
  trainingSide: number,
  shape: InputShape = COLOUR,
): string {
  const { channels, bytes, colour } = shape;
  const bands = colour ? '' : `-${channels}x${8 * bytes}`;
  return join(directory, `v${CACHE_VERSION}-${imageSize}px-${trainingSide}${bands}`);
}

/**
 * Where the packs beside those of `folder` lie in which not every photo has its pixels: as WebP without an evaluation
 * image, or as pixels of some photos and nothing but the facts of the others.
 */
export const partialFolder = (folder: string, kept: KeptAs): string =>
  `${folder}-${kept === 'webp' ? `webp${WEBP_QUALITY}` : 'some'}`;

/** All existing folders of packs of this image size and input, whatever the size of their training copies. */
export function packFolders(directory: string, imageSize: number, shape: InputShape = COLOUR): string[] {
  const own = (side: string) => basename(packFolder(directory, imageSize, Number(side), shape));
  try {
    return readdirSync(directory)
      .filter((name) => name === own(/px-(\d+)/.exec(name)?.[1] ?? ''))
      .sort()
      .map((name) => join(directory, name));
  } catch {
    return []; // there is no cache yet
  }
}

/**
 * The key of a photo in one state (path, size, modification time) and, for measured values, by one rule. A change of
 * any gives another key.
 */
export function entryKey(path: string, bytes: number, modified: number, rule = ''): string {
  const by = rule === '' ? '' : `\0${rule}`;
  return createHash('sha256').update(`${path}\0${bytes}\0${modified}${by}`).digest('hex').slice(0, 32);
}

export interface PackedImage {
  key: string;
  /** Where its evaluation image begins in the data file, the training copy following it; NOT_KEPT where it has neither. */
  offset: number;
  trainingWidth: number;
  trainingHeight: number;
  /** CRC-32 of the pixels; 0 in entries of versions up to 0.1.0, which did not keep it. So in trainingCrc. */
  evaluationCrc: number;
  trainingCrc: number;
  /** Bytes of a training copy as WebP, which has no evaluation image before it; left out where it is pixels. */
  length?: number;
  facts: ImageFacts;
}

/** The offset of an entry whose pixels found no room. */
export const NOT_KEPT = -2;
/** The same of earlier versions, which shrank small photos to other bits: made anew, as their checksums are of those. */
const NOT_KEPT_THEN = -1;

export interface PackedFailure {
  key: string;
  reason: ImageReason;
}

export interface Pack {
  /** Path of the data file. */
  data: string;
  index: string;
  images: PackedImage[];
  failures: PackedFailure[];
  /** Of both files together. */
  bytes: number;
  /** When a build last used it, ms. */
  used: number;
}

export type IndexLine =
  | [
      key: string,
      offset: number,
      trainingWidth: number,
      trainingHeight: number,
      width: number,
      height: number,
      format: string,
      orientation: number,
      hash: string,
      evaluationCrc?: number,
      trainingCrc?: number,
      length?: number,
    ]
  | [key: string, reason: ImageReason['key'], values: ImageReason['values']];

/** CRC-32 of the evaluation image and of the training copy. */
export const pixelChecksums = ({ evaluation, training }: Pick<PreparedImage, 'evaluation' | 'training'>) =>
  [crcAfter(0, evaluation), crcAfter(0, training.data)] as const;

/** Every pack in `folder`, with the valid prefix of its index. */
export function readPacks(folder: string, imageSize: number, shape: InputShape = COLOUR): Pack[] {
  let names: string[];
  try {
    names = readdirSync(folder);
  } catch {
    return [];
  }
  return names
    .filter((name) => name.endsWith('.index'))
    .sort()
    .map((name) => readPack(join(folder, name), imageSize, shape));
}

function readPack(index: string, imageSize: number, shape: InputShape): Pack {
  const data = index.replace(/index$/, 'pixels');
  const pack: Pack = { data, index, images: [], failures: [], bytes: 0, used: 0 };
  let dataBytes: number;
  let lines: string[];
  try {
    dataBytes = statSync(data).size;
    const stat = statSync(index);
    pack.bytes = dataBytes + stat.size;
    pack.used = stat.mtimeMs;
    lines = readFileSync(index, 'utf8').split('\n');
    lines.pop(); // what follows the last newline is empty, or a line that was being written
  } catch {
    return pack;
  }
  for (const text of lines) {
    try {
      const line = parseLine(text);
      if (line.length === 3) {
        const [key, reason, values] = line;
        // an older version wrote the sentence itself: such a photo is tried again
        if (typeof values === 'object') pack.failures.push({ key, reason: { key: reason, values } });
        continue;
      }
      const [key, offset, trainingWidth, trainingHeight, width, height, format, orientation, hash, ...crcs] = line;
      if (offset === NOT_KEPT_THEN) continue;
      const [evaluationCrc = 0, trainingCrc = 0, length] = crcs;
      const bytes = length ?? entryBytes(imageSize, trainingWidth, trainingHeight, shape);
      if (offset !== NOT_KEPT && offset + bytes > dataBytes) continue;
      const facts = { width, height, format: format as ImageFacts['format'], orientation, hash };
      const entry = { key, offset, trainingWidth, trainingHeight, evaluationCrc, trainingCrc, facts };
      pack.images.push(length === undefined ? entry : { ...entry, length });
    } catch {
      // damaged: what it named is decoded again
    }
  }
  return pack;
}

/** A line of the index, as readPacks takes it. */
export const formatLine = (line: IndexLine): string => {
  const text = JSON.stringify(line);
  return `${text}\t${checksum(text)}\n`;
};

/**
 * Parses a line of the index; those of versions up to 0.1.0 end without a checksum. @throws where the line is damaged
 */
function parseLine(text: string): IndexLine {
  const [json = '', crc] = text.split('\t');
  if (crc !== undefined && crc !== checksum(json)) throw new Error('a damaged line');
  return JSON.parse(json) as IndexLine;
}

/** Marks the pack as used now, which is what eviction goes by. */
export function touchPack(pack: Pack): void {
  try {
    const now = new Date();
    utimesSync(pack.index, now, now);
  } catch {
    // Another program removed it; reading will say so.
  }
}

/** Removes a pack. False where the system refuses, because a reader has it open. */
export function removePack(pack: Pick<Pack, 'data' | 'index'>): boolean {
  try {
    rmSync(pack.index, { force: true }); // first the index, so that no half-removed pack is ever read
    rmSync(pack.data, { force: true });
    return true;
  } catch {
    return false;
  }
}
