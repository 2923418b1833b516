/**
 * Between listing and decoding: what a folder's measured values are, from a sample of its files, so that all of them
 * are shown by one range and a person sees it before training. A range that stands is kept, for pictures, caches and
 * runs follow from it: kinds of files that are new are added, and what another rule was measured by is measured anew.
 * Photos cost nothing here.
 */
import { InputConfig } from '../../../shared/config/pictures.ts';
import { Findings } from '../../../shared/contract.ts';
import { namesBands } from '../../../shared/input.ts';
import {
  defaultRule,
  formatRanges,
  formatStatistics,
  holdsValues,
  ImageError,
  parseRanges,
  picturesKey,
  rangesOf,
  sourceOf,
  statisticsOf,
} from '../../images/index.ts';
import type { ImagePool, MeasuredFile, PixelRule } from '../../images/index.ts';
import type { DatasetRow, ImageRow, Store } from '../../db/index.ts';
import { describe } from './findings.ts';
import { photoPath } from './photos.ts';
import { unhurried } from '../unhurried.ts';
import type { PhotoFile } from './thumbnails.ts';

/** Files that are looked at, evenly taken. */
const SAMPLE = 48;

/** The rule of a folder. */
export const ruleOf = ({ input }: Pick<DatasetRow, 'input'>): PixelRule => InputConfig.parse(JSON.parse(input));
export const findingsOf = ({ findings }: Pick<DatasetRow, 'findings'>): Findings =>
  Findings.parse(JSON.parse(findings));

/** The file of a photo, for its thumbnail: with the rule where that can change the picture; the folder's unless told. */
export const photoFile = (dataset: DatasetRow, row: ImageRow, seen = ruleOf(dataset)): PhotoFile => {
  const path = photoPath(dataset, row);
  // whatever is trained on, what is seen is a picture
  const rule = picturesKey(path, { ...seen, channels: 'colour' });
  return { path, bytes: row.bytes, modified: row.modified, rule, part: row.part };
};

interface Parts {
  store: Store;
  pool: Pick<ImagePool, 'measure'>;
}

/** A change of a folder's rule. */
export interface RuleChange {
  /** Ranges and means among them stay as they are given. */
  settings: Partial<PixelRule>;
  /** Ranges and means are measured although they are there. */
  anew: boolean;
}

/**
 * Measures the folder by its own rule, as `change` leaves it, and keeps rule and findings together: after a kill the
 * folder has both or neither, and who else changes the rule meanwhile is measured too.
 * @throws the signal's reason
 */
export async function measure(
  parts: Parts,
  { id }: Pick<DatasetRow, 'id'>,
  signal: AbortSignal,
  { settings, anew }: RuleChange = { settings: {}, anew: false },
): Promise<void> {
  const { datasets } = parts.store;
  for (;;) {
    const before = datasets.get(id)!;
    const rule = InputConfig.parse({ ...ruleOf(before), ...settings });
    const sample = await sampled(parts, before, rule, signal);
    if (datasets.get(id)!.input !== before.input) continue;
    if (sample.measured.length === 0 && before.findings === '{}') {
      if (Object.keys(settings).length > 0) datasets.update(id, { input: JSON.stringify(rule) });
      return;
    }
    const old = anew ? ALL_ANEW : outdated(measuredRule(before), rule);
    const again = Object.fromEntries(
      Object.entries(old).filter(([name]) => settings[name as keyof typeof old] === undefined),
    );
    const { input, findings } = foundIn(sample, { ...rule, ...again }, rule);
    datasets.update(id, { input: JSON.stringify(input), findings: keptFindings(findings, input) });
    return;
  }
}

/**
 * What a folder's values are by another rule than its own, as a run may have one: the rule with what it leaves to be
 * measured, and what a person should know. Nothing of it is kept.
 * @throws the signal's reason
 */
export async function measuredBy(
  parts: Parts,
  dataset: DatasetRow,
  rule: PixelRule,
  signal: AbortSignal,
): Promise<{ input: PixelRule; findings: Findings }> {
  return foundIn(await sampled(parts, dataset, rule, signal), rule);
}

/** What of a rule is measured, as it is before. */
const ALL_ANEW = { ranges: '', statistics: '' } as const;
/** Settings that say which values are looked at, and by which they are scaled. */
const LOOKS = ['bands', 'page', 'percentiles'] as const;
const SCALES = ['rule', 'low', 'high'] as const;
const TRAINED = ['channels'] as const;

/** Findings as the folder keeps them, with the settings that its ranges and means are measured by. */
export const keptFindings = (findings: Findings, rule: PixelRule): string =>
  JSON.stringify({
    ...findings,
    by: Object.fromEntries([...LOOKS, ...SCALES, ...TRAINED].map((name) => [name, rule[name]])),
  });

/**
 * The rule by which the ranges and means of a folder were measured. Earlier versions kept none with them, and measured
 * once, mostly before anyone changed the rule. Where nothing was measured, what stands was given for the rule as it is.
 */
export function measuredRule({ input, findings }: Pick<DatasetRow, 'input' | 'findings'>): PixelRule {
  if (findings === '{}') return ruleOf({ input });
  return { ...defaultRule, ...(JSON.parse(findings) as { by?: Partial<PixelRule> }).by };
}

/** What was measured by one rule and says nothing of the other: to be measured anew. */
export function outdated(one: PixelRule, other: PixelRule): Partial<typeof ALL_ANEW> {
  const differs = (settings: readonly (keyof PixelRule)[]) =>
    settings.some((setting) => one[setting] !== other[setting]);
  if (differs(LOOKS)) return ALL_ANEW;
  // of bands chosen by name those that are trained on are measured
  return differs(SCALES) || (namesBands(other) && differs(TRAINED)) ? { statistics: '' } : {};
}

interface Sample {
  measured: (MeasuredFile & { file: string })[];
  looked: number;
}

async function sampled(
  { store, pool }: Parts,
  dataset: DatasetRow,
  rule: PixelRule,
  signal: AbortSignal,
): Promise<Sample> {
  // a folder of photos is not opened file by file
  const rows = await unhurried(store.images.sampling(dataset.id, 4 * SAMPLE), signal);
  const candidates: { file: string; path: string; part: string }[] = [];
  for (const row of rows) {
    if (candidates.length === SAMPLE) break;
    const path = photoPath(dataset, row);
    if (await holdsValues(path)) candidates.push({ file: row.file, path, part: row.part });
  }
  signal.throwIfAborted();
  const measured: Sample['measured'] = [];
  await Promise.all(
    candidates.map(async ({ file, path, part }) => {
      try {
        const found = await pool.measure(sourceOf(path, part), signal, rule);
        if (found) measured.push({ ...found, file });
      } catch (error) {
        signal.throwIfAborted();
        if (!(error instanceof ImageError)) throw error; // decoding lists the file with its reason
      }
    }),
  );
  measured.sort((a, b) => (a.file < b.file ? -1 : 1));
  return { measured, looked: candidates.length };
}

/** The rule with the ranges and means that a sample adds to it; `had` is what it was before some were taken away. */
function foundIn({ measured, looked }: Sample, rule: PixelRule, had = rule): { input: PixelRule; findings: Findings } {
  const known = parseRanges(rule.ranges);
  const fresh = rangesOf(measured, rule.percentiles).filter(({ kind }) => !known.some((range) => range.kind === kind));
  const ranges = [...known, ...fresh];
  const counted = statisticsOf(measured, ranges, rule);
  const statistics = counted.size > 0 && rule.statistics === '' ? formatStatistics(counted) : had.statistics;
  const input: PixelRule = { ...rule, ranges: formatRanges(ranges), statistics };
  return { input, findings: describe(measured, input, looked) };
}
