/** The application behind the window: its start and losses, its notices and its language. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { planRun } from '../../../shared/plan.ts';
import type { AppResult } from '../../../shared/contract.ts';
import { App } from '../../../src-renderer/state/app.svelte.ts';
import { settingValue } from '../../../src-renderer/lib/setting-text.ts';
import { I18n, preferredLanguage } from '../../../src-renderer/state/i18n.svelte.ts';
import { Toasts } from '../../../src-renderer/state/toasts.svelte.ts';
import { ContractError } from '../../../shared/contract/wire.ts';
import { KeyedError } from '../../../shared/errors.ts';
import { ampleMachine } from '../../helpers/machine.ts';
import { datasetRecord as dataset, runRecord as run, taskRecord } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

describe('App', () => {
  const start = (
    settings: object = {},
    deleted: AppResult<'runs.deleted'> = [],
    removed: AppResult<'library.removed'> = [],
    moved: AppResult<'library.moved'> = [],
  ) => {
    const fake = fakeClient({
      'system.host': () => ({ kind: 'test', canReveal: false, canPickFolder: false, version: '0', offline: false }),
      'system.settings': () =>
        ({
          language: 'system',
          theme: 'system',
          device: 'auto',
          notifications: true,
          closeWhileTraining: 'ask',
          updates: false,
          ...settings,
        }) as never,
      'library.list': () => [dataset('a')],
      'runs.list': () => [],
      'tasks.list': () => [],
      'tags.list': () => [],
      'runs.deleted': () => deleted,
      'library.removed': () => removed,
      'library.moved': () => moved,
    });
    const app = new App({
      client: fake.client,
      desktop: null,
      languages: ['zh-Hans-CN', 'en'],
      address: { hash: '', replace: () => {}, onChange: () => () => {} },
    });
    app.start();
    fake.reconnect();
    return { fake, app };
  };

  it('says after a reload where the files are that were being copied, once', async () => {
    const { fake, app } = start();
    const copy = taskRecord('running', { id: 'c', kind: 'copy' });
    fake.answer('tasks.list', () => [copy, taskRecord('running', { id: 'e', kind: 'export' })]);
    fake.reconnect();
    await vi.waitFor(() => expect(app.tasks.running).toHaveLength(2));
    fake.reconnect(); // the same page, the same copies
    await settled();
    for (const task of [copy, { ...copy, id: 'e', kind: 'export' as const }])
      fake.send({ name: 'task', task: { ...task, state: 'done', resultId: '/found' } });
    await vi.waitFor(() => expect(app.toasts.list.map(({ text }) => text)).toEqual(['照片已复制到 /found。']));
    fake.answer('library.add', ({ folder }) => ({ ...dataset('f'), folder }));
    app.toasts.list[0]!.action!.run();
    await vi.waitFor(() => expect(app.router.route).toMatchObject({ place: 'library', id: 'f' }));
    expect(fake.calls).toContainEqual(['library.add', { folder: '/found' }]);
  });

  it('offers after a reload to take a move of a folder back, and of two moves the last alone', async () => {
    const { fake, app } = start({}, [], [], [{ id: 'a', name: 'Cats', folder: '/b', from: '/a' }]);
    await vi.waitFor(() => expect(app.toasts.list).toHaveLength(1));
    app.offerMoveBack({ id: 'a', name: 'Cats', naming: null, folder: '/c', from: '/b' });
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['“Cats”现在位于 /c。']);
    fake.answer('library.moveBack', ({ datasetId }) => dataset(datasetId));
    expect([app.toasts.undo(), app.toasts.undo()]).toEqual([true, false]);
    await vi.waitFor(() => expect(fake.calls.at(-1)).toEqual(['library.moveBack', { datasetId: 'a', from: '/b' }]));
  });

  it('says after a moment that nobody answers, claims nothing then, and goes on when somebody does', async () => {
    vi.useFakeTimers();
    try {
      const { fake, app } = start();
      await vi.advanceTimersByTimeAsync(10);
      fake.send({ name: 'run', run: run('r', { state: 'running' }) });
      fake.lose();
      await vi.advanceTimersByTimeAsync(500);
      expect([app.connected, app.isAway]).toEqual([false, false]); // a moment is nothing
      await vi.advanceTimersByTimeAsync(2000);
      expect(app.isAway).toBe(true);
      const calls = fake.calls.length;
      await app.togglePause(); // it would wait and pause whatever runs then
      fake.reconnect();
      await vi.advanceTimersByTimeAsync(10);
      expect(app.isAway).toBe(false);
      expect(fake.calls.slice(calls).map(([method]) => method)).not.toContain('runs.pause');
    } finally {
      vi.useRealTimers();
    }
  });

  it('offers to take a deletion back after a reload', async () => {
    const { app } = start({}, [{ run: run('r', { name: 'Birds' }), seconds: 12 }]);
    await settled();
    expect(app.toasts.list).toMatchObject([{ kind: 'info' }]);
    expect(app.toasts.list[0]!.text).toContain('Birds');
    expect(app.toasts.list[0]!.action).not.toBeNull();
  });

  it('offers it once, though the connection was lost for a moment since', async () => {
    const { fake, app } = start();
    await settled();
    fake.answer('library.remove', () => null);
    const undo = await app.library.remove('a');
    app.offerFolder('a', 'Cats', null, undo);
    app.offerRestore({ ...run('r'), name: 'Birds' }, 30);
    fake.answer('runs.deleted', () => [{ run: run('r', { name: 'Birds' }), seconds: 20 }]);
    fake.answer('library.removed', () => [{ id: 'a', name: 'Cats', naming: null, parent: null }]);
    fake.reconnect();
    await settled();
    expect(app.toasts.list.map(({ text }) => /Cats|Birds/.exec(text)?.[0]).sort()).toEqual(['Birds', 'Cats']);
  });

  it('takes nothing back by a key while nobody answers: it would be done unlooked for', async () => {
    const { fake, app } = start({}, [{ run: run('r', { name: 'Birds' }), seconds: 12 }]);
    await vi.waitFor(() => expect(app.toasts.list).toHaveLength(1));
    app.lostAt = 1;
    app.takeBack();
    await settled();
    expect([app.toasts.list.length, fake.calls.filter(([method]) => method === 'runs.restore')]).toEqual([1, []]);
    app.lostAt = null;
    fake.answer('runs.restore', () => run('r'));
    app.takeBack();
    await vi.waitFor(() => expect(fake.calls).toContainEqual(['runs.restore', { runId: 'r' }]));
  });

  it('offers after a reload to take back what was taken out of the library', async () => {
    const { fake, app } = start({}, [], [{ id: 'c', name: 'Stars', parent: 'a' }]);
    await settled();
    expect(app.toasts.list).toMatchObject([{ kind: 'info', action: { isUndo: true } }]);
    expect(app.toasts.list[0]!.text).toContain('Stars');
    app.toasts.undo();
    await settled();
    expect(fake.calls.map(([method]) => method)).toContain('library.restore');
  });

  it('knows when its browser was shut out', () => {
    const { app } = start();
    app.enter('b1');
    expect([app.isAway, app.browserId]).toEqual([false, 'b1']);
    app.enter(null);
    expect([app.isAway, app.browserId]).toEqual([true, null]);
  });

  it('loads, follows events of other pages, and loads again when it reconnects', async () => {
    const { fake, app } = start();
    await settled();
    expect(app.ready).toBe(true);
    fake.send({ name: 'dataset', dataset: dataset('b') });
    fake.send({ name: 'run', run: run('r') });
    await settled();
    expect(app.library.datasets.map(({ id }) => id)).toEqual(['a', 'b']);
    expect(app.runs.active!.id).toBe('r');
    fake.send({ name: 'runRemoved', runId: 'r' });
    fake.send({ name: 'datasetRemoved', datasetId: 'b' });
    await settled();
    expect([app.runs.list.length, app.library.datasets.length]).toEqual([0, 1]);
  });

  it('speaks the language of the system, or the one that was chosen', async () => {
    const { fake, app } = start();
    await settled();
    expect(app.i18n.language).toBe('zh-CN');
    fake.send({ name: 'settings', settings: { ...app.settings, language: 'en' } });
    await settled();
    expect(app.i18n.language).toBe('en');
  });

  it('reports what fails as a notice, and a cancelled call not at all', async () => {
    const { app } = start();
    await settled();
    await app.attempt(() =>
      Promise.reject(new ContractError({ name: 'AppError', message: 'the folder is gone', code: 'bad-folder' })),
    );
    await app.attempt(() =>
      Promise.reject(new ContractError({ name: 'AbortError', message: 'cancelled', code: 'cancelled' })),
    );
    expect(app.toasts.list.map(({ text }) => text)).toEqual(['无法使用这个文件夹：the folder is gone。请选择另一个。']);
  });
});

describe('Toasts', () => {
  it('takes back what the newest notice with an undo says, once', () => {
    const toasts = new Toasts();
    const done: string[] = [];
    for (const name of ['first', 'second'])
      toasts.show('info', name, { action: { label: 'Undo', isUndo: true, run: () => done.push(name) } });
    toasts.show('info', 'other', { action: { label: 'Open', run: () => done.push('opened') } });
    expect([toasts.undo(), toasts.undo(), toasts.undo()]).toEqual([true, true, false]);
    expect(done).toEqual(['second', 'first']);
    expect(toasts.list.map(({ text }) => text)).toEqual(['other']);
  });

  it('go after their time, stay while held, and are said once', () => {
    vi.useFakeTimers();
    const toasts = new Toasts();
    const id = toasts.show('info', 'done', { seconds: 5 });
    toasts.show('info', 'done', { seconds: 5 });
    expect(toasts.list).toHaveLength(1);
    const held = toasts.list[0]!.id;
    expect(held).not.toBe(id);
    toasts.hold(held);
    vi.advanceTimersByTime(60_000);
    expect(toasts.list).toHaveLength(1);
    toasts.release(held);
    vi.advanceTimersByTime(5_001);
    expect(toasts.list).toHaveLength(0);
    vi.useRealTimers();
  });
});

describe('I18n', () => {
  const i18n = new I18n();
  it('writes numbers as people read them', () => {
    expect(i18n.percent(0.3141)).toBe('31.4\u00a0%'); // as the command line and the reports write it
    expect(i18n.number(-0.95, 2)).toBe('−0.95');
    expect(i18n.figure(-0.95)).toBe('−0.95');
    expect([5, 65, 3700, 200_000].map(i18n.duration)).toEqual(['5 sec', '1 min 5 sec', '1 hr 1 min', '2 days']);
    expect([999, 1_500, 25_000_000].map(i18n.bytes)).toEqual(['999 bytes', '1.5 kB', '25 MB']);
    expect([0.0000123, 0.05, 1234].map(i18n.figure)).toEqual(['1.23E−5', '0.05', '1,230']);
    expect(i18n.figure(-0)).toBe('0');
  });

  it('lets a name that runs from right to left move nothing beside it', () => {
    const name = 'صور 2024';
    expect(i18n.facts([name, i18n.t('common.photos', { count: 157 })])).toBe(`\u2068${name}\u2069 · 157 photos`);
    expect(i18n.t('runs.rename', { name })).toContain(`\u2068${name}\u2069`);
    expect(i18n.facts(['birds', null, '', '3 photos'])).toBe('birds · 3 photos');
    expect(i18n.t('runs.rename', { name: 'birds' })).not.toMatch(/[\u2066-\u2069]/);
  });

  it('words an error by its code where the catalogue can, else as the application did', () => {
    const error = new ContractError({ name: 'AppError', message: 'plain words', code: 'home-in-use' });
    expect(i18n.error(error)).toBe('Plain words');
    const chinese = new I18n();
    chinese.language = 'zh-CN';
    expect(chinese.error(error)).toContain('正被另一个 Lookalike 使用');
    expect(chinese.error(new KeyedError('bad-folder.missing', { folder: '/a' }))).toBe('没有文件夹 /a：请检查名称。');
  });

  it('words a refusal as the form does', () => {
    const chinese = new I18n();
    chinese.language = 'zh-CN';
    const { refusals } = planRun({ config: parseConfig({}), images: 3, machine: ampleMachine });
    expect(chinese.refusal(refusals[0]!)).toBe('可用于训练的照片有 3 张：请添加至少 8 张（最好数百张）的文件夹。');
  });

  it('takes the first language of a person that it speaks', () => {
    expect(preferredLanguage(['fr', 'zh-TW', 'en'])).toBe('zh-CN');
    expect(preferredLanguage(['fr'])).toBe('en');
  });
});

it('words the values of settings as the form does', () => {
  const i18n = new I18n();
  const worded = (path: string, value: unknown) => settingValue(i18n, path, value);
  expect(worded('stopGradient', false)).toBe('Off');
  expect(worded('backbone.name', 'resnet18')).toBe('ResNet-18');
  expect(worded('minutes', 0.5)).toBe('0.5 min');
  expect(worded('batchSize', 2048)).toBe('2048 photos');
  expect(worded('epochs', null)).toBe('—');
  i18n.language = 'zh-CN';
  expect(worded('stopGradient', true)).toBe('开');
});
