/**
 * The TIFFs that were read last, by their names, sizes and times: what was found of a large one (its range, what stands for
 * "not measured", which page is shown) takes a second to find, and a file is closed when it is not asked for for a while.
 */
import type { TiffDirectory } from './tiff.ts';
import { TiffRegions } from './tiffRegions.ts';
import type { DecodeLimits } from './types.ts';

export interface Facts {
  path: string;
  bytes: number;
  /** Modification time in ms. */
  modified: number;
}

export const keyOf = ({ path, bytes, modified }: Facts): string => `${path}\0${bytes}\0${modified}`;

const known = new Map<string, TiffRegions>();
const MOST = 4;

/** Of a file that was read before what is known of it. Throws ImageError where it has no page. */
export function regionsOf(
  facts: Facts,
  plain: string,
  directories: readonly TiffDirectory[],
  limits: DecodeLimits,
): TiffRegions {
  const key = keyOf(facts);
  const tiff = known.get(key) ?? new TiffRegions(facts.path, plain, directories, facts.bytes, limits);
  if (plain !== facts.path) return tiff; // a path that ends with its file
  known.delete(key);
  known.set(key, tiff);
  if (known.size > MOST) known.delete(known.keys().next().value!);
  return tiff;
}
