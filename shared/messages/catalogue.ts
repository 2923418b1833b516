/**
 * What a catalogue is: for each key a sentence in English and one in Chinese, side by side. Types read the
 * {placeholders} of the English: they are the values that an error of that key has to give. An error's key is its code
 * and, after a dot, which of its sentences it is; the code alone is its general sentence, for errors that an older
 * version kept or another program made.
 */
import type { Message } from './format.ts';

export type Language = 'en' | 'zh-CN';
export type Pair = readonly [en: Message, zh: Message];

type Wordings<M> = M extends string ? M : M extends { one: infer One; other: infer Other } ? One | Other : never;
type NamesIn<Text> = Text extends `${string}{${infer Inner}}${infer Rest}` ? NameOf<Inner> | NamesIn<Rest> : never;
type NameOf<Inner> = Inner extends `${infer Name}:${string}` ? Name : Inner;
/** Names of the placeholders of a message. */
export type Placeholders<M> = NamesIn<Wordings<M>>;

type Checked<T> = {
  [K in keyof T]: T[K] extends readonly [infer En, infer Zh]
    ? [Placeholders<Zh>] extends [Placeholders<En>]
      ? T[K]
      : 'the Chinese has a placeholder that the English lacks'
    : Pair;
};

/** A part of the catalogue, checked: both languages for each key, and no value in Chinese that English does not give. */
export const catalogue = <const T extends Record<string, Pair>>(texts: T & Checked<T>): T => texts;

/** Each key with its sentence in one language. */
export const inLanguage = <T extends Readonly<Record<string, Pair>>>(texts: T, language: Language) =>
  Object.fromEntries(
    Object.entries(texts).map(([key, pair]) => [key, pair[language === 'en' ? 0 : 1]] as const),
  ) as Readonly<Record<keyof T, Message>>;
