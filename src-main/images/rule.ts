/**
 * The rule of a data set: how measured values (anything but 8-bit colours) become the picture that is trained on. It
 * is part of a run's configuration, so that a query, an evaluation and the exported encoder see the same picture.
 * Leaves the arithmetic to decode/picture.ts.
 */
import type { RunConfig } from '../../shared/config.ts';
import { bandsTrained, inputShape } from '../../shared/input.ts';
import type { Framing } from './resize.ts';

/** A run's `input`, and for an encoder from elsewhere what of the photo it looks at; left out: what ours look at. */
export type PixelRule = RunConfig['input'] & { framing?: Framing };

/**
 * The values that become black (`low`) and white (`high`); one pair for all bands, or one for each where bands are
 * channels.
 */
export interface ValueRange {
  /** Sample type and number of bands, as `kindOf` names it. */
  kind: string;
  low: number[];
  high: number[];
}

/**
 * The ranges of a folder, as the configuration keeps them: `uint16x1 125..600; float32x3c 0..1, 0..2, 0..1`. One range for
 * each band: `uint16x5b` of all of a file, `uint16x2n` of those that are chosen by name.
 */
export function parseRanges(text: string): ValueRange[] {
  return text
    .split(';')
    .map((part) => /^(\w+)\s+(.+)$/.exec(part.trim()))
    .filter((match) => match !== null)
    .flatMap(([, kind, list]) => {
      const pairs = list!.split(',').map((pair) => pair.split('..').map(Number));
      const sound = pairs.every((pair) => pair.length === 2 && pair.every(Number.isFinite) && pair[0]! < pair[1]!);
      return sound ? [{ kind: kind!, low: pairs.map(([low]) => low!), high: pairs.map(([, high]) => high!) }] : [];
    });
}

export const formatRanges = (ranges: readonly ValueRange[]): string =>
  ranges
    .map(({ kind, low, high }) => `${kind} ${low.map((from, i) => `${round(from)}..${round(high[i]!)}`).join(', ')}`)
    .join('; ');

/** Rounds to seven digits, more than a picture of 256 levels can show. */
const round = (value: number): number => Number(value.toPrecision(7));

/**
 * What a fixed range shows black and white. Null by any other rule, and where there is nothing from black to white, as
 * runs and folders of earlier versions may have it: then each file is shown by its own values.
 */
export function fixedRange({ rule, low, high }: Pick<PixelRule, 'rule' | 'low' | 'high'>): Range | null {
  return rule === 'fixed' && low !== null && high !== null && low < high ? { low, high } : null;
}
interface Range {
  low: number;
  high: number;
}

/** The rule as files are shown by it: a fixed range that shows nothing stands for each file's own. */
export const followed = <Rule extends PixelRule>(rule: Rule): Rule =>
  rule.rule === 'fixed' && fixedRange(rule) === null ? { ...rule, rule: 'file' } : rule;

/** What of a rule changes a picture of measured values, as a key for caches; '' where it is the default. */
export function ruleKey(rule: PixelRule): string {
  const { rule: how, low, high, percentiles, ranges, bands, page, channels, depth } = rule;
  const asBands = inputShape(rule).colour ? '' : `|${channels} ${depth}`;
  const key = [how, how === 'fixed' ? `${low}..${high}` : '', percentiles, ranges, bands, page].join('|') + asBands;
  return key === DEFAULT_KEY ? '' : key + (isMended(rule) ? '|2' : '');
}

/**
 * Whether an earlier version made other pictures by this rule, which are not to be taken for today's: of the brightest
 * page it took nodata for the brightest, and of bands without a range of the folder it left out the same percentiles
 * whatever the rule said.
 */
function isMended(rule: PixelRule): boolean {
  const { rule: how } = followed(rule);
  const byOwn = how === 'file' || (how === 'folder' && rule.ranges === '');
  const ownBands = bandsTrained(rule) !== null && byOwn && rule.percentiles !== defaultRule.percentiles;
  return rule.page === 'max' || ownBands;
}

/** What of a rule changes the evaluation image of any photo, as a key for caches; '' where it is ours. */
export const framingKey = ({ framing }: PixelRule): string =>
  framing ? `frame ${framing.shortSide ?? 'all'} ${framing.interpolation}` : '';

export const defaultRule: PixelRule = {
  rule: 'folder',
  low: null,
  high: null,
  percentiles: 0.2,
  ranges: '',
  bands: '',
  page: 'auto',
  tiles: 0,
  overlap: 0,
  channels: 'colour',
  depth: 8,
  statistics: '',
};
const DEFAULT_KEY = 'folder||0.2|||auto';
