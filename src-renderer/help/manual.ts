/**
 * The manual (docs/manual), for the window's Help and for the site alike: its chapters in their order, a chapter's text
 * as tokens, which the window shows, and as HTML, which the site is made of. Pure; where a chapter's text comes from
 * and where a link leads is given in.
 */
import { Marked } from 'marked';
import type { Token } from 'marked';

export const chapters = [
  'install',
  'first-run',
  'own-folder',
  'charts',
  'collapse',
  'recipes',
  'exports',
  'cluster',
  'command-line',
  'files',
  'privacy',
  'troubleshooting',
  'science',
] as const;
export type Chapter = (typeof chapters)[number];

export const chapterOf = (name: string | null): Chapter | null => chapters.find((id) => id === name) ?? null;

/** Where a link of the manual leads: to a chapter, or elsewhere (null). @throws where there is no such chapter */
export function chapterOfLink(href: string): Chapter | null {
  if (/^https?:/.test(href)) return null;
  const chapter = chapterOf(href.replace(/\.md$/, ''));
  if (!chapter) throw new Error(`the manual has no chapter '${href}'`);
  return chapter;
}

export const tokensOf = (markdown: string): Token[] => new Marked().lexer(markdown);

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

/** A chapter as HTML. Markup in it is shown as text: nothing of it runs. */
export function renderChapter(markdown: string, addressOf: (chapter: Chapter) => string): string {
  const marked = new Marked({
    async: false,
    renderer: {
      html: ({ text }) => escaped(text),
      image: ({ text }) => escaped(text),
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      link({ href, tokens }) {
        const chapter = chapterOfLink(href);
        return `<a href="${escaped(chapter ? addressOf(chapter) : href)}">${this.parser.parseInline(tokens)}</a>`;
      },
    },
  });
  return marked.parse(markdown) as string;
}

/** Its first heading. */
export const titleOf = (markdown: string): string => /^# (.+)$/m.exec(markdown)?.[1] ?? '';
