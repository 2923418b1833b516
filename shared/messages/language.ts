/** Which of our languages a person reads. */
import type { Language } from '../sentences.ts';

/** The first of a person's languages that we have, English otherwise. */
export function preferredLanguage(languages: readonly string[]): Language {
  for (const language of languages) {
    if (language.toLowerCase().startsWith('zh')) return 'zh-CN';
    if (language.toLowerCase().startsWith('en')) return 'en';
  }
  return 'en';
}
