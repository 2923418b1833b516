/** What the pool does for the finder of duplicates, on thumbnails: sketches, and whether pictures are one. */
import { decodeBytes } from '../decode/decode.ts';
import type { DecodeLimits } from '../decode/types.ts';
import { readImageFile } from '../read.ts';
import { defaultRule } from '../rule.ts';
import { fit, pyramid } from './fit.ts';
import type { Fit } from './fit.ts';
import { greyOf, orientations, sideFor } from './grey.ts';
import type { Grey } from './grey.ts';
import { sketchSide } from './hashes.ts';

/** Sixteen pixels a side of a picture, for finding what may be a copy. */
export interface SketchJob {
  kind: 'sketch';
  source: string;
}
/** Whether pictures are one; each is read once. */
export interface CompareJob {
  kind: 'compare';
  /** The first, by which the job is named. */
  source: string;
  sources: string[];
  /** Places of two in `sources`; `ways` in which the first may be laid, a bit for each. */
  pairs: { a: number; b: number; ways: number }[];
}

/** @returns brightness [16, 16] */
export async function sketch({ source }: SketchJob, limits: DecodeLimits): Promise<Uint8Array> {
  return Uint8Array.from((await greyPicture(source, limits, sketchSide)).data, Math.round);
}

/** How each pair fits; null where one of the two cannot be read. */
export async function compare({ sources, pairs }: CompareJob, limits: DecodeLimits): Promise<(Fit | null)[]> {
  const pictures: (Grey[] | null)[] = [];
  for (const source of sources) {
    try {
      pictures.push(pyramid(await greyPicture(source, limits)));
    } catch {
      pictures.push(null); // it may be gone by now, and is like nothing
    }
  }
  return pairs.map(({ a, b, ways }) => {
    const [one, other] = [pictures[a], pictures[b]];
    if (!one || !other) return null;
    const levels = Math.min(one.length, other.length);
    const laid = Array.from({ length: orientations }, (_, way) => way).filter((way) => ways & (1 << way));
    return fit(one.slice(0, levels), other.slice(0, levels), laid);
  });
}

async function greyPicture(source: string, limits: DecodeLimits, side?: number): Promise<Grey> {
  const { bytes } = readImageFile(source);
  const { width, height, data } = await decodeBytes(source, bytes, limits, defaultRule);
  return greyOf(data, width, height, side ?? sideFor(width, height));
}
