/** The chapters of the manual as they were packed with the window, each read when it is asked for. */
import { chapters } from './manual.ts';
import type { Chapter } from './manual.ts';

const texts = import.meta.glob<string>('../../docs/manual/*/*.md', { query: '?raw', import: 'default' });

/** A chapter's Markdown. @throws where this language has no such chapter */
export const chapterText = (language: string, id: Chapter): Promise<string> =>
  texts[`../../docs/manual/${language}/${id}.md`]!();

/** All of them, for a search. */
export const allChapters = (language: string): Promise<{ id: Chapter; text: string }[]> =>
  Promise.all(chapters.map(async (id) => ({ id, text: await chapterText(language, id) })));
