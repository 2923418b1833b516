/**
 * What a folder's range of measured values is made from: some values of some of its files. Leaves reading them to the
 * decoders, and which files to whom the folder belongs.
 */
import type { PixelRule, ValueRange } from '../rule.ts';
import { MOST_BANDS } from '../../../shared/config/sections.ts';
import { asColour, findRoute } from './decode.ts';
import type { Note, Route } from './route.ts';
import { kindOf, robustRange, sortedSample } from './samples.ts';
import { typeOf } from './samples.ts';
import type { Samples } from './samples.ts';
import type { DecodeLimits } from './types.ts';

export interface MeasuredFile {
  /** Type and number of bands, `uint16x1`. */
  kind: string;
  /** Valid values, sorted: of all bands together, or of each where they are channels; none of 8 bits, which are colours. */
  values: Float64Array[];
  /** All bands of the file, should they be trained on as they are: of each its valid values, sorted. */
  bands?: { kind: string; values: Float64Array[] };
  /** What a person should know of it. */
  notes?: Note[];
  /** Which share of the values is valid. */
  valid: number;
  /** The file can also be a photo of 16 bits, should the folder's values fill their range. */
  mayBePhoto: boolean;
}

/** As many of each file: a large one does not set the range alone. */
const VALUES = 4096;

/** Null for a photo, whose values are colours, of which there is nothing to tell. Throws ImageError. */
export async function measureFile(
  name: string,
  bytes: Buffer,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<MeasuredFile | null> {
  const again = async (by: PixelRule) => (await findRoute(name, bytes, limits, by)).route;
  return await measureRoute(await again(asColour(rule)), rule, again);
}

/** Null for a photo, of which there is nothing to tell. @param again the same by another rule, for all of its bands */
export async function measureRoute(
  route: Route,
  rule: PixelRule,
  again: (rule: PixelRule) => Promise<Route>,
): Promise<MeasuredFile | null> {
  const notes = route.notes?.length ? route.notes : undefined;
  const photo = notes ? { kind: 'photo', values: [], valid: 1, mayBePhoto: true, notes } : null;
  if (route.by !== 'values' || route.samples.window) return photo;
  const { samples } = route;
  const bands = await allBands(samples, rule, again);
  const eight = typeOf(samples.bands[0]!) === 'uint8';
  if (route.profile || eight)
    return bands === null
      ? photo
      : { kind: kindOf(samples), values: [], bands, ...(notes && { notes }), valid: 1, mayBePhoto: eight };
  const groups = samples.channels ? samples.bands.map((band) => [band]) : [samples.bands];
  const sampled = groups.map((bands) => sortedSample({ bands, nodata: samples.nodata }, VALUES));
  return {
    kind: kindOf(samples),
    ...(bands && { bands }),
    ...(notes && { notes }),
    values: sampled.map(({ sorted }) => sorted.slice()),
    valid: Math.min(...sampled.map(({ valid }) => valid)),
    mayBePhoto: route.photo !== undefined,
  };
}

/** Of a file that has other bands than a picture shows, all of them; null for the others. */
async function allBands(
  seen: Samples,
  rule: PixelRule,
  again: (rule: PixelRule) => Promise<Route>,
): Promise<NonNullable<MeasuredFile['bands']> | null> {
  const count = seen.of?.count ?? seen.bands.length;
  if (count < 2 || count > MOST_BANDS || (count === 3 && !seen.channels)) return null;
  const route = await again({ ...rule, bands: '', channels: count });
  if (route.by !== 'values' || route.samples.bands.length !== count) return null;
  const { bands, nodata } = route.samples;
  const values = bands.map((band) => sortedSample({ bands: [band], nodata }, VALUES).sorted.slice());
  return { kind: `${typeOf(bands[0]!)}x${count}b`, values };
}

/** Mean and deviation of each band between black and white, by the number of bands that files have. */
export function statisticsOf(
  files: readonly MeasuredFile[],
  ranges: readonly ValueRange[],
): Map<number, { mean: number; std: number }[]> {
  const kinds = files.flatMap(({ bands }) => (bands ? [bands] : []));
  const counts = [...new Set(kinds.map(({ values }) => values.length))].sort((a, b) => a - b);
  return new Map(
    counts.map((count) => [
      count,
      Array.from({ length: count }, (_, band) => {
        let [n, sum, squares] = [0, 0, 0];
        for (const { kind, values } of kinds) {
          if (values.length !== count) continue;
          const range = kind.startsWith('uint8x')
            ? { low: [0], high: [255] }
            : (ranges.find((each) => each.kind === kind) ?? { low: [0], high: [1] });
          const [low, high] = [range.low[band] ?? range.low[0]!, range.high[band] ?? range.high[0]!];
          for (const value of values[band]!) {
            const level = Math.min(1, Math.max(0, (value - low) / (high - low)));
            n++;
            sum += level;
            squares += level * level;
          }
        }
        const mean = n > 0 ? sum / n : 0;
        const std = n > 0 ? Math.sqrt(Math.max(0, squares / n - mean * mean)) : 0;
        return { mean, std: std > LEAST_STD ? std : 1 }; // a dead band stays where it is
      }),
    ]),
  );
}

/** Of a band that hardly differs: dividing by less would make its noise all there is to see. */
const LEAST_STD = 0.005;

/** One range for each kind of file, between percentiles of all that was measured. */
export function rangesOf(files: readonly MeasuredFile[], percentiles: number): ValueRange[] {
  const all = files.flatMap(({ kind, values, bands }) => [
    ...(values.length > 0 ? [{ kind, values }] : []),
    ...(bands && !bands.kind.startsWith('uint8x') ? [bands] : []),
  ]);
  return [...new Set(all.map(({ kind }) => kind))].sort().flatMap((kind) => {
    const alike = all.filter((file) => file.kind === kind);
    const bands = alike[0]!.values.map((_, band) => {
      const sorted = Float64Array.from(alike.flatMap(({ values }) => [...values[band]!])).sort();
      return robustRange(sorted, percentiles);
    });
    const widest = Math.max(...bands.map((range) => (range ? range.high - range.low : 0)));
    if (widest === 0) return [];
    // A channel without any difference still has to have a place; as an empty one it is not shown.
    const known = bands.map((range) => range ?? { low: 0, high: widest * 1e-6 });
    return [{ kind, low: known.map(({ low }) => low), high: known.map(({ high }) => high) }];
  });
}
