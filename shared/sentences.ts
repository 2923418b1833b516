/**
 * Sentences by key and values, in the languages of the window: errors, what is being done, what the doctor found. What
 * crosses a process or is kept is the key with its values, and beside it the sentence in English, for terminals and other
 * programs. What has no text in a language does not compile.
 */
import type { ErrorValue, ErrorValues, Reason, Said } from './contract/wire.ts';
import { activities } from './messages/activities.ts';
import { doctorTexts } from './messages/doctor.ts';
import { givenNames } from './messages/givenNames.ts';
import { labStudies } from './messages/labStudies.ts';
import { applicationErrors } from './messages/errors/application.ts';
import { cacheErrors } from './messages/errors/cache.ts';
import { clusterErrors } from './messages/errors/cluster.ts';
import type { Language, Pair, Placeholders } from './messages/catalogue.ts';
import { deviceErrors } from './messages/errors/devices.ts';
import { fileErrors } from './messages/errors/files.ts';
import { folderErrors } from './messages/errors/folders.ts';
import { noteErrors } from './messages/errors/notes.ts';
import { photoErrors } from './messages/errors/photos.ts';
import { settingErrors } from './messages/errors/settings.ts';
import { frozenErrors } from './messages/errors/frozen.ts';
import { weightErrors } from './messages/errors/weights.ts';
import { startErrors } from './messages/errors/start.ts';
import { trainingErrors } from './messages/errors/training.ts';
import { capital, formatMessage } from './messages/format.ts';
import type { Values } from './messages/format.ts';

const errors = {
  ...applicationErrors,
  ...folderErrors,
  ...frozenErrors,
  ...weightErrors,
  ...startErrors,
  ...clusterErrors,
  ...trainingErrors,
  ...settingErrors,
  ...deviceErrors,
  ...photoErrors,
  ...noteErrors,
  ...cacheErrors,
  ...fileErrors,
};
const texts = { ...errors, ...activities, ...doctorTexts, ...givenNames, ...labStudies };
type Texts = typeof texts;

export type SentenceKey = keyof Texts;
export type ErrorKey = keyof typeof errors;
export type ValuesOf<Key extends SentenceKey> = { readonly [Name in Placeholders<Texts[Key][0]>]: ErrorValue };
type AsksNothing<Key extends SentenceKey> = [Placeholders<Texts[Key][0]>] extends [never] ? true : false;
/** The values that a key asks for, which may be left out where it asks for none, and whatever else is given. */
export type Arguments<Key extends SentenceKey, Rest extends unknown[] = []> =
  AsksNothing<Key> extends true
    ? [values?: { readonly [name: string]: never }, ...Rest]
    : [values: ValuesOf<Key>, ...Rest];

export type { Language } from './messages/catalogue.ts';
export const languages: readonly Language[] = ['en', 'zh-CN'];
export const errorTexts: Readonly<Record<string, Pair>> = errors;
/** All of them, for the test of the catalogues too. */
export const sentenceTexts: Readonly<Record<string, Pair>> = texts;

/** A value as words: a reason is worded in the same language, of a newer version's key nothing more is known. */
export function sentenceOf(value: ErrorValue, language: Language): string {
  if (typeof value !== 'object') return String(value);
  const pair = sentenceTexts[value.key];
  if (!pair) return value.key;
  // what is counted while one waits is written as a count; elsewhere a number may be a setting's, to be typed as it stands
  const counts = /^(doing|given)\./.test(value.key);
  const words = Object.entries(value.values).map(
    ([name, inner]) =>
      [name, counts && Number.isSafeInteger(inner) ? (inner as number) : sentenceOf(inner, language)] as const,
  );
  return formatMessage(pair[language === 'en' ? 0 : 1], language, Object.fromEntries(words));
}

/** Values of a message, reasons among them as words: numbers stay numbers, to be written in the message's language. */
export const worded = (values: ErrorValues, language: Language): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [
      name,
      typeof value === 'object' ? sentenceOf(value, language) : value,
    ]),
  );

/** A reason with its sentence in English, as it crosses a process. */
export const said = <Key extends string>(of: Reason<Key>): Said & Reason<Key> => ({
  message: sentenceOf(of, 'en'),
  ...of,
});

/** The same as a line of its own. */
export const lineOf = (value: ErrorValue, language: Language): string => capital(sentenceOf(value, language));
