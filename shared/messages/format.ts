/**
 * Messages and how they become text. A message is a sentence with {placeholders}, or one for each plural form
 * chosen by the value `count`. Where several values are counted, `{name:photo|photos}` is the word for the value of
 * that name, by the same rules. Numbers among the values are written the way the language writes them. Which language
 * is shown is the window's business.
 */
export type Message = string | { one: string; other: string };
export type Values = Readonly<Record<string, string | number>>;

const placeholder = /\{(\w+)(?::([^|{}]*)\|([^|{}]*))?\}/g;

const rules = new Map<string, Intl.PluralRules>();
const numbers = new Map<string, Intl.NumberFormat>();
const dates = new Map<string, Intl.DateTimeFormat>();

const pluralRules = (locale: string): Intl.PluralRules => {
  let rule = rules.get(locale);
  if (!rule) rules.set(locale, (rule = new Intl.PluralRules(locale)));
  return rule;
};

/** Intl objects are costly to make and are kept, one for each locale and number of digits. */
export function numberFormat(locale: string, options: Intl.NumberFormatOptions = {}): Intl.NumberFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = numbers.get(key);
  if (!format) numbers.set(key, (format = new Intl.NumberFormat(locale, options)));
  return format;
}

/** As `numberFormat`, for moments. */
export function dateFormat(locale: string, options: Intl.DateTimeFormatOptions): Intl.DateTimeFormat {
  const key = `${locale} ${JSON.stringify(options)}`;
  let format = dates.get(key);
  if (!format) dates.set(key, (format = new Intl.DateTimeFormat(locale, options)));
  return format;
}

/** Whether a value takes the word for one; a number that was written already (1,200, 1.0) is read as it stands. */
const isOne = (locale: string, value: string | number | undefined): boolean =>
  !(typeof value === 'string' && value.includes('.')) && pluralRules(locale).select(Number(value)) === 'one';

/** With a true minus for the hyphen of a number, which is shorter: at its start and of its power of ten. */
export const trueMinus = (text: string): string => text.replace(/(^|E)-/g, '$1−');

/** The word for so many, where no catalogue has the sentence: `counted(1, 'photo')` is “1 photo”. For the terminal, in English. */
export const counted = (count: number, one: string, other = `${one}s`): string =>
  `${count} ${isOne('en', count) ? one : other}`;

/** The message as text. A value that is missing leaves its placeholder visible, so that it is noticed. */
export function formatMessage(message: Message, locale: string, values: Values = {}): string {
  const text = typeof message === 'string' ? message : isOne(locale, values.count) ? message.one : message.other;
  return text.replace(placeholder, (whole, name: string, one?: string, other?: string) => {
    const value = values[name];
    if (value === undefined) return whole;
    if (one !== undefined && other !== undefined) return isOne(locale, value) ? one : other;
    return typeof value === 'number'
      ? trueMinus(numberFormat(locale, { maximumFractionDigits: 2 }).format(value))
      : value;
  });
}

/** Names of the placeholders of a message, sorted, each once: both catalogues must agree on them. */
export function placeholdersOf(message: Message): string[] {
  const text = typeof message === 'string' ? message : message.other;
  return [...new Set([...text.matchAll(placeholder)].map((match) => match[1]!))].sort();
}

/** As a sentence begins; a file or a setting at its beginning keeps its name. */
export const capital = (text: string): string =>
  /^[a-z]+($|[\s,:;])/.test(text) ? text.charAt(0).toUpperCase() + text.slice(1) : text;
