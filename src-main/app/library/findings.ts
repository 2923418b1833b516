/**
 * What a person should know of a folder's measured values before they are trained on: kinds, histograms, and warnings of
 * what looks wrong. Leaves sampling the files and keeping what is found to measuring.ts.
 */
import type { Reason } from '../../../shared/contract/wire.ts';
import type { KeyOf } from '../../../shared/errors.ts';
import { bandsTrained } from '../../../shared/input.ts';
import type { Findings, MeasuredKind } from '../../../shared/contract.ts';
import { measuredKind, measuredKinds } from '../../../shared/measuredKind.ts';
import { reason } from '../../../shared/reason.ts';
import { said } from '../../../shared/sentences.ts';
import { bandRanges, fixedRange, parseRanges, PHOTO_SPAN } from '../../images/index.ts';
import type { MeasuredFile, PixelRule, ValueRange } from '../../images/index.ts';

const BARS = 64;
const EXAMPLES = 12;

/** The findings of a sample by the rule; `looked` files were opened for it. */
export function describe(
  measured: readonly (MeasuredFile & { file: string })[],
  input: PixelRule,
  looked: number,
): Findings {
  const ranges = parseRanges(input.ranges);
  const warnings: Findings['warnings'] = [];
  const warn = (why: Reason<KeyOf<'note'>>) => warnings.push(said(why));
  const withValues = measured.filter(({ values }) => values.length > 0);
  const kinds = [...new Set(withValues.map(({ kind }) => kind))].sort().map((kind): MeasuredKind => {
    const alike = withValues.filter((file) => file.kind === kind);
    const all = Float64Array.from(alike.flatMap(({ values }) => values.flatMap((band) => [...band]))).sort();
    const [least = 0, most = 0] = [all[0], all.at(-1)];
    const range = ranges.find((each) => each.kind === kind);
    const fixed = fixedRange(input);
    const shown =
      fixed !== null
        ? { low: [fixed.low], high: [fixed.high] }
        : input.rule === 'folder' && !arePhotos(kind, alike, range)
          ? range
          : undefined;
    const words = measuredKind(kind);
    const valid = Math.min(...alike.map((file) => file.valid));
    if (alike.every(({ values }) => values.every((band) => band.length === 0 || band[0] === band.at(-1))))
      warn(reason('note.all-constant', { kind: words }));
    else {
      const distinct = new Set(all).size;
      if (distinct <= FEW) warn(reason('note.few-values', { kind: words, count: distinct }));
      if (shown) {
        const trained = bandsTrained(input) === null ? undefined : rangeOfBands(alike, input);
        const by = trained ?? { kind, ...shown };
        warn(
          reason('note.range', {
            kind: measuredKind(by.kind),
            low: by.low.join(', '),
            high: by.high.join(', '),
            files: alike.length,
          }),
        );
        const [low, high] = [shown.low[0]!, shown.high[0]!];
        const share = (test: (value: number) => boolean) => Math.round((100 * all.filter(test).length) / all.length);
        const dark = share((value) => value < low + (high - low) / 10);
        const bright = share((value) => value > high - (high - low) / 10);
        if (dark >= NEARLY_ALL) warn(reason('note.dark', { kind: words, percent: dark }));
        if (bright >= NEARLY_ALL) warn(reason('note.bright', { kind: words, percent: bright }));
      }
    }
    if (kind.startsWith('uint16x')) describeDepths(alike, words, warn);
    if (valid < MOSTLY) warn(reason('note.nodata', { kind: words, percent: Math.round(100 * valid) }));
    return {
      kind,
      files: alike.length,
      low: shown?.low ?? null,
      high: shown?.high ?? null,
      least,
      most,
      valid,
      histogram: histogramOf(all, least, most),
    };
  });
  if (kinds.length > 1) warn(reason('note.mixed', { kinds: measuredKinds(kinds.map(({ kind }) => kind)) }));
  const bands = describeBands(measured, input, warn);
  describeNotes(measured, looked, bandsTrained(input) !== null, warn);
  const files = [...new Set(measured.map(({ file }) => file))]; // tiles of one file have one picture of it
  const step = Math.max(1, files.length / EXAMPLES);
  const examples = Array.from({ length: Math.min(EXAMPLES, files.length) }, (_, i) => files[Math.floor(i * step)]!);
  return { kinds, bands, looked: measured.length, warnings, examples };
}

/** Whether files of 16 bits are shown as the photos that they are, not stretched. */
const arePhotos = (kind: string, alike: readonly MeasuredFile[], range: ValueRange | undefined): boolean =>
  kind.startsWith('uint16x') &&
  alike.every(({ mayBePhoto }) => mayBePhoto) &&
  range?.low.some((low, i) => range.high[i]! - low >= PHOTO_SPAN * 65535) === true;

/** Greatest value of 12 bits, and the least one that takes more than 14. */
const [TWELVE, SIXTEEN] = [4095, 16384];
/** Where brightest values are looked for, so that a few hot pixels are no depth of their own. */
const BRIGHTEST = 0.998;

/** Warns where values of 12 bits and of 16 lie in one folder: by one range the first are nearly black. */
function describeDepths(
  alike: readonly MeasuredFile[],
  kind: ReturnType<typeof measuredKind>,
  warn: (why: Reason<KeyOf<'note'>>) => void,
): void {
  const brightest = alike.map(({ values }) =>
    Math.max(...values.map((band) => band[Math.round((band.length - 1) * BRIGHTEST)] ?? 0)),
  );
  const narrow = brightest.filter((value) => value <= TWELVE);
  const widest = Math.max(...brightest);
  if (narrow.length === 0 || widest < SIXTEEN) return;
  const values = { kind, count: narrow.length, files: alike.length, low: Math.max(...narrow), high: widest };
  warn(reason('note.mixed-depths', values));
}

/** The range by which the bands of these files are trained on, where one was measured of them. */
function rangeOfBands(files: readonly MeasuredFile[], input: PixelRule): ValueRange | undefined {
  const kinds = new Set(files.map(({ bands }) => bands?.kind));
  return bandRanges(input).find(({ kind }) => kinds.has(kind));
}

/**
 * Warns of the notes on single files: one warning for each kind of note, with a count and one file as example. Which
 * bands a picture shows is no matter where all are trained on.
 */
function describeNotes(
  measured: readonly (MeasuredFile & { file: string })[],
  looked: number,
  asBands: boolean,
  warn: (why: Reason<KeyOf<'note'>>) => void,
): void {
  const told = measured
    .flatMap(({ file, notes = [] }) => notes.map((note) => ({ file, note })))
    .filter(({ note }) => !asBands || note.key !== 'note.bands');
  for (const [, alike] of Map.groupBy(told, ({ note }) => note.key)) {
    const { file, note } = alike[0]!;
    warn(reason('note.in-files', { count: alike.length, looked, file, note }));
  }
}

/** Of how many bands most files are, where that is another number than a picture has; tells of bands that hold nothing. */
function describeBands(
  measured: readonly MeasuredFile[],
  input: PixelRule,
  warn: (why: Reason<KeyOf<'note'>>) => void,
): number {
  const files = measured.flatMap(({ bands }) => (bands ? [bands] : []));
  const counts = new Map<number, number>();
  for (const { values } of files) counts.set(values.length, (counts.get(values.length) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  if (!most) return 0;
  const [count, having] = most;
  const numbers = new Set(
    measured.map(({ kind, bands }) => bands?.values.length ?? Number(/x(\d+)/.exec(kind)?.[1] ?? 1)),
  );
  if (counts.size > 1 || (bandsTrained(input) !== null && having < measured.length))
    warn(reason('note.mixed-bands', { counts: [...numbers].sort((a, b) => a - b).join(', ') }));
  for (let band = 0; band < count; band++) {
    const alike = files.filter(({ values }) => values.length === count);
    const dead = alike.every(({ values }) => values[band]!.length === 0 || values[band]![0] === values[band]!.at(-1));
    if (dead) warn(reason('note.dead-band', { band: band + 1, count }));
  }
  if (count > 1 && bandsTrained(input) === null) warn(reason('note.all-bands', { count }));
  return count;
}

/** Files of a kind with at most so many distinct values are probably masks of labels. */
const FEW = 8;
/** Percent of the values in the darkest or brightest tenth of the range, from which on that is told. */
const NEARLY_ALL = 97;
/** Where a smaller share of a file's values is valid, that is told. */
const MOSTLY = 0.5;

function histogramOf(sorted: Float64Array, least: number, most: number): number[] {
  const bars = new Array<number>(BARS).fill(0);
  if (most > least)
    for (const value of sorted) bars[Math.min(BARS - 1, Math.floor(((value - least) / (most - least)) * BARS))]!++;
  return bars;
}
