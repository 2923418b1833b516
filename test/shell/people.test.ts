/** The shell while a run trains, and when processes or the page die, against the double of Electron: what a person sees of it. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { reason } from '../../shared/reason.ts';
import { contents, own, run, settle, startShell, stopAll } from './double/start.ts';
import type { StartedShell } from './double/start.ts';

afterEach(() => {
  stopAll();
  vi.useRealTimers();
});

describe('while a run trains', () => {
  it('the computer stays awake, the window shows progress, and both end with it', async () => {
    const shell = await startShell();
    const app = await shell.serveApp([run()]);
    expect(shell.log.awake.size).toBe(1);
    expect(shell.windows[0]!.progress).toBeCloseTo(0.3);
    await app.emit({ name: 'run', run: run({ state: 'finished' }) });
    expect(shell.log.awake.size).toBe(0);
    expect(shell.windows[0]!.progress).toBe(-1);
    expect(shell.notifications).toHaveLength(1);
    expect(shell.notifications[0]!.options.title).toBe('Training finished');
    shell.notifications[0]!.emit('click');
    expect(shell.windows[0]!.loaded.at(-1)).toBe('app://lookalike/#/monitor/run1');
  });

  it('says in the language of the person why a run ended', async () => {
    const shell = await startShell();
    const app = await shell.serveApp([run()], { language: 'zh-CN' });
    const message =
      'the device webgpu was lost (its driver restarted, or it was taken away): resume from the last checkpoint, or go on with device cpu';
    const error = {
      name: 'DeviceLostError',
      code: 'device-lost',
      message,
      key: 'device-lost.device',
      values: { device: 'webgpu' },
    };
    await app.emit({ name: 'run', run: run({ state: 'interrupted', error }) });
    expect(shell.notifications).toHaveLength(1);
    const { title, body } = shell.notifications[0]!.options;
    expect(title).toBe('训练中断');
    expect(body).toContain('设备 webgpu 丢失');
    expect(body).not.toContain('lost');
  });

  it('a collapse is told, unless the person looks at it or wants no notifications', async () => {
    const verdict = {
      name: 'verdict' as const,
      runId: 'run1',
      judgement: { verdict: 'collapsed' as const, sentence: '', key: '', values: {}, advice: [] },
    };
    const shell = await startShell();
    const app = await shell.serveApp([run()]);
    await app.emit(verdict);
    await app.emit(verdict);
    expect(shell.notifications.map(({ options }) => options.title)).toEqual(['The representation collapsed']);
    const silent = await startShell();
    await (await silent.serveApp([run()], { notifications: false })).emit(verdict);
    expect(silent.notifications).toHaveLength(0);
    const looking = await startShell();
    looking.windows[0]!.emit('ready-to-show');
    await (await looking.serveApp([run()])).emit(verdict);
    expect(looking.notifications).toHaveLength(0);
  });

  it('closing asks; in the background a tray brings the window back', async () => {
    const shell = await startShell();
    await shell.serveApp([run()]);
    shell.windows[0]!.show();
    expect(shell.windows[0]!.closes()).toBe(false);
    expect(shell.dialogs[0]!.options['buttons']).toEqual([
      'Keep Training in the Background',
      'Save and Stop',
      'Cancel',
    ]);
    expect(shell.windows[0]!.closes()).toBe(false);
    expect(shell.dialogs).toHaveLength(1); // asked once
    shell.dialogs[0]!.answer({ response: 0, checkboxChecked: false });
    await settle();
    expect(shell.windows[0]!.visible).toBe(false);
    expect(shell.trays[0]!.tooltip).toBe('Lookalike: “Holiday”, 30 %');
    shell.trays[0]!.emit('click');
    expect(shell.windows[0]!.visible).toBe(true);
    expect(shell.appProcess().types()).not.toContain('close');
  });

  it.each([
    [[run()], []],
    [
      [run({ id: 'next', name: 'Next', state: 'queued' }), run()],
      ['The run that waits starts when Lookalike is opened again.'],
    ],
    [
      [
        run(),
        run({ id: 'next', state: 'queued' }),
        run({ id: 'last', state: 'queued' }),
        run({ id: 'old', state: 'finished' }),
      ],
      ['The 2 runs that wait start when Lookalike is opened again.'],
    ],
  ])('closing says what becomes of those that wait (%#)', async (runs, says) => {
    const shell = await startShell();
    await shell.serveApp(runs);
    shell.windows[0]!.closes();
    expect(shell.dialogs[0]!.options).toMatchObject({ message: '“Holiday” is training.' });
    expect(String(shell.dialogs[0]!.options['detail']).split('\n\n').slice(1)).toEqual(says);
  });

  it('closing asks again where the question could not be put', async () => {
    const shell = await startShell();
    await shell.serveApp([run()]);
    const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
    shell.windows[0]!.closes();
    shell.dialogs[0]!.answer(Promise.reject(new Error('there is no screen')));
    await settle();
    written.mockRestore();
    expect(shell.dialogs[1]!.options).toMatchObject({ type: 'warning', detail: 'there is no screen' });
    shell.windows[0]!.closes();
    expect(shell.dialogs[2]!.options).toMatchObject({ message: '“Holiday” is training.' });
  });

  it('closing can save and stop, and remembers', async () => {
    const shell = await startShell();
    const { calls } = await shell.serveApp([run()]);
    shell.windows[0]!.closes();
    shell.dialogs[0]!.answer({ response: 1, checkboxChecked: true });
    await settle();
    expect(calls).toContainEqual({ method: 'system.setSettings', params: { closeWhileTraining: 'stop' } });
    expect(shell.appProcess().types()).toContain('close');
    expect(shell.trays[0]!.tooltip).toContain('saving');
    await settle();
    expect(shell.log.quits).toBe(0); // it waits for the save
    shell.appProcess().say({ type: 'closed' });
    shell.appProcess().end(0);
    await settle();
    expect(shell.log.quits).toBe(1);
    expect(shell.dialogs).toHaveLength(1); // an end that was asked for is no crash
  });

  it('closing can be thought better of, or follow the setting', async () => {
    const shell = await startShell();
    await shell.serveApp([run()]);
    shell.windows[0]!.show();
    shell.windows[0]!.closes();
    shell.dialogs[0]!.answer({ response: 2, checkboxChecked: true });
    await settle();
    expect(shell.windows[0]!.visible).toBe(true);
    const quiet = await startShell();
    await quiet.serveApp([run()], { closeWhileTraining: 'background' });
    expect(quiet.windows[0]!.closes()).toBe(false);
    expect(quiet.dialogs).toHaveLength(0);
    expect(quiet.trays).toHaveLength(1);
  });

  it('where the window is, is kept', async () => {
    const shell = await startShell();
    shell.windows[0]!.bounds = { x: 50, y: 60, width: 900, height: 650 };
    shell.windows[0]!.closes();
    expect(JSON.parse(readFileSync(join(shell.home, 'window.json'), 'utf8'))).toEqual({
      x: 50,
      y: 60,
      width: 900,
      height: 650,
      maximized: false,
    });
    const again = await startShell({ home: shell.home });
    expect(again.windows[0]!.options).toMatchObject({ x: 50, y: 60, width: 900, height: 650 });
  });

  it('a run that the program named is called in the language of the person', async () => {
    const shell = await startShell({ languages: ['zh-CN'] });
    const naming = reason('given.chosen', { count: 6 });
    const app = await shell.serveApp([run({ name: '6 chosen photos', naming })], { closeWhileTraining: 'background' });
    expect(shell.windows[0]!.closes()).toBe(false);
    expect(shell.trays[0]!.tooltip).toContain('所选 6 张照片');
    await app.emit({ name: 'run', run: run({ name: '6 chosen photos', naming, state: 'finished' }) });
    expect(shell.notifications.at(-1)!.options.body).toContain('所选 6 张照片');
  });

  it('language and theme follow the settings', async () => {
    const shell = await startShell({ languages: ['zh-Hans-CN'] });
    expect(shell.menus.at(-1)![0]!.label).toBe('文件');
    const app = await shell.serveApp();
    await app.emit({
      name: 'settings',
      settings: {
        language: 'en',
        theme: 'dark',
        device: 'auto',
        notifications: true,
        cacheGigabytes: null,
        closeWhileTraining: 'ask',
        updates: false,
      },
    });
    expect(shell.menus.at(-1)![0]!.label).toBe('File');
    expect(shell.electron.nativeTheme.themeSource).toBe('dark');
  });
});

describe('processes', () => {
  const trainers = (shell: StartedShell) =>
    shell.utilities.filter(({ entry }) => /trainer[/\\]main\.[jt]s$/.test(entry));

  it('trainers are started for the application, and reports and commands carried', async () => {
    const shell = await startShell();
    await shell.serveApp();
    const application = shell.appProcess();
    application.say({ type: 'compute-start', id: 7 });
    const [trainer] = trainers(shell);
    trainer!.say({ type: 'ready' });
    expect(application.received.at(-1)!.message).toEqual({ type: 'compute-report', id: 7, report: { type: 'ready' } });
    application.say({ type: 'compute-send', id: 7, command: { type: 'pause' } });
    expect(trainer!.types()).toEqual(['pause']);
    trainer!.stderr.emit('data', Buffer.from('first\nout of memory\n'));
    trainer!.end(134);
    expect(application.received.at(-1)!.message).toEqual({
      type: 'compute-exit',
      id: 7,
      code: 134,
      complaint: 'first\nout of memory',
    });
  });

  it('a crash of the application saves its trainers first, starts it again and says so', async () => {
    const shell = await startShell();
    await shell.serveApp();
    const first = shell.appProcess();
    first.say({ type: 'compute-start', id: 1 });
    const [trainer] = trainers(shell);
    first.stderr.emit('data', Buffer.from('')); // says nothing
    first.end(139);
    await settle();
    expect(trainer!.received.at(-1)!.message).toEqual({ type: 'stop', now: false });
    expect(shell.appProcess()).toBe(first); // not before the checkpoint is written
    trainer!.end(0);
    await settle();
    expect(shell.appProcess()).not.toBe(first);
    expect(shell.dialogs.at(-1)!.options).toMatchObject({ type: 'warning' });
    shell.ipcMain.emit('lookalike:request-port', own(shell));
    await shell.serveApp();
    expect(shell.appProcess().types()).toEqual(['client', 'client']);
  });

  it('gives up when it crashes again and again', async () => {
    const shell = await startShell();
    for (let i = 0; i < 3; i++) {
      shell.appProcess().end(1);
      await settle();
      shell.dialogs.at(-1)!.answer({ response: 0 });
      await settle();
    }
    expect(shell.dialogs.at(-1)!.options).toMatchObject({ type: 'error' });
    expect(shell.log.quits).toBe(1);
    expect(shell.utilities).toHaveLength(3);
  });

  it('photos that were asked of a dead application are not waited for', async () => {
    const shell = await startShell();
    await shell.serveApp();
    const photo = shell.fetch('app://lookalike/image/abc');
    await settle();
    shell.appProcess().end(1);
    expect((await photo).status).toBe(404);
  });

  it('a page that dies is loaded again', async () => {
    const shell = await startShell();
    contents(shell).emit('render-process-gone', {}, { reason: 'crashed' });
    await settle();
    expect(shell.windows[0]!.loaded).toEqual(['app://lookalike/', 'app://lookalike/']);
    expect(shell.dialogs.at(-1)!.options).toMatchObject({ type: 'warning' });
  });

  it('a system that shuts down is asked to wait for the save', async () => {
    const shell = await startShell();
    await shell.serveApp([run()]);
    let waits = false;
    shell.electron.powerMonitor.emit('shutdown', { preventDefault: () => (waits = true) });
    expect(waits).toBe(true);
    expect(shell.appProcess().types()).toContain('close');
  });
});
