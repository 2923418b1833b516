/** Errors by key and values: worded in both languages, whole after a process, and of older versions still readable. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ContractError, toWireError, WireError } from '../../shared/contract/wire.ts';
import { Task } from '../../shared/contract/explore.ts';
import { RunSummary } from '../../shared/contract/runs.ts';
import { parseConfig } from '../../shared/config.ts';
import type { ConfigError } from '../../shared/config.ts';
import { errorSentence, KeyedError } from '../../shared/errors.ts';
import { errorTexts, lineOf, said, sentenceTexts } from '../../shared/sentences.ts';
import { reason } from '../../shared/reason.ts';
import type { ValuesOf } from '../../shared/sentences.ts';
import { catalogue } from '../../shared/messages/catalogue.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';

/** By its characters, or by its punctuation alone where a sentence only joins two others. */
const isChinese = (text: string) => /[\p{Script=Han}\u3000-\u303f\uff00-\uff65]/u.test(text);
const wordings = (message: (typeof sentenceTexts)[string][0]) =>
  typeof message === 'string' ? [message] : [message.one, message.other];

/** Of which some are the same in both languages. */
const isName = (key: string) => /^(arm|given)\./.test(key);

describe('the catalogue of sentences', () => {
  it('has each in both languages, the Chinese with no value that the English lacks', () => {
    for (const [key, [en, zh]] of Object.entries(sentenceTexts)) {
      if (isName(key)) continue;
      expect({ key, chinese: wordings(zh).every(isChinese), english: wordings(en).some(isChinese) }).toEqual({
        key,
        chinese: true,
        english: false,
      });
      expect(placeholdersOf(en), key).toEqual(expect.arrayContaining(placeholdersOf(zh)));
    }
  });

  it('has a general sentence for each code of an error, which asks for no other value than the message', () => {
    for (const key of Object.keys(errorTexts)) expect(errorTexts).toHaveProperty([key.split('.')[0]!]);
    for (const [key, [en]] of Object.entries(errorTexts).filter(([key]) => !key.includes('.')))
      expect(
        placeholdersOf(en).filter((name) => name !== 'message'),
        key,
      ).toEqual([]);
  });

  it('is checked by its types', () => {
    expectTypeOf<ValuesOf<'bad-folder.in-library'>>().toHaveProperty('name');
    // @ts-expect-error the Chinese names a value that the English does not give
    catalogue({ 'bad-folder.x': ['no {folder}', '没有 {file}'] });
    // @ts-expect-error one language alone
    catalogue({ 'bad-folder.x': ['no {folder}'] });
    // @ts-expect-error there is no such key
    new KeyedError('bad-folder.nowhere', { folder: '/a' });
    // @ts-expect-error a value of another name
    new KeyedError('bad-folder.missing', { directory: '/a' });
    // @ts-expect-error a value is missing
    new KeyedError('bad-folder.in-library', { folder: '/a' });
    // @ts-expect-error this one asks for none
    new KeyedError('disconnected', { folder: '/a' });
  });
});

describe('an error', () => {
  const error = new KeyedError('bad-folder.missing', { folder: '/a {b}' });

  it('carries its English sentence, code and values', () => {
    expect(error.message).toBe('there is no folder /a {b}: check its name');
    expect(error).toMatchObject({ code: 'bad-folder', values: { folder: '/a {b}' }, details: { folder: '/a {b}' } });
  });

  it('is worded in either language after it crossed a process', () => {
    const arrived = new ContractError(WireError.parse(JSON.parse(JSON.stringify(toWireError(error)))));
    expect(errorSentence(arrived, 'zh-CN')).toBe('没有文件夹 /a {b}：请检查名称。');
    expect(errorSentence(arrived, 'en')).toBe('There is no folder /a {b}: check its name');
  });

  it('words a reason inside it in the same language', () => {
    const outer = toWireError(new KeyedError('bad-folder.missing', { folder: reason('disconnected') }));
    expect(outer.message).toBe('there is no folder the application is gone: open it again: check its name');
    expect(errorSentence(WireError.parse(outer), 'zh-CN')).toContain('应用程序已断开');
  });

  it('of an older version, without a key, gets the general sentence of its code', () => {
    const kept = { code: 'bad-folder', message: 'there is no folder /a: check its name.' };
    expect(errorSentence(kept, 'en')).toBe('There is no folder /a: check its name.');
    expect(errorSentence(kept, 'zh-CN')).toBe(
      '无法使用这个文件夹：there is no folder /a: check its name。请选择另一个。',
    );
  });

  it('of an unknown code or key is shown as it came', () => {
    const strange = { code: 'EWHATEVER', message: 'something odd', key: 'EWHATEVER.newer' };
    expect(errorSentence(strange, 'en')).toBe('Something odd');
    expect(errorSentence({ code: 'EWHATEVER', message: 'cat.jpg is gone' }, 'en')).toBe('cat.jpg is gone');
    expect(errorSentence(strange, 'zh-CN')).toContain('something odd');
    expect(errorSentence({ code: 'bad-shape', message: 'conv of [1]' }, 'en')).toContain('Something inside Lookalike');
  });
});

describe('what is being done', () => {
  it('reaches the window as key and values, whatever names are in it', () => {
    const doing = said(reason('doing.exporting', { name: 'embedding photos, 1 of 2' }));
    expect(doing.message).toBe('exporting embedding photos, 1 of 2');
    const task = { ...doing, id: 't', kind: 'export', state: 'running', progress: 0, etaSeconds: null, notice: doing };
    const arrived = Task.parse({ ...task, error: null, resultId: null });
    expect(lineOf(arrived, 'zh-CN')).toBe('正在导出：embedding photos, 1 of 2');
    expect(lineOf(arrived.notice!, 'en')).toBe('Exporting embedding photos, 1 of 2');
  });
});

describe('a setting that cannot be used', () => {
  const worded = (input: unknown) => {
    try {
      parseConfig(input);
    } catch (error) {
      const { setting, message } = error as ConfigError;
      return { setting, message, zh: errorSentence(toWireError(error), 'zh-CN') };
    }
    throw new Error('it can be used');
  };
  it.each([
    [{ batchSize: 3 }, 'batchSize', 'setting batchSize = 3: set it to 4 or more', '请设为 4 或更大'],
    [{ imageSize: 600 }, 'imageSize', 'setting imageSize = 600: set it to 512 or less', '请设为 512 或更小'],
    [{ imageSize: 100 }, 'imageSize', 'setting imageSize = 100: set it to a multiple of 8', '请设为 8 的倍数'],
    [{ epochs: 1.5 }, 'epochs', 'setting epochs = 1.5: set it to a whole number', '请设为整数'],
    [{ minutes: 0 }, 'minutes', 'setting minutes = 0: set it to more than 0', '请设为大于 0 的数'],
    [{ optimizer: { momentum: 1 } }, 'optimizer.momentum', 'set it to less than 1', '请设为小于 1 的数'],
    [{ stopGradient: 'no' }, 'stopGradient', 'set it to true or false', '请设为true 或 false'],
    [{ device: 'tpu' }, 'device', 'set it to one of auto, cpu, webgpu, dml, cuda', '请设为其中之一：auto, cpu'],
    [{ innerSteps: 0 }, 'innerSteps', 'setting innerSteps = 0: set it to 1 or more', '请设为 1 或更大'],
    [{ innerSteps: 'week' }, 'innerSteps', 'innerSteps = "week": set it to', '，或'],
    [{ backbone: { init: '' } }, 'backbone.init', 'set it to a text', '请设为文字'],
    [{ head: 7 }, 'head', 'set it to a group of settings', '请设为一组设置'],
    [{ batchsize: 3 }, 'batchsize', 'unknown setting batchsize', '没有名为 batchsize 的设置'],
  ])('%o is worded in both languages, without a word of the validator', (input, setting, en, zh) => {
    const found = worded(input);
    expect(found.setting).toBe(setting);
    expect(found.message).toContain(en);
    expect(found.zh).toContain(zh);
    expect(found.zh).not.toMatch(/expected|invalid|too (small|big)/i);
  });
});

describe('the error of a run or a task', () => {
  it.each([RunSummary, Task])('keeps its key and values on its way to the window', (schema) => {
    const error = toWireError(new KeyedError('device-lost.device', { device: 'webgpu' }));
    expect(schema.shape.error.parse(error)).toEqual(error);
  });
});
