/**
 * The language of the window: which catalogue is used, and how numbers, dates, sizes and durations are
 * written in it. Components call `t` and the writers while rendering, so that a change of language redraws
 * them; the catalogues are in shared/messages.
 */
import { dateFormat, formatMessage, numberFormat, trueMinus } from '../../shared/messages/format.ts';
import type { Message, Values } from '../../shared/messages/format.ts';
import { en, zhCN } from '../../shared/messages/window/index.ts';
import type { MessageKey } from '../../shared/messages/window/index.ts';
import { errorSentence, wordsOf } from '../../shared/errors.ts';
import type { ErrorFacts } from '../../shared/errors.ts';
import { lineOf, sentenceOf, worded } from '../../shared/sentences.ts';
import type { ErrorValue, ErrorValues, Refusal } from '../../shared/contract.ts';
import type { Reason } from '../../shared/contract/wire.ts';
import { fieldOf } from '../lib/fields.ts';
import { isolated } from '../lib/isolated.ts';
import { namedSettings } from '../lib/named-settings.ts';

export { preferredLanguage } from '../../shared/messages/language.ts';
export type { MessageKey } from '../../shared/messages/window/index.ts';
export type Language = 'en' | 'zh-CN';

const catalogues: Record<Language, Record<string, Message>> = { en, 'zh-CN': zhCN };

/** What has a name, or says that of its folder: a folder, a run, a tag, an experiment. */
interface RowOfNames {
  name?: string;
  naming?: Reason | null;
  datasetName?: string;
  datasetNaming?: Reason | null;
}

/** Whether an error has a code: one that crossed a process, or that a run or a task keeps of its end. */
const isCoded = (error: unknown): error is { code: string; message: string; details?: unknown } =>
  typeof error === 'object' &&
  error !== null &&
  'code' in error &&
  typeof error.code === 'string' &&
  'message' in error &&
  typeof error.message === 'string';

/** With the names among them in isolation. */
const apart = (values: Values): Values =>
  Object.fromEntries(
    Object.entries(values).map(([name, value]) => [name, typeof value === 'string' ? isolated(value) : value]),
  );

export class I18n {
  language = $state<Language>('en');

  t = (key: MessageKey, values: Values = {}): string =>
    formatMessage(catalogues[this.language][key] ?? en[key], this.language, apart(values));

  /** For keys made at run time (a verdict, an error code, a setting): the catalogue's text, or `fallback`. */
  lookup = (key: string, fallback: string, values: ErrorValues = {}): string => {
    const message = catalogues[this.language][key];
    return message === undefined ? fallback : formatMessage(message, this.language, worded(values, this.language));
  };

  /** One after another, of those that there are: Chinese has no space behind a sentence. */
  sentences = (all: readonly (string | 0 | false | null | undefined)[]): string =>
    all.filter(Boolean).join(this.language === 'en' ? ' ' : '');

  /** Facts beside each other on a line, of those that there are. */
  facts = (all: readonly (string | 0 | false | null | undefined)[]): string =>
    all
      .filter((one) => typeof one === 'string' && one !== '')
      .map((one) => isolated(one as string))
      .join(' · ');

  number = (value: number, digits = 0): string =>
    trueMinus(
      numberFormat(this.language, { minimumFractionDigits: digits, maximumFractionDigits: digits }).format(value),
    );

  /** Three significant digits: learning rates, differences, anything of unknown size. */
  figure = (number: number): string => {
    const value = Math.abs(number) < 1e-12 ? 0 : number; // an axis counts down to -1e-17, which is nothing
    return trueMinus(
      value !== 0 && Math.abs(value) < 0.001
        ? numberFormat(this.language, { notation: 'scientific', maximumSignificantDigits: 3 }).format(value)
        : numberFormat(this.language, { maximumSignificantDigits: 3 }).format(value),
    );
  };

  /** 0.314 as 31.4 %. */
  percent = (fraction: number, digits = 1): string =>
    `${this.number(100 * fraction, digits)}${this.language === 'en' ? '\u00a0%' : '%'}`;

  bytes = (count: number): string => {
    const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const;
    let value = count;
    let unit = 0;
    while (value >= 999.5 && unit < units.length - 1) {
      value /= 1000;
      unit++;
    }
    const digits = value < 10 && unit > 0 ? 1 : 0;
    return numberFormat(this.language, {
      style: 'unit',
      unit: units[unit]!,
      unitDisplay: unit === 0 ? 'long' : 'short',
      maximumFractionDigits: digits,
    }).format(value);
  };

  /** Two units at most: 42 s, 3 min 20 s, 2 h 5 min, 3 days. */
  duration = (seconds: number): string => {
    const unit = (value: number, name: string) =>
      numberFormat(this.language, { style: 'unit', unit: name, unitDisplay: 'short', maximumFractionDigits: 0 }).format(
        value,
      );
    const whole = Math.max(0, Math.round(seconds));
    if (whole < 60) return unit(whole, 'second');
    if (whole < 3600) {
      const rest = whole < 600 ? whole % 60 : 0;
      return unit(Math.floor(whole / 60), 'minute') + (rest ? ` ${unit(rest, 'second')}` : '');
    }
    if (whole < 2 * 86_400) {
      const minutes = Math.floor((whole % 3600) / 60);
      return unit(Math.floor(whole / 3600), 'hour') + (minutes ? ` ${unit(minutes, 'minute')}` : '');
    }
    return unit(Math.round(whole / 86_400), 'day');
  };

  dateTime = (milliseconds: number): string =>
    dateFormat(this.language, { dateStyle: 'medium', timeStyle: 'short' }).format(milliseconds);

  /** A moment as the day and the time of the day, for narrow cells in which each stays whole. */
  dayAndTime = (milliseconds: number): [string, string] => [
    dateFormat(this.language, { dateStyle: 'medium' }).format(milliseconds),
    dateFormat(this.language, { timeStyle: 'short' }).format(milliseconds),
  ];

  /** Of a clock that knows no time zone, such as a camera's: as it stands, wherever the window is. */
  clockTime = (milliseconds: number): string =>
    dateFormat(this.language, { dateStyle: 'medium', timeStyle: 'short', timeZone: 'UTC' }).format(milliseconds);

  /** In words what comes as a key with values: what a run or a task is doing, why something cannot be had. */
  said = (what: ErrorValue): string => this.#plain(lineOf(what, this.language));

  /** With the names that the program gave in words of this language; what has none is the same object. */
  named = <Row extends RowOfNames>(row: Row): Row => {
    const { naming, datasetNaming } = row;
    if (!naming && !datasetNaming) return row;
    const folder = datasetNaming && { datasetName: sentenceOf(datasetNaming, this.language) };
    return { ...row, ...(naming && { name: sentenceOf(naming, this.language) }), ...folder };
  };

  /** An error as a sentence, with its remedy (shared/errors.ts). */
  error = (error: unknown): string => {
    if (!isCoded(error)) return wordsOf(error);
    return this.#plain(errorSentence(this.#labelled(error), this.language));
  };

  #plain(text: string): string {
    return namedSettings(
      text,
      (path) => this.lookup(`setting.${path}.label`, fieldOf(path)?.meta.label ?? path),
      (path, value) => this.lookup(`option.${path}.${value}`, '') || null,
    );
  }

  /** With the setting by its name in the form, where the sentence names one by its path. */
  #labelled(error: ErrorFacts): ErrorFacts {
    const path = error.values?.setting;
    const label = typeof path === 'string' && fieldOf(path)?.meta.label;
    if (!label || !error.key?.startsWith('bad-config.')) return error;
    const quoted = `“${this.lookup(`setting.${path}.label`, label)}”`;
    return { ...error, message: '', values: { ...error.values, setting: quoted } };
  }

  /** Why a run cannot start, as the form says it. */
  refusal = (refusal: Refusal): string =>
    this.#plain(errorSentence({ code: 'cannot-start', ...refusal }, this.language));
}
