/** What is searched for by a part of its name, or by words of what is told of it, as a person types them. */
const folded = (text: string): string => text.trim().toLocaleLowerCase();

/** Those in whose names it is, in their order; all where nothing is typed. */
export function withName<T extends { name: string }>(list: readonly T[], typed: string): readonly T[] {
  const wanted = folded(typed);
  return wanted === '' ? list : list.filter(({ name }) => folded(name).includes(wanted));
}

const isOfWord = /[\p{L}\p{N}]/u;

/** Whether that part of a text is where a word of it begins. */
function begins(text: string, part: string): boolean {
  for (let at = text.indexOf(part); at >= 0; at = text.indexOf(part, at + 1))
    if (at === 0 || !isOfWord.test(text[at - 1]!)) return true;
  return false;
}

/**
 * How well these texts have each of the words that are typed: 2 where each begins a word of theirs, as 42 does that of
 * "Attempt 42"; 1 where it is within one, as in "Attempt 142"; 0 where one is in none. Nothing typed is in any.
 */
export function hasWords(texts: readonly string[], typed: string): 0 | 1 | 2 {
  const words = folded(typed).split(/\s+/);
  const all = texts.map(folded).join('\n'); // so that no word is found across two of them
  if (!words.every((word) => all.includes(word))) return 0;
  return words.every((word) => word === '' || begins(all, word)) ? 2 : 1;
}
