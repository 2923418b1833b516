/**
 * Errors that a person reads: a key and values. Their English sentence is the `message`, for terminals, reports and
 * other programs; a window words the same key in its own language. The sentences are in shared/messages/errors. Errors
 * that only a mistake in the program can cause stay plain Errors.
 */
import { capital } from './messages/format.ts';
import type { ErrorValue, ErrorValues, Reason, Said, WireError } from './contract/wire.ts';
import { errorTexts, said, sentenceOf } from './sentences.ts';
import type { Arguments, ErrorKey, Language } from './sentences.ts';

export type CodeOf<Key extends string> = Key extends `${infer Code}.${string}` ? Code : Key;
export type ErrorCode = CodeOf<ErrorKey>;
/** All keys of the given codes. */
export type KeyOf<Code extends ErrorCode> = { [Key in ErrorKey]: CodeOf<Key> extends Code ? Key : never }[ErrorKey];
/** Arguments after the key: the sentence's values, then `details` for programs and the options of Error. */
export type ErrorArguments<Key extends ErrorKey> = Arguments<Key, [details?: unknown, options?: ErrorOptions]>;

export const codeOf = <Key extends string>(key: Key): CodeOf<Key> => key.split('.', 1)[0] as CodeOf<Key>;

/** For the constructor of the error that a reason becomes. */
export const argumentsOf = <Key extends ErrorKey>({ key, values }: Reason<Key>) => [key, values as never] as const;

/** What was caught, as the reason in another error: with its key where it has one, else as it words itself. */
export function reasonOf(error: unknown): ErrorValue {
  const { key, values, message } = (error ?? {}) as Partial<KeyedError> & { message?: unknown };
  return typeof key === 'string' && key in errorTexts ? { key, values: values ?? {} } : String(message ?? error);
}

/** What was caught, in its own words: for other programs, and for what is not ours to word. */
export const wordsOf = (error: unknown): string => (error instanceof Error ? error.message : String(error));

/** A reason as an error that nobody throws. */
export const wireError = (name: string, why: Reason<ErrorKey>, details: unknown = why.values): WireError & Said => ({
  name,
  code: codeOf(why.key),
  ...said(why),
  details,
});

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
    super(sentenceOf({ key, values }, 'en'), options);
    this.code = codeOf(key);
    this.key = key;
    this.values = values;
    this.details = details;
  }
}

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
  if (key !== undefined && key in errorTexts) return capital(sentenceOf({ key, values }, language));
  const general = !isInternal && code in errorTexts ? code : 'internal';
  return sentenceOf({ key: general, values: { message: withoutStop(message) } }, language);
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
