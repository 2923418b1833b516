/**
 * Names of folders, collections, runs and tags. `name` is what a person typed, or what the program gave, in English, for
 * terminals and other programs (a tag's in the language of who asked, as labels follow from it); `naming` is the key and
 * values of a name that the program gave, which a window words in its language. A person who renames the thing takes the
 * naming away.
 */
import type { ErrorValue, Reason } from './contract/wire.ts';
import { reason } from './reason.ts';
import { languages, sentenceOf } from './sentences.ts';
import type { Language } from './sentences.ts';

export interface Named {
  name: string;
  /** null: a person typed the name, or it is a file's; left out by older versions. */
  naming?: Reason | null | undefined;
}

/** A name as a value of a sentence, worded with that. */
export const nameOf = ({ name, naming }: Named): ErrorValue => naming ?? name;

export const nameIn = (language: Language, named: Named): string => sentenceOf(nameOf(named), language);

/** What the program names a thing: both columns of its row. */
export const given = (naming: Reason): { name: string; naming: Reason } => ({ name: sentenceOf(naming, 'en'), naming });

/** The same for what is counted beside others on a folder: as plain as the folder's own name. */
export function numbered(folder: Named, number: number): { name: string; naming: Reason | null } {
  const of = given(reason('given.numbered', { name: nameOf(folder), number: String(number) }));
  return folder.naming ? of : { ...of, naming: null };
}

/** Whether a person who types `text` means this one: its name as any window shows it. */
export const isNamed = (named: Named, text: string): boolean =>
  named.name === text || (!!named.naming && languages.some((language) => nameIn(language, named) === text));
