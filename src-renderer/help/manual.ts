/**
 * The manual (docs/manual), for the window's Help and for the site alike: its chapters in their order, and how one
 * becomes HTML. Pure; where a chapter's text comes from and where a link leads is given in.
 */
import { Marked } from 'marked';

export const chapters = [
  'install',
  'first-run',
  'own-folder',
  'charts',
  'collapse',
  'recipes',
  'exports',
  'command-line',
  'files',
  'privacy',
  'troubleshooting',
  'science',
] as const;
export type Chapter = (typeof chapters)[number];

export const chapterOf = (name: string | null): Chapter | null => chapters.find((id) => id === name) ?? null;

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (sign) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[sign]!);

export interface Links {
  /** Address of another chapter. */
  chapter(chapter: Chapter): string;
  /** Whether addresses elsewhere can be followed; where not, they are written out. */
  elsewhere: boolean;
}

/** Our own Markdown as HTML. Markup in it is shown as text: nothing of a chapter runs. @throws where a link leads to no chapter */
export function renderChapter(markdown: string, links: Links): string {
  const marked = new Marked({
    async: false,
    renderer: {
      html: ({ text }) => escaped(text),
      image: ({ text }) => escaped(text),
      code: ({ text }) => `<pre tabindex="0"><code>${escaped(text)}</code></pre>\n`,
      link({ href, tokens }) {
        const text = this.parser.parseInline(tokens);
        if (/^https?:/.test(href))
          return links.elsewhere ? `<a href="${escaped(href)}">${text}</a>` : `${text} (<code>${escaped(href)}</code>)`;
        const chapter = chapterOf(href.replace(/\.md$/, ''));
        if (!chapter) throw new Error(`the manual has no chapter '${href}'`);
        return `<a href="${escaped(links.chapter(chapter))}">${text}</a>`;
      },
    },
  });
  return marked.parse(markdown) as string;
}

/** Its first heading. */
export const titleOf = (markdown: string): string => /^# (.+)$/m.exec(markdown)?.[1] ?? '';
