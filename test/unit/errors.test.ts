/** Errors by key and values: worded in both languages, whole after a process, and of older versions still readable. */
import { describe, expect, expectTypeOf, it } from 'vitest';
import { ContractError, toWireError, WireError } from '../../shared/contract/wire.ts';
import { Task } from '../../shared/contract/explore.ts';
import { RunSummary } from '../../shared/contract/runs.ts';
import { errorSentence, errorTexts, KeyedError } from '../../shared/errors.ts';
import { reason } from '../../shared/reason.ts';
import type { ValuesOf } from '../../shared/errors.ts';
import { catalogue } from '../../shared/messages/errors/catalogue.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';

const isChinese = (text: string) => /\p{Script=Han}/u.test(text);
const wordings = (message: (typeof errorTexts)[string][0]) =>
  typeof message === 'string' ? [message] : [message.one, message.other];

describe('the catalogue of errors', () => {
  it('has each sentence in both languages, the Chinese with no value that the English lacks', () => {
    for (const [key, [en, zh]] of Object.entries(errorTexts)) {
      expect({ key, chinese: wordings(zh).every(isChinese), english: wordings(en).some(isChinese) }).toEqual({
        key,
        chinese: true,
        english: false,
      });
      expect(placeholdersOf(en), key).toEqual(expect.arrayContaining(placeholdersOf(zh)));
    }
  });

  it('has a general sentence for each code, which asks for no other value than the message', () => {
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
    expect(() => new KeyedError('bad-folder.nowhere', { folder: '/a' })).toThrow();
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

describe('the error of a run or a task', () => {
  it.each([RunSummary, Task])('keeps its key and values on its way to the window', (schema) => {
    const error = toWireError(new KeyedError('device-lost.device', { device: 'webgpu' }));
    expect(schema.shape.error.parse(error)).toEqual(error);
  });
});
