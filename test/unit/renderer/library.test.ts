/** The folders of the window, and where they are. Over the real wire with answers of the test: no DOM. */
import { expect, it } from 'vitest';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { Library } from '../../../src-renderer/state/library.svelte.ts';
import { changesText } from '../../../shared/messages/scan.ts';
import { KeyedError } from '../../../shared/errors.ts';
import { datasetRecord as dataset } from '../../helpers/records.ts';
import { fakeClient } from './fake.ts';

it('asks before a folder moves to where few of its photos are, and throws what else keeps it', async () => {
  const { client, calls } = fakeClient({
    'library.relocate': ({ folder, anyway }) => {
      if (folder === '/gone') throw new KeyedError('bad-folder.missing', { folder });
      if (!anyway) throw new KeyedError('bad-folder.others', { folder, name: 'a', found: 1, count: 9 });
      return { ...dataset('a'), folder };
    },
  });
  const library = new Library(client, new I18n());
  await library.relocate('a', '/boats');
  expect(library.misplaced).toMatchObject({ datasetId: 'a', folder: '/boats', found: 1, count: 9 });
  expect(library.datasets).toEqual([]);
  await library.relocate('a', '/boats', true);
  expect(library.misplaced).toBeNull();
  expect(library.datasets).toMatchObject([{ id: 'a', folder: '/boats' }]);
  await library.relocate('a', '/boats');
  await expect(library.relocate('a', '/gone')).rejects.toMatchObject({ key: 'bad-folder.missing' });
  expect(library.misplaced).toBeNull(); // the question before it is not asked any more
  expect(calls.map(([, params]) => (params as { anyway: boolean }).anyway)).toEqual([false, true, false, false]);
});

it('gives photos of measured values another address by another rule, and while it is not in force, and others none', () => {
  const library = new Library(fakeClient({}).client, new I18n());
  const measured = { ...dataset('a').findings, kinds: [{ kind: 'uint16x1', files: 1, least: 0, most: 9, low: 0, high: 9, histogram: [1] }] }; // prettier-ignore
  const { input } = dataset('a');
  const word = (more: object) => (library.put({ ...dataset('a'), ...more }), library.shownBy('a-1'));
  expect(word({})).toBe('');
  const byFolder = word({ findings: measured });
  const other = { ...input, rule: 'file' as const };
  const waiting = word({ findings: measured, input: other, measuring: true });
  const byFile = word({ findings: measured, input: other });
  expect(new Set([byFolder, waiting, byFile, '']).size).toBe(4);
  expect(word({ findings: measured })).toBe(byFolder);
  expect(library.shownBy('b-1')).toBe('');
});

it('says of a folder that was read again what has changed, and that nothing has', () => {
  const i18n = new I18n();
  const said = (more: object) => changesText({ added: 0, changed: 0, moved: 0, back: 0, gone: 0, ...more }, i18n.t);
  expect([said({ added: 3, gone: 1 }), said({})]).toEqual(['3 new, 1 gone', 'nothing has changed']);
  i18n.language = 'zh-CN';
  expect([said({ added: 3, gone: 1 }), said({})]).toEqual(['新增 3 张，消失 1 张', '没有变化']);
});
