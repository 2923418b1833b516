/**
 * Text in the columns of a terminal, where Chinese and emoji take two and an accent none: its width, cut or shortened to
 * one, padded to one, and folded at spaces.
 */
import stringWidth from 'string-width';

/** Columns that it takes. Without commands to a terminal in it, which output.ts takes away. */
export const columnsOf = (text: string): number => stringWidth(text);

const graphemes = new Intl.Segmenter('en', { granularity: 'grapheme' });

/** Its beginning, of at most so many columns; no character is cut apart. */
export function cutTo(text: string, columns: number): string {
  if (text.length <= columns / 2) return text; // none is wider than two
  let cut = '';
  let width = 0;
  for (const { segment } of graphemes.segment(text)) {
    width += columnsOf(segment);
    if (width > columns) break;
    cut += segment;
  }
  return cut;
}

/**
 * A line of progress in at most so many columns: its first words and, behind a mark for what is left out, its last part,
 * which is a count or a time. No word, and no number from its unit, is taken apart, unless the line is a single word.
 */
export function shorten(text: string, columns: number): string {
  if (columnsOf(text) <= columns) return text;
  const last = Math.max(text.lastIndexOf(', '), text.lastIndexOf(': ')) + 1;
  const mark = last > 0 && columnsOf(text.slice(last)) <= columns / 2 ? ` …${text.slice(last)}` : ' …';
  let head = '';
  for (const [word] of text.matchAll(/ *(?:\(?[\d.]+ [%a-z]\S*|\S+)/g)) {
    if (columnsOf(head + word + mark) > columns) break;
    head += word;
  }
  return head === '' ? cutTo(text, columns) : head + mark;
}

/** With spaces up to so many columns: behind it, or before it. */
export function padTo(text: string, columns: number, side: 'end' | 'start' = 'end'): string {
  const space = ' '.repeat(Math.max(0, columns - columnsOf(text)));
  return side === 'end' ? text + space : space + text;
}

/** A paragraph in lines of at most so many columns, where its words allow it. */
export function fold(text: string, columns: number): string[] {
  const lines = [''];
  for (const word of text.split(/\s+/).filter((part) => part !== '')) {
    const line = lines.at(-1)!;
    if (line === '') lines[lines.length - 1] = word;
    else if (columnsOf(line) + 1 + columnsOf(word) <= columns) lines[lines.length - 1] = `${line} ${word}`;
    else lines.push(word);
  }
  return lines;
}

/** Columns that what stands beside a name needs: with fewer each word has a line of its own. */
const LEAST_BESIDE = 20;
/** Spaces before what stands below a name because there is no room beside it. */
const BELOW = 6;

/**
 * A name and, from a column on, what is said of it: in lines of its own where there is no room beside the name, and these
 * further to the left where a narrow terminal has none from that column on.
 */
export function beside(name: string, text: string, at: number, columns: number): string[] {
  if (at > BELOW && columns - at < LEAST_BESIDE) return beside(name.trimEnd(), text, BELOW, columns);
  const lines = fold(text, columns - at);
  const space = ' '.repeat(at);
  if (columnsOf(name) >= at) return [name, ...lines.map((line) => space + line)];
  return lines.map((line, i) => (i === 0 ? padTo(name, at) : space) + line);
}

/** Several paragraphs: lines that are indented (examples, lists) stay as they are, the others are folded anew. */
export function foldAll(text: string, columns: number): string {
  const out: string[] = [];
  let paragraph: string[] = [];
  const flush = () => {
    if (paragraph.length > 0) out.push(...fold(paragraph.join(' '), columns));
    paragraph = [];
  };
  for (const line of text.split('\n')) {
    if (line !== '' && !line.startsWith(' ')) paragraph.push(line);
    else {
      flush();
      out.push(line);
    }
  }
  flush();
  return out.join('\n');
}

/** How wide a text for people to read is made: as the terminal, within reason; as usual where there is none. */
export const readingColumns = (): number => Math.max(40, Math.min(process.stdout.columns || 80, 100));
