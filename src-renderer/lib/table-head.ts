/** Words of the Lab's report, which stand in the middle of its sentences, at the head of a column, where they begin one. */
import type { I18n } from '../state/i18n.svelte.ts';

/** kNN, which is written so everywhere, stays. */
export const tableHead = ({ language }: I18n, words: string): string =>
  words.replace(/^[a-z](?=[a-z])/, (letter) => letter.toLocaleUpperCase(language));
