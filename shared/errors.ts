/**
 * Errors that a person reads: a key and values. Their English sentence is the `message`, for terminals, reports and
 * other programs; a window words the same key in its own language. The sentences are in shared/messages/errors, and
 * what has none does not compile. Errors that only a mistake in the program can cause stay plain Errors.
 */
import { capital, formatMessage } from './messages/format.ts';
import type { ErrorValue, ErrorValues, Reason } from './contract/wire.ts';
import type { Pair, Placeholders } from './messages/errors/catalogue.ts';
import { applicationErrors } from './messages/errors/application.ts';
import { deviceErrors } from './messages/errors/devices.ts';
import { fileErrors } from './messages/errors/files.ts';
import { photoErrors } from './messages/errors/photos.ts';
import { trainingErrors } from './messages/errors/training.ts';

const texts = { ...applicationErrors, ...trainingErrors, ...deviceErrors, ...photoErrors, ...fileErrors };
type Texts = typeof texts;

export type ErrorKey = keyof Texts;
export type CodeOf<Key extends string> = Key extends `${infer Code}.${string}` ? Code : Key;
export type ErrorCode = CodeOf<ErrorKey>;
/** All keys of the given codes. */
export type KeyOf<Code extends ErrorCode> = { [Key in ErrorKey]: CodeOf<Key> extends Code ? Key : never }[ErrorKey];
export type ValuesOf<Key extends ErrorKey> = { readonly [Name in Placeholders<Texts[Key][0]>]: ErrorValue };
type AsksNothing<Key extends ErrorKey> = [Placeholders<Texts[Key][0]>] extends [never] ? true : false;
/** The values that a key asks for, may be left out where it asks for none; what programs and a debugger want beside. */
export type ErrorArguments<Key extends ErrorKey> =
  AsksNothing<Key> extends true
    ? [values?: { readonly [name: string]: never }, details?: unknown, options?: ErrorOptions]
    : [values: ValuesOf<Key>, details?: unknown, options?: ErrorOptions];

export type Language = 'en' | 'zh-CN';
const pairs: Readonly<Record<string, Pair>> = texts;
/** For the tests of the catalogue. */
export const errorTexts = pairs;

/** For the constructor of the error that a reason becomes. */
export const argumentsOf = <Key extends ErrorKey>({ key, values }: Reason<Key>) => [key, values as never] as const;

/** A reason as lists keep it: with its code, and its sentence in English. */
export const worded = <Key extends ErrorKey>(of: Reason<Key>) => ({
  code: codeOf(of.key),
  reason: englishOf(of),
  ...of,
});

/** A reason as an error on the wire, which wants a name and details beside. */
export const wireOf = <Key extends ErrorKey>(of: Reason<Key>) => ({
  code: codeOf(of.key),
  message: englishOf(of),
  ...of,
});

/** What was caught, as the reason in another error: with its key where it has one, else as it words itself. */
export function reasonOf(error: unknown): ErrorValue {
  const { key, values, message } = (error ?? {}) as Partial<KeyedError> & { message?: unknown };
  return typeof key === 'string' && key in pairs ? { key, values: values ?? {} } : String(message ?? error);
}

function sentence([en, zh]: Pair, values: ErrorValues, language: Language): string {
  const words = Object.entries(values).map(([name, value]) => [name, wordOf(value, language)] as const);
  return formatMessage(language === 'en' ? en : zh, language, Object.fromEntries(words));
}

function wordOf(value: ErrorValue, language: Language): string {
  if (typeof value !== 'object') return String(value);
  const pair = pairs[value.key];
  return pair ? sentence(pair, value.values, language) : value.key;
}

/** A reason that stands alone, in a person's language. */
export const reasonText = (given: Reason, language: Language): string => capital(wordOf(given, language));

/** The sentence of a key in English, as errors carry it. */
export const englishOf = ({ key, values }: Reason): string => sentence(pairs[key]!, values, 'en');

/**
 * What every error with a text is: `code` for programs, `key` and `values` for the catalogues, `details` with the
 * offending values (the values of the sentence where nothing else is given). Each part of the application has its
 * class, which lists its codes; `name` tells them apart across processes.
 */
export class KeyedError<Key extends ErrorKey = ErrorKey> extends Error {
  readonly code: CodeOf<Key>;
  readonly key: Key;
  readonly values: ErrorValues;
  readonly details: unknown;
  constructor(key: Key, ...[values = {}, details = values, options]: ErrorArguments<Key>) {
    super(sentence(texts[key], values, 'en'), options);
    this.code = codeOf(key);
    this.key = key;
    this.values = values;
    this.details = details;
  }
}

const codeOf = <Key extends string>(key: Key): CodeOf<Key> => key.split('.', 1)[0] as CodeOf<Key>;

/** An error as it crosses a process or is kept; key and values are missing in what older versions kept. */
export interface ErrorFacts {
  code: string;
  message: string;
  key?: string | undefined;
  values?: ErrorValues | undefined;
}

const withoutStop = (text: string): string => text.replace(/[.。]$/, '');

/** An error as a sentence of the window: that of its key, or the general one of its code around the English message. */
export function errorSentence({ code, message, key, values = {} }: ErrorFacts, language: Language): string {
  const isInternal = internalCodes.has(code);
  if (language === 'en' && message !== '' && !isInternal) return capital(message);
  const own = key === undefined ? undefined : pairs[key];
  if (own) return capital(sentence(own, values, language));
  const general = (isInternal ? undefined : pairs[code]) ?? texts.internal;
  return sentence(general, { message: withoutStop(message) }, language);
}

/** Only a mistake in the program causes these: their wording alone would not help. */
const internalCodeList = [
  'internal',
  'failed',
  'bad-shape',
  'bad-state',
  'bad-step',
  'bad-view',
  'view-loader-closed',
  'view-loader-busy',
] as const;
export type InternalCode = (typeof internalCodeList)[number];
const internalCodes: ReadonlySet<string> = new Set(internalCodeList);

/** A mistake in the program: worded for who mends it, in English alone; a person reads one general sentence. */
export class InternalError extends Error {
  override readonly name: string = 'InternalError';
  readonly code: InternalCode;
  readonly details: Record<string, unknown>;
  constructor(code: InternalCode, message: string, details: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.details = details;
  }
}
