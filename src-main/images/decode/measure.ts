/**
 * What a folder's range of measured values is made from: some values of some of its files. Leaves reading them to the
 * decoders, and which files to whom the folder belongs.
 */
import type { PixelRule, ValueRange } from '../rule.ts';
import { findRoute } from './decode.ts';
import type { Route } from './route.ts';
import { kindOf, robustRange, sortedSample } from './samples.ts';
import type { DecodeLimits } from './types.ts';
import { typeOf } from './samples.ts';

export interface MeasuredFile {
  /** Type and number of bands, `uint16x1`. */
  kind: string;
  /** Valid values, sorted: of all bands together, or of each where they are channels. */
  values: Float64Array[];
  /** Which share of the values is valid. */
  valid: number;
  /** The file can also be a photo of 16 bits, should the folder's values fill their range. */
  mayBePhoto: boolean;
}

/** As many of each file: a large one does not set the range alone. */
const VALUES = 4096;

/** Null for a photo, whose values are colours. Throws ImageError. */
export async function measureFile(
  name: string,
  bytes: Buffer,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<MeasuredFile | null> {
  return measureRoute((await findRoute(name, bytes, limits, rule)).route);
}

/** Null for a photo, whose values are colours. */
export function measureRoute(route: Route): MeasuredFile | null {
  if (route.by !== 'values' || route.profile || route.samples.window) return null;
  const { samples } = route;
  if (typeOf(samples.bands[0]!) === 'uint8') return null;
  const groups = samples.channels ? samples.bands.map((band) => [band]) : [samples.bands];
  const sampled = groups.map((bands) => sortedSample({ bands, nodata: samples.nodata }, VALUES));
  return {
    kind: kindOf(samples),
    values: sampled.map(({ sorted }) => sorted.slice()),
    valid: Math.min(...sampled.map(({ valid }) => valid)),
    mayBePhoto: route.photo !== undefined,
  };
}

/** One range for each kind of file, between percentiles of all that was measured. */
export function rangesOf(files: readonly MeasuredFile[], percentiles: number): ValueRange[] {
  return [...new Set(files.map(({ kind }) => kind))].sort().flatMap((kind) => {
    const alike = files.filter((file) => file.kind === kind);
    const bands = alike[0]!.values.map((_, band) => {
      const all = Float64Array.from(alike.flatMap(({ values }) => [...values[band]!])).sort();
      return robustRange(all, percentiles);
    });
    const widest = Math.max(...bands.map((range) => (range ? range.high - range.low : 0)));
    if (widest === 0) return [];
    // A channel without any difference still has to have a place; as an empty one it is not shown.
    const known = bands.map((range) => range ?? { low: 0, high: widest * 1e-6 });
    return [{ kind, low: known.map(({ low }) => low), high: known.map(({ high }) => high) }];
  });
}
