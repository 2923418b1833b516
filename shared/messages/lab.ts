/**
 * The Lab's words in a person's language, for the window, the command line and the report: keys of labStudies.ts and
 * labReport.ts, and the sentences that are put together from parts (an arm's name, what a finding says). A catalogue of
 * its own, because the report is written where there is no window.
 */
import type { Finding, LabPlan, ReportLanguage } from '../contract/lab.ts';
import type { ErrorValue, ErrorValues } from '../contract/wire.ts';
import { studyOf } from '../lab/studies.ts';
import type { StudyId } from '../lab/studyId.ts';
import { sentenceOf, worded } from '../sentences.ts';
import { inLanguage } from './catalogue.ts';
import { formatMessage, numberFormat, trueMinus } from './format.ts';
import type { Message, Values } from './format.ts';
import { labReport } from './labReport.ts';
import { labStudies } from './labStudies.ts';

const texts = { ...labStudies, ...labReport };
export type LabKey = keyof typeof texts;

/** For the test that both languages have the same placeholders, too. */
export const labCatalogues: Readonly<Record<ReportLanguage, Readonly<Record<LabKey, Message>>>> = {
  en: inLanguage(texts, 'en'),
  'zh-CN': inLanguage(texts, 'zh-CN'),
};

export const labText = (language: ReportLanguage, key: LabKey, values?: Values): string =>
  formatMessage(labCatalogues[language][key], language, values);

/** For keys made at run time; undefined where the catalogue has none. */
export function labLookup(language: ReportLanguage, key: string, values: ErrorValues = {}): string | undefined {
  const message = (labCatalogues[language] as Record<string, Message | undefined>)[key];
  return message === undefined ? undefined : formatMessage(message, language, worded(values, language));
}

/** An arm's name: `arm.STUDY.ARM`, or `arm.STUDY` with the arm's values. An arm that is no longer there is its id. */
export function armName(study: StudyId, armId: string, images: number): ErrorValue {
  const own = `arm.${study}.${armId}`;
  if (own in texts) return { key: own, values: {} };
  const arm = studyOf(study)
    .arms({ images })
    .find(({ id }) => id === armId);
  const ofAll = `arm.${study}`;
  return ofAll in texts ? { key: ofAll, values: digits(arm?.values ?? {}) } : armId;
}

export const armLabel = (language: ReportLanguage, study: StudyId, armId: string, images: number): string =>
  sentenceOf(armName(study, armId, images), language);

/** Numbers that are names (a batch of 4096) are not grouped. */
const digits = (values: Readonly<Record<string, number>>): Values =>
  Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));

/** A finding as a sentence. Arms are named in the language and joined by its "and"; numbers are written in it. */
export function findingText(language: ReportLanguage, finding: Finding, study: StudyId, images: number): string {
  const list = new Intl.ListFormat(language, { type: 'conjunction' });
  const name = (armId: string) => `“${armLabel(language, study, armId, images)}”`;
  const arms = Object.fromEntries(
    Object.entries(finding.arms).map(([placeholder, ids]) => [placeholder, list.format(ids.map(name))]),
  );
  const figures = Object.entries(finding.values).map(([name, value]) => {
    const places = decimals[name];
    return [name, places === undefined ? value : figure(language, value, places)] as const;
  });
  return labText(language, `finding.${finding.key}` as LabKey, { ...Object.fromEntries(figures), ...arms });
}

/** Decimals of a finding's figures, those of the table that it stands beside; what is not here is a count. */
const decimals: Readonly<Record<string, number>> = {
  ...{ mean: 1, untrained: 1, free: 1, gain: 1, points: 1 },
  ...{ loss: 2, rank: 1, referenceRank: 1 },
};

/** 12.34 with so many decimals, in the language's digits. */
const figure = (language: ReportLanguage, value: number, places: number): string =>
  trueMinus(numberFormat(language, { minimumFractionDigits: places, maximumFractionDigits: places }).format(value));

/** 0.314 as 31.4, in the language's digits. */
export const points = (language: ReportLanguage, fraction: number | null): string =>
  fraction === null ? '–' : figure(language, 100 * fraction, 1);

/** What arms are compared by, defined: `measure.MEASURE.SPLIT`. */
export const measureDefinition = (
  language: ReportLanguage,
  { measure, split, asked }: Pick<LabPlan, 'measure' | 'split' | 'asked'>,
): string => labText(language, `measure.${measure}.${split}`, { asked });
