/** What tells where the photos of a built cache lie, in any thread: imageCache.ts reads by it, mend.ts changes it. */
import type { KeptAs } from '../../../shared/cachePlan.ts';
import type { ImageFacts } from '../pool/jobs.ts';
import type { PixelRule } from '../rule.ts';
import type { Unkept } from './again.ts';
import { CacheReadError } from './readError.ts';

/** Everything needed to open the cache in another thread or process; survives structured cloning. */
export interface ImageCacheDescriptor {
  imageSize: number;
  trainingSide: number;
  /** What an entry's pixels are; left out where they are colours. */
  input?: Partial<PixelRule>;
  /** Paths of the data files. */
  packs: string[];
  ids: string[]; // [n]
  pack: Uint16Array; // [n]
  offset: Float64Array; // [n]
  trainingWidth: Uint32Array; // [n]
  trainingHeight: Uint32Array; // [n]
  /** CRC-32 of the pixels, 0 where it is not known; so in trainingCrc. */
  evaluationCrc: Uint32Array; // [n]
  trainingCrc: Uint32Array; // [n]
  facts: ImageFacts[]; // [n]
  /** How the training copies are kept where not all are pixels; there are no evaluation images then. */
  copies?: Copies;
}

export interface Copies {
  kept: KeptAs;
  rule: PixelRule;
  /** Bytes of each copy as WebP. */
  length: Uint32Array; // [n]
  /** The photos of which nothing is kept. */
  unkept: (Unkept | null)[]; // [n]
}

/** Where an entry lies (bytes from the start of a pack's data file) and the checksums of its pixels. */
export interface CachePlace {
  pack: string;
  offset: number;
  evaluationCrc: number;
  trainingCrc: number;
  /** Bytes of a training copy as WebP. */
  length?: number;
}

/**
 * Makes the entry again that is damaged at `at`; resolves to its new place. @throws CacheReadError where the photo is
 * gone too
 */
export interface Mender {
  mend(id: string, at: CachePlace): Promise<CachePlace>;
  close(): void;
}

/** Which entry was found damaged, and where: it may have been made again elsewhere meanwhile. */
export interface Damage {
  index: number;
  pack: string;
  offset: number;
}

/** The pixels of a photo are not those that were written. */
export class DamagedEntryError extends CacheReadError<'cache-read.damaged'> {
  readonly damage: Damage;
  constructor(damage: Damage) {
    super('cache-read.damaged', { file: damage.pack });
    this.damage = damage;
  }
}

/** That of some of the photos, by their positions, over the same packs. */
export function selected(from: ImageCacheDescriptor, indices: readonly number[]): ImageCacheDescriptor {
  const { copies } = from;
  return {
    ...from,
    ids: indices.map((i) => from.ids[i]!),
    packs: [...from.packs],
    pack: Uint16Array.from(indices, (i) => from.pack[i]!),
    offset: Float64Array.from(indices, (i) => from.offset[i]!),
    trainingWidth: Uint32Array.from(indices, (i) => from.trainingWidth[i]!),
    trainingHeight: Uint32Array.from(indices, (i) => from.trainingHeight[i]!),
    evaluationCrc: Uint32Array.from(indices, (i) => from.evaluationCrc[i]!),
    trainingCrc: Uint32Array.from(indices, (i) => from.trainingCrc[i]!),
    facts: indices.map((i) => from.facts[i]!),
    ...(copies && {
      copies: {
        ...copies,
        length: Uint32Array.from(indices, (i) => copies.length[i]!),
        unkept: indices.map((i) => copies.unkept[i]!),
      },
    }),
  };
}
