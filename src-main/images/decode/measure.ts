/**
 * Samples the measured values of a folder's files, and makes the folder's ranges and statistics from the samples.
 * Leaves reading to the decoders, and the choice of files to the library.
 */
import { fixedRange } from '../rule.ts';
import type { PixelRule, ValueRange } from '../rule.ts';
import { bandsTrained, MOST_BANDS, namesBands } from '../../../shared/input.ts';
import { reason } from '../../../shared/reason.ts';
import { asColour, findRoute, follow } from './decode.ts';
import type { Note, Route } from './route.ts';
import { bandRangeOfType } from './picture.ts';
import { kindOf, robustRange, sortedSample } from './samples.ts';
import { typeOf } from './samples.ts';
import type { Samples } from './samples.ts';
import type { DecodeLimits } from './types.ts';

export interface MeasuredFile {
  /** Type and number of bands, `uint16x1`. */
  kind: string;
  /**
   * Sorted valid values: one array for all bands together, or one for each band where they are channels. Empty for 8
   * bits, which are colours.
   */
  values: Float64Array[];
  /** For training on bands as they are: the sorted valid values of each band of the file. */
  bands?: { kind: string; values: Float64Array[] };
  /** What a person should know of it. */
  notes?: Note[];
  /** Share of the values that is valid, 0 to 1. */
  valid: number;
  /** The file can also be a photo of 16 bits, should the folder's values fill their range. */
  mayBePhoto: boolean;
}

/** Most values sampled from each file, so that a large one does not set the range alone. */
const VALUES = 4096;

/**
 * Samples a file's measured values. Null for a photo, whose values are colours, unless there is something to tell of
 * it. Throws ImageError.
 */
export async function measureFile(
  name: string,
  bytes: Buffer,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<MeasuredFile | null> {
  const again = async (by: PixelRule) => (await findRoute(name, bytes, limits, by)).route;
  const route = await again(asColour(rule));
  return await measureRoute({ ...route, notes: await notesOf(route, name, limits, rule) }, rule, again);
}

/** What is to be told of a file that is read as a photo, seen whole: that it is a mask, black, white or transparent. */
async function notesOf(route: Route, name: string, limits: DecodeLimits, rule: PixelRule): Promise<Note[]> {
  const notes = [...(route.notes ?? [])];
  if (route.by !== 'vips' || typeof route.bytes === 'string' || route.bytes.length > MOST_BYTES) return notes;
  const { data } = (await follow(route, name, limits, rule, undefined, notes)).image;
  const colours = new Set<number>();
  let [dark, bright] = [0, 0];
  for (let i = 0; i + 2 < data.length; i += 3) {
    const [red, green, blue] = [data[i]!, data[i + 1]!, data[i + 2]!];
    if (colours.size <= FEW) colours.add((red << 16) | (green << 8) | blue);
    if (Math.max(red, green, blue) < DARK) dark++;
    if (Math.min(red, green, blue) > BRIGHT) bright++;
  }
  const percent = (count: number) => Math.round((300 * count) / data.length);
  if (colours.size <= FEW) notes.push(reason('note.mask', { count: colours.size }));
  else if (percent(dark) >= NEARLY_ALL) notes.push(reason('note.nearly-black', { percent: percent(dark) }));
  else if (percent(bright) >= NEARLY_ALL) notes.push(reason('note.nearly-white', { percent: percent(bright) }));
  return notes;
}

/** A larger file is not unpacked only to be looked at. */
const MOST_BYTES = 50e6;
/** A picture of at most so many colours is probably a mask of labels. */
const FEW = 8;
/** The darkest and the brightest tenth of the levels, and the percent of the pixels in one from which on that is told. */
const [DARK, BRIGHT, NEARLY_ALL] = [26, 229, 97];

/**
 * Samples the measured values of a route. Null for a photo, unless it has notes.
 * @param again finds the file's route by another rule, to read all of its bands
 */
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
  const sampled = groups.map((bands) => sortedSample({ ...samples, bands }, VALUES));
  return {
    kind: kindOf(samples),
    ...(bands && { bands }),
    ...(notes && { notes }),
    values: sampled.map(({ sorted }) => sorted.slice()),
    valid: Math.min(...sampled.map(({ valid }) => valid)),
    mayBePhoto: route.photo !== undefined,
  };
}

/**
 * Samples of all bands, where the file has others than a picture shows, or of those that are trained on where they are
 * chosen by name, in their order; else null.
 */
async function allBands(
  seen: Samples,
  rule: PixelRule,
  again: (rule: PixelRule) => Promise<Route>,
): Promise<NonNullable<MeasuredFile['bands']> | null> {
  const count = seen.of?.count ?? seen.bands.length;
  if (count < 2 || count > MOST_BANDS || (count === 3 && !seen.channels)) return null;
  const trained = namesBands(rule) ? bandsTrained(rule) : null;
  const route = await again(trained === null ? { ...rule, bands: '', channels: count } : rule);
  if (route.by !== 'values' || route.samples.bands.length !== (trained ?? count)) return null;
  const { samples } = route;
  const { bands } = samples;
  const values = bands.map((band) => sortedSample({ ...samples, bands: [band] }, VALUES).sorted.slice());
  return { kind: `${typeOf(bands[0]!)}x${bands.length}${trained === null ? 'b' : 'n'}`, values };
}

/**
 * Mean and standard deviation of each band, scaled to 0 (black) to 1 (white) as the rule does it, by the number of bands
 * that files have.
 */
export function statisticsOf(
  files: readonly MeasuredFile[],
  ranges: readonly ValueRange[],
  rule: PixelRule,
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
          const { low, high } = scaleOf(kind, values[band]!, band, ranges, rule);
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

/** From where to where a band of a file is scaled; its values sorted. */
function scaleOf(kind: string, sorted: Float64Array, band: number, ranges: readonly ValueRange[], rule: PixelRule) {
  if (kind.startsWith('uint8x')) return { low: 0, high: 255 };
  const fixed = fixedRange(rule);
  if (fixed) return fixed;
  if (rule.rule === 'photo') return bandRangeOfType(kind.split('x')[0]!);
  const range = rule.rule === 'folder' ? ranges.find((each) => each.kind === kind) : undefined;
  if (range) return { low: range.low[band] ?? range.low[0]!, high: range.high[band] ?? range.high[0]! };
  return robustRange(sorted, rule.percentiles) ?? { low: 0, high: 1 };
}

/**
 * Least standard deviation to divide by. A band that varies less gets 1 in its place: else its noise would be all there
 * is to see.
 */
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
