/** The catalogue's languages agree, translate every metric and setting, and no text of the window goes past them. */
import { readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { parse } from 'svelte/compiler';
import { describe, expect, it } from 'vitest';
import { parseConfig, settings } from '../../../shared/config.ts';
import { planRun } from '../../../shared/plan.ts';
import { adviceKeys } from '../../../shared/verdict.ts';
import { Verdict } from '../../../shared/verdict/judgement.ts';
import { metrics } from '../../../shared/metrics.ts';
import { counted, formatMessage, placeholdersOf } from '../../../shared/messages/format.ts';
import type { Message } from '../../../shared/messages/format.ts';
import { desktopCatalogues } from '../../../shared/messages/desktop.ts';
import { labCatalogues } from '../../../shared/messages/lab.ts';
import { en, zhCN } from '../../../shared/messages/window/index.ts';
import { sentenceTexts } from '../../../shared/sentences.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { ampleMachine } from '../../helpers/machine.ts';

describe('catalogues', () => {
  it('have the same placeholders in every message', () => {
    for (const [key, message] of Object.entries(en as Record<string, Message>))
      expect({ key, placeholders: placeholdersOf(zhCN[key]!) }).toEqual({ key, placeholders: placeholdersOf(message) });
  });

  it('have the same placeholders in both plural forms, save the count', () => {
    for (const [key, message] of Object.entries(en as Record<string, Message>)) {
      if (typeof message === 'string') continue;
      const one = placeholdersOf(message.one).filter((name) => name !== 'count');
      expect({ key, one }).toEqual({ key, one: placeholdersOf(message.other).filter((name) => name !== 'count') });
    }
  });

  it('name and define every metric, setting and unit in Chinese', () => {
    const missing = [
      ...Object.keys(metrics).flatMap((name) => [`metric.${name}.label`, `metric.${name}.definition`]),
      ...settings().flatMap(({ path }) => [`setting.${path}.label`, `setting.${path}.reason`]),
      ...[...Object.values(metrics), ...settings().map(({ meta }) => meta)]
        .filter(({ unit }) => unit && !['%', 's', 'GB', '±'].includes(unit))
        .map(({ unit }) => `unit.${unit}`),
    ].filter((key) => !(key in zhCN));
    expect(missing).toEqual([]);
  });

  it('address a person in Chinese in one way', () => {
    const catalogues = {
      zhCN,
      lab: labCatalogues['zh-CN'],
      desktop: desktopCatalogues['zh-CN'],
      sentences: sentenceTexts,
    };
    expect(JSON.stringify(catalogues)).not.toContain('您');
    const manual = join(import.meta.dirname, '../../../docs/manual/zh-CN');
    for (const file of readdirSync(manual)) expect(readFileSync(join(manual, file), 'utf8')).not.toContain('您');
  });

  it('are all used', () => {
    const sources = renderer(/\.(svelte|ts)$/)
      .map((file) => readFileSync(file, 'utf8'))
      .join('\n');
    const built = [...sources.matchAll(/`([\w.]+\.)\$\{/g)].map((match) => match[1]!);
    const unused = Object.keys(en).filter(
      (key) => !sources.includes(`'${key}'`) && !built.some((start) => key.startsWith(start)),
    );
    expect(unused).toEqual([]);
  });
});

describe('sentences that terminals say as well', () => {
  const i18n = new I18n();
  it.each(['en', 'zh-CN'] as const)('have settings by their names in the window (%s)', (language) => {
    i18n.language = language;
    const paths = settings().flatMap(({ path }) => (/[.A-Z]/.test(path) ? [path] : []));
    const written = new RegExp(`(?<!\\w)(${paths.map((path) => path.replace('.', '\\.')).join('|')})(?!\\w)`);
    const keyed = Object.keys(sentenceTexts).filter((key) => /^(unsupported|cannot-start|not-available)\./.test(key));
    expect(keyed.length).toBeGreaterThan(40);
    const left = keyed.map((key) => i18n.error({ code: key.split('.')[0]!, key, values: {}, message: '' }));
    expect(left.filter((text) => written.test(text))).toEqual([]);
  });

  it('say which choice is meant, and leave paths of files as they are', () => {
    i18n.language = 'en';
    const said = (key: string, values: Record<string, number>) =>
      i18n.refusal({ ...{ key, values, message: '' }, setting: 'backbone.stem' });
    expect(said('cannot-start.stem', { imageSize: 24 })).toBe(
      'The imagenet stem leaves nothing of 24 px: set “Stem” to CIFAR (3×3), or “Image size” to 64 or more',
    );
    i18n.language = 'zh-CN';
    expect(said('cannot-start.stem', { imageSize: 24 })).not.toMatch(/backbone|imageSize/);
    const message = 'there is no folder /photos/backbone.width/imageSize.2: check its name';
    i18n.language = 'en';
    expect(i18n.error({ code: 'bad-folder', message })).toContain('/photos/backbone.width/imageSize.2');
  });
});

describe('what is counted', () => {
  const english: readonly Message[] = [
    ...Object.values(en as Record<string, Message>),
    ...Object.values(labCatalogues.en),
    ...Object.values(desktopCatalogues.en),
    ...Object.values(sentenceTexts).map(([text]) => text),
  ];
  const choices = (text: string) =>
    [...text.matchAll(/\{\w+:([^|{}]*)\|([^|{}]*)\}/g)].map(([, one, other]) => [one!, other!]);
  const forms = (message: Message): string[] =>
    typeof message === 'string' ? [message] : [message.one, message.other];
  /** Words that some sentence has for one and for many. */
  const plurals = new Set(
    english.flatMap((message) => {
      const pairs = forms(message).flatMap(choices);
      if (typeof message !== 'string') pairs.push([message.one, message.other]);
      return pairs.flatMap(([one, other]) => {
        const single: readonly string[] = one!.match(/[a-z]+/g) ?? [];
        return (other!.match(/[a-z]{4,}s\b/g) ?? []).filter((word) => !single.includes(word));
      });
    }),
  );

  /** Placeholders that no number stands in, and the second of “48 × 48 pixels”. */
  const texts: readonly string[] = ['name', 'folder', 'file', 'path', 'device', 'metric', 'height'];

  it('is one photo, never one photos: by whatever is counted anywhere', () => {
    expect(plurals.size).toBeGreaterThan(30);
    for (const expected of ['photos', 'groups', 'epochs', 'steps', 'classes']) expect(plurals).toContain(expected);
    const wrong = english.flatMap((message) => {
      const text = formatMessage(forms(message)[0]!, 'en', every(message, 1));
      const found = text.match(/(?<![\w.,’/-])1 (?:[a-z-]+ )?([a-z]+)/g) ?? [];
      return found.filter((counted) => plurals.has(counted.split(' ').at(-1)!)).map((counted) => `${counted}: ${text}`);
    });
    expect(wrong).toEqual([]);
  });

  it('may be several things in one sentence, each with its own word', () => {
    const message = '{a} {a:class|classes} of {b} {b:photo|photos}';
    expect(formatMessage(message, 'en', { a: 1, b: 2 })).toBe('1 class of 2 photos');
    expect(formatMessage(message, 'en', { a: '1.0', b: 2 })).toBe('1.0 classes of 2 photos');
    expect(formatMessage(message, 'en', { a: '1,200', b: '1' })).toBe('1,200 classes of 1 photo');
    expect(placeholdersOf(message)).toEqual(['a', 'b']);
    expect([counted(1, 'class', 'classes'), counted(0, 'photo')]).toEqual(['1 class', '0 photos']);
  });

  function every(message: Message, value: number) {
    return Object.fromEntries(
      forms(message).flatMap((text) => placeholdersOf(text).map((name) => [name, texts.includes(name) ? '…' : value])),
    );
  }
});

describe('formatMessage', () => {
  it('chooses the plural form and writes numbers in the language', () => {
    expect(formatMessage({ one: '{count} photo', other: '{count} photos' }, 'en', { count: 1 })).toBe('1 photo');
    expect(formatMessage({ one: '{count} photo', other: '{count} photos' }, 'en', { count: 50_000 })).toBe(
      '50,000 photos',
    );
    expect(formatMessage('{count} 张', 'zh-CN', { count: 1 })).toBe('1 张');
    expect(formatMessage('Loss {loss}', 'en', { loss: -0.5 })).toBe('Loss −0.5');
  });

  it('leaves a placeholder without a value visible', () => {
    expect(formatMessage('{name} is here', 'en')).toBe('{name} is here');
  });
});

describe('components', () => {
  const spoken = ['aria-label', 'title', 'placeholder', 'alt', 'aria-valuetext'];
  it.each(renderer(/\.svelte$/))('%s has no text of its own', (file) => {
    const found: string[] = [];
    const visit = (node: unknown): void => {
      if (Array.isArray(node)) return node.forEach(visit);
      if (typeof node !== 'object' || node === null) return;
      const { type, data, name, value } = node as { type?: string; data?: string; name?: string; value?: unknown };
      if (type === 'Text' && /\p{L}{2,}/u.test(data ?? '')) found.push(data!.trim());
      if (type === 'StyleDirective') return; // px and the like
      if (type === 'Attribute') {
        if (spoken.includes(name!)) visit(value);
        return;
      }
      for (const [key, child] of Object.entries(node))
        if (key !== 'css' && key !== 'instance' && key !== 'module') visit(child);
    };
    visit(parse(readFileSync(file, 'utf8'), { modern: true }).fragment);
    expect(found).toEqual([]);
  });
});

function renderer(names: RegExp): string[] {
  return readdirSync('src-renderer', { recursive: true, encoding: 'utf8' })
    .filter((name) => names.test(name))
    .map((name) => join('src-renderer', name));
}

describe('sentences of the application', () => {
  const machine = { ...ampleMachine, threads: 2, freeMemoryBytes: 1e6, freeDiskBytes: 1e6, cacheBytes: 0 };
  const plans = [
    planRun({ config: parseConfig({ imageSize: 24, batchSize: 512, epochs: 1 }), images: 100, machine }),
    planRun({ config: parseConfig({ epochs: 100_000 }), images: 50_000, machine }),
    planRun({ config: parseConfig({}), images: 3, machine }),
    planRun({
      config: parseConfig({}),
      images: 50,
      sizes: [{ width: 400, height: 300 }],
      machine: { ...machine, cacheBytes: 8e6 },
    }),
  ];

  it('have a translation for every note of a plan', () => {
    const found = plans.flatMap(({ notes }) => notes.map(({ key, values }) => ({ key: `note.${key}`, values })));
    expect(new Set(found.map(({ key }) => key)).size).toBeGreaterThanOrEqual(4);
    for (const { key, values } of found)
      expect({
        key,
        placeholders: placeholdersOf(zhCN[key] ?? '').filter((name) => !(name in (values ?? {}))),
        known: key in zhCN,
      }).toEqual({ key, placeholders: [], known: true });
  });

  it('have a translation for every verdict and its advice', () => {
    for (const verdict of [...Verdict.options, 'starting', 'early'])
      expect(zhCN).toHaveProperty([`judgement.${verdict}`]);
    for (const key of adviceKeys) expect(zhCN).toHaveProperty([`advice.${key}`]);
  });
});
