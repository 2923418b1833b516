/** Every error that the sources can make, and all they say they are doing, has its sentence in both languages of the window. */
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { doctorText } from '../../shared/messages/doctor.ts';
import { errorSentence, errorTexts } from '../../shared/messages/errors.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';
import { activityText } from '../../shared/messages/activities.ts';
import { activitySites, errorCodes, errorSites } from '../helpers/errorSites.ts';

/** What a window never meets: usage of the command line, benchmarks. */
const elsewhere = /src-main\/(cli|trainer\/bench|images\/wasm|search\/wasm)\//;
const isChinese = (text: string) => /\p{Script=Han}/u.test(text);
/** Its English counts as untranslated where a run of words of the sentence is left. */
const leftover = (sentence: string) => sentence.replaceAll(/⟨[^⟩]*⟩/g, '').match(/(?:\b[a-z]{2,} ){3,}/)?.[0];

describe('errors', () => {
  it('are known by their code', () => {
    const codes = new Set(errorCodes(['shared', 'src-main', 'src-renderer'], elsewhere).map(({ code }) => code));
    expect(codes.size).toBeGreaterThan(40);
    expect([...codes].filter((code) => !(code in errorTexts))).toEqual([]);
  });

  it('have a general sentence in both languages', () => {
    for (const [code, { general }] of Object.entries(errorTexts)) {
      expect({ code, chinese: isChinese(general[1]), english: isChinese(general[0]) }).toEqual({
        code,
        chinese: true,
        english: false,
      });
      expect(placeholdersOf(general[1]).filter((name) => name !== 'message')).toEqual([]);
      for (const language of ['en', 'zh-CN'] as const)
        expect(errorSentence({ code, message: '' }, language).length).toBeGreaterThan(2);
    }
  });

  it('put the same values into each sentence', () => {
    for (const { sentences = [] } of Object.values(errorTexts))
      for (const [en, zh] of sentences)
        expect(placeholdersOf(en), zh).toEqual(expect.arrayContaining(placeholdersOf(zh)));
  });

  const known = errorSites(['shared', 'src-main'], elsewhere).flatMap(({ file, line, code, sentences }) =>
    (code && errorTexts[code] && !errorTexts[code].isInternal ? sentences : []).map((sentence) => ({
      where: `${file}:${line}`,
      code: code!,
      message: sentence,
    })),
  );

  it('are read from the sources', () => {
    expect(known.length).toBeGreaterThan(60);
    expect(new Set(known.map(({ code }) => code)).size).toBeGreaterThan(20);
  });

  it.each(known)('$code at $where: $message', ({ code, message }) => {
    const chinese = errorSentence({ code, message }, 'zh-CN');
    expect(isChinese(chinese)).toBe(true);
    expect(leftover(chinese)).toBeUndefined();
    const english = errorSentence({ code, message }, 'en');
    expect(english.toLowerCase()).toBe(message.toLowerCase());
  });

  it('keep their values, and say a reason inside a sentence in the same language', () => {
    expect(errorSentence({ code: 'bad-folder', message: 'there is no folder /a {b}: check its name' }, 'zh-CN')).toBe(
      '没有文件夹 /a {b}：请检查名称。',
    );
    expect(
      errorSentence(
        {
          code: 'no-images',
          message: 'none of the 3 photos could be read: the first is skipped because The image data is damaged.',
        },
        'zh-CN',
      ),
    ).toBe('3 张照片都无法读取，第一张的原因：图像数据已损坏。');
  });

  it('of an unknown code are shown as they came', () => {
    const strange = { code: 'EWHATEVER', message: 'something odd' };
    expect(errorSentence(strange, 'en')).toBe('Something odd');
    expect(errorSentence({ code: 'EWHATEVER', message: 'cat.jpg is gone' }, 'en')).toBe('cat.jpg is gone');
    expect(errorSentence(strange, 'zh-CN')).toContain('something odd');
  });
});

describe('activities', () => {
  const told = activitySites(['src-main'], elsewhere).filter(({ message }) => !message.startsWith('⟨'));

  it('are read from the sources', () => expect(told.length).toBeGreaterThan(10));

  it.each(told)('$where: $message', ({ message }) => {
    const chinese = activityText(message, 'zh-CN');
    expect(isChinese(chinese)).toBe(true);
    expect(leftover(chinese)).toBeUndefined();
    expect(activityText(message, 'en').toLowerCase()).toBe(message.toLowerCase());
  });
});

describe('the doctor', () => {
  const source = readFileSync('src-main/app/system.ts', 'utf8');
  const asked = [...source.matchAll(/await check\(\s*'([^']+)',\s*'([^']+)'/g)].flatMap(([, name, remedy]) => [
    name!,
    remedy!,
  ]);

  it('says what it checks and advises in both languages', () => {
    expect(asked.length).toBeGreaterThanOrEqual(12);
    for (const text of [...asked, '76.9 GB free', '1 GB of 2 GB free', '2 runs, 3 folders', 'decoded 16 x 16']) {
      expect(doctorText(text, 'en').toLowerCase()).toBe(text.toLowerCase());
      expect(isChinese(doctorText(text, 'zh-CN')), text).toBe(true);
    }
    expect(doctorText('/home/me', 'zh-CN')).toBe('/home/me');
  });
});
