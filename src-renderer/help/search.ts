/** Finds pages of Help by words: those that hold all of them, with the place of the first. Pure. */

export interface Page {
  id: string;
  title: string;
  text: string;
}

export interface Hit {
  id: string;
  title: string;
  /** The words around the first that was found in the text; empty where the title alone has them. */
  excerpt: string;
}

/** Characters of an excerpt before and after what was found. */
const around = [30, 60] as const;

/** Marks of Markdown and line ends are no part of what is read. */
const plain = (text: string): string =>
  text
    .replace(/[`*_#|]|-{3,}/g, ' ')
    .replace(/\s+/g, ' ')
    .trim();

/** Pages that hold every word of `query`, in title or text, in any case; those with all in the title first. */
export function search(pages: readonly Page[], query: string): Hit[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [];
  const hits = pages.flatMap(({ id, title, text }) => {
    const body = plain(text);
    const [low, head] = [body.toLowerCase(), title.toLowerCase()];
    if (!words.every((word) => low.includes(word) || head.includes(word))) return [];
    const at = words.map((word) => low.indexOf(word)).find((found) => found >= 0) ?? -1;
    const [from, to] = [Math.max(0, at - around[0]), Math.min(body.length, at + around[1])];
    const excerpt = at < 0 ? '' : `${from > 0 ? '…' : ''}${body.slice(from, to).trim()}${to < body.length ? '…' : ''}`;
    return [{ id, title, excerpt, isNamed: words.every((word) => head.includes(word)) }];
  });
  return [...hits.filter(({ isNamed }) => isNamed), ...hits.filter(({ isNamed }) => !isNamed)].map(
    ({ id, title, excerpt }) => ({ id, title, excerpt }),
  );
}
