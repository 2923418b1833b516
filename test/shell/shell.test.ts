/** main.ts runs whole against the double of Electron: what it asks for, whom it listens to, what it does with people, runs and crashes. */
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it, vi } from 'vitest';
import type { PickedFile } from '../../shared/desktop.ts';
import { knownWeights } from '../../shared/knownWeights.ts';
import { run, settle, startShell, stopAll } from './double/start.ts';
import type { StartedShell } from './double/start.ts';

afterEach(() => {
  stopAll();
  vi.useRealTimers();
  vi.doUnmock('electron');
  vi.doUnmock('node:fs');
  vi.doUnmock('node:fs/promises');
});

const contents = (shell: StartedShell) => shell.windows[0]!.webContents;
const own = (shell: StartedShell) => ({
  sender: contents(shell),
  senderFrame: { url: 'app://lookalike/#/runs', parent: null },
});

describe('start', () => {
  it('sandboxes everything, registers its scheme and opens one isolated window on it', async () => {
    const shell = await startShell();
    expect(shell.log.sandboxed).toBe(true);
    expect(shell.schemes).toMatchObject([{ scheme: 'app', privileges: { standard: true, secure: true } }]);
    expect(shell.windows).toHaveLength(1);
    const { options, loaded } = shell.windows[0]!;
    expect(options.webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      webSecurity: true,
    });
    expect(options.webPreferences!.preload).toMatch(/preload\.cjs$/);
    expect(loaded).toEqual(['app://lookalike/']);
    expect(options.show).toBe(false);
    shell.windows[0]!.emit('ready-to-show');
    expect(shell.windows[0]!.visible).toBe(true);
  });

  it('starts the application for its home, and keeps caches in the home', async () => {
    const shell = await startShell();
    expect(shell.appProcess().args).toEqual(['--home', shell.home, '--kind', 'electron', '--version', '1.2.3']);
    expect(shell.log.paths.get('userData')).toBe(join(shell.home, 'desktop'));
  });

  it('a second one only shows the first', async () => {
    const second = await startShell({ second: true });
    expect(second.windows).toHaveLength(0);
    expect(second.utilities).toHaveLength(0);
    expect(second.log.quits).toBe(1);
    const first = await startShell();
    first.app.emit('second-instance');
    expect(first.windows[0]!.visible).toBe(true);
  });

  it('starts hidden with a tray where that is asked for', async () => {
    const shell = await startShell({ argv: ['--hidden'] });
    shell.windows[0]!.emit('ready-to-show');
    expect(shell.windows[0]!.visible).toBe(false);
    expect(shell.trays).toHaveLength(1);
    expect(existsSync(shell.trays[0]!.image)).toBe(true);
  });

  it.each(['uncaughtException', 'unhandledRejection'] as const)(
    'tells an %s that nobody waited for, one at a time, and goes on',
    async (kind) => {
      const shell = await startShell();
      const handler = process.listeners(kind as 'uncaughtException').at(-1)!;
      const written = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
      handler(new Error('a port was closed'), kind);
      handler(new Error('another'), kind);
      await settle();
      written.mockRestore();
      expect(shell.dialogs.map(({ options }) => options)).toMatchObject([
        { type: 'warning', detail: 'a port was closed' },
      ]);
      expect(shell.log.quits).toBe(0);
      process.off(kind as 'uncaughtException', handler);
    },
  );

  it('says why it cannot start, and ends', async () => {
    const shell = await startShell();
    shell
      .appProcess()
      .say({
        type: 'failed',
        error: { name: 'AppError', code: 'home-in-use', message: 'another Lookalike is using it' },
      });
    await settle();
    expect(shell.dialogs[0]!.options).toMatchObject({ type: 'error', detail: 'Another Lookalike is using it' });
    shell.dialogs[0]!.answer({ response: 0 });
    await settle();
    expect(shell.log.quits).toBe(1);
  });
});

describe('a damaged history', () => {
  const error = { name: 'StorageError', code: 'damaged-database', message: 'the database is damaged' };

  it('is repaired when the person says so: the application is started once more, to repair first', async () => {
    const shell = await startShell();
    shell.appProcess().say({ type: 'failed', error });
    await settle();
    expect(shell.dialogs[0]!.options).toMatchObject({ buttons: ['Repair', 'Quit'] });
    shell.dialogs[0]!.answer({ response: 0 });
    await settle();
    expect(shell.utilities.at(-1)!.args).toContain('--repair');
    expect(shell.log.quits).toBe(0);
  });

  it('is left alone otherwise', async () => {
    const shell = await startShell();
    shell.appProcess().say({ type: 'failed', error });
    await settle();
    shell.dialogs[0]!.answer({ response: 1 });
    await settle();
    expect(shell.utilities).toHaveLength(1);
    expect(shell.log.quits).toBe(1);
  });
});

describe('the command line', () => {
  it('runs a command without a window, and exits with its code', async () => {
    const written: string[] = [];
    const stdout = vi.spyOn(process.stdout, 'write').mockImplementation((text) => (written.push(String(text)), true));
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => (written.push(String(text)), true));
    const shell = await startShell({ argv: ['--ozone-platform=headless', '--cli', 'help'] });
    await expect.poll(() => shell.log.exits).toEqual([0]);
    expect(written.join('')).toContain('lookalike COMMAND [--json] [--home DIR]');
    const home = mkdtempSync(join(tmpdir(), 'lookalike-command-'));
    const runs = await startShell({ argv: ['--cli', 'show', 'nothing', '--home', home] });
    await expect.poll(() => runs.log.exits, { timeout: 30_000 }).toEqual([2]);
    expect(written.join('')).toContain("there is no run 'nothing'");
    stdout.mockRestore();
    stderr.mockRestore();
    rmSync(home, { recursive: true, force: true });
    for (const { windows, utilities, trays } of [shell, runs])
      expect([windows, utilities, trays]).toEqual([[], [], []]);
  });

  it('trains in a utility process, which ends with the command', async () => {
    const shell = await startShell({ argv: ['--cli', 'help'] });
    const { ComputeBroker } = await import('../../src-main/electron/compute.ts');
    const { localPort } = await import('../../src-main/electron/commandLine.ts');
    const { shellLauncher } = await import('../../src-main/app/compute/launch.ts');
    const told: unknown[] = [];
    const launch = shellLauncher(localPort(new ComputeBroker('/trainer/main.js')));
    const handle = launch({ report: (report) => told.push(report), exit: (how) => told.push(how) });
    handle.send({ type: 'pause' });
    const child = shell.utilities.at(-1)!;
    expect(child.entry).toBe('/trainer/main.js');
    expect(child.received.at(-1)!.message).toEqual({ type: 'pause' });
    child.say({ type: 'paused' });
    expect(told).toEqual([{ type: 'paused' }]);
  });
});

describe('what a page gets', () => {
  it('its files with the policy in the headers, photos by id, and 404 for anything else', async () => {
    const shell = await startShell();
    const page = await shell.fetch('app://lookalike/');
    expect(page.status).toBe(200);
    expect(await page.text()).toContain('<title>Lookalike</title>');
    for (const url of [
      'app://lookalike/',
      'app://lookalike/assets/main.js',
      'app://lookalike/nothing',
      'app://lookalike/image/a',
    ]) {
      const { headers } = await shell.fetch(url);
      const policy = headers.get('content-security-policy')!;
      expect(policy).toContain("default-src 'none'");
      expect(policy).toContain("script-src 'self'");
      expect(policy).not.toMatch(/unsafe|https?:|\*/);
      expect(headers.get('x-content-type-options')).toBe('nosniff');
      expect(headers.get('referrer-policy')).toBe('no-referrer');
    }
    expect((await shell.fetch('app://lookalike/', 'POST')).status).toBe(405);
    for (const url of [
      'app://lookalike/../package.json',
      'app://lookalike/assets/%2e%2e/index.html',
      'app://lookalike/image/..%2f..%2fetc',
      'app://other/',
    ])
      expect((await shell.fetch(url)).status).toBe(404);
  });

  it('photos from the application, by id alone', async () => {
    const shell = await startShell();
    expect((await shell.fetch('app://lookalike/image/abc')).status).toBe(404); // not ready
    await shell.serveApp();
    const answer = shell.fetch('app://lookalike/image/abc?size=64');
    await settle();
    const asked = shell.appProcess().received.at(-1)!.message;
    expect(asked).toMatchObject({ type: 'image', imageId: 'abc', size: 64 });
    shell
      .appProcess()
      .say({ type: 'image', id: asked['id'], image: { bytes: new Uint8Array([1, 2]), type: 'image/webp' } });
    const response = await answer;
    expect(response.headers.get('content-type')).toBe('image/webp');
    expect(new Uint8Array(await response.arrayBuffer())).toEqual(new Uint8Array([1, 2]));
  });

  it('no other address, no window, no webview', async () => {
    const shell = await startShell();
    for (const event of ['will-navigate', 'will-frame-navigate', 'will-redirect'] as const) {
      for (const url of ['https://example.org/', 'file:///etc/passwd', 'app://lookalike/image/a', 'data:text/html,x'])
        expect(contents(shell).tries(event, url), `${event} ${url}`).toBe('denied');
      expect(contents(shell).tries(event, 'app://lookalike/#/runs')).toBe('allowed');
    }
    expect(contents(shell).tries('will-attach-webview', 'app://lookalike/')).toBe('denied');
    expect(contents(shell).opens('https://example.org/')).toBe('deny');
    expect(contents(shell).opens('app://lookalike/')).toBe('deny');
  });

  it('no permission, no device, no network, no foreign download', async () => {
    const { session } = await startShell();
    for (const permission of [
      'media',
      'geolocation',
      'notifications',
      'clipboard-read',
      'midiSysex',
      'pointerLock',
      'openExternal',
      'unknown',
    ])
      expect(session.grants(permission), permission).toEqual({ asked: false, checked: false });
    expect(session.grants('clipboard-sanitized-write')).toEqual({ asked: true, checked: true });
    expect(session.grants('clipboard-sanitized-write', 'https://example.org/')).toEqual({
      asked: false,
      checked: false,
    });
    expect(session.device!({})).toBe(false);
    expect(session.lets('https://example.org/x.js')).toBe(false);
    expect(session.lets('app://lookalike/assets/main.js')).toBe(true);
    expect(session.downloads('https://example.org/setup.exe')).toBe(false);
    expect(session.downloads('blob:app://lookalike/1')).toBe(true);
  });
});

describe('messages of a page', () => {
  it('are heard from the main frame of its own window', async () => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', own(shell));
    expect(contents(shell).posted).toMatchObject([{ channel: 'lookalike:port' }]);
    expect(contents(shell).posted[0]!.ports).toHaveLength(1);
    const picked = shell.ipcMain.invocable.get('lookalike:pick-folder')!(own(shell)) as Promise<string | null>;
    expect(shell.dialogs[0]!.kind).toBe('open');
    expect(shell.dialogs[0]!.options['properties']).toContain('openDirectory');
    shell.dialogs[0]!.answer({ canceled: false, filePaths: ['/photos'] });
    expect(await picked).toBe('/photos');
  });

  it.each([
    [
      'a frame inside it',
      (shell: StartedShell) => ({ ...own(shell), senderFrame: { url: 'app://lookalike/', parent: {} } }),
    ],
    [
      'another address',
      (shell: StartedShell) => ({ ...own(shell), senderFrame: { url: 'https://example.org/', parent: null } }),
    ],
    ['a frame that is gone', (shell: StartedShell) => ({ ...own(shell), senderFrame: null })],
    [
      'other contents',
      (shell: StartedShell) => ({ ...own(shell), sender: { postMessage: () => expect.unreachable() } }),
    ],
  ])('are not heard from %s', async (_name, event) => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', event(shell));
    expect(contents(shell).posted).toHaveLength(0);
    expect(() => shell.ipcMain.invocable.get('lookalike:pick-folder')!(event(shell))).toThrow();
    expect(() => shell.ipcMain.invocable.get('lookalike:pick-file')!(event(shell), 'image')).toThrow();
    expect(shell.dialogs).toHaveLength(0);
  });

  it('bring a file of a known kind: what it holds, or for weights its path alone', async () => {
    const shell = await startShell();
    const pick = (kind: unknown, filePaths: string[]) => {
      const picked = shell.ipcMain.invocable.get('lookalike:pick-file')!(
        own(shell),
        kind,
      ) as Promise<PickedFile | null>;
      shell.dialogs.at(-1)?.answer({ canceled: filePaths.length === 0, filePaths });
      return picked;
    };
    const here = fileURLToPath(import.meta.url);
    const labels = await pick('labels', [here]);
    expect(labels).toMatchObject({ name: 'shell.test.ts', path: here });
    expect(new TextDecoder().decode(labels!.bytes!)).toContain('a file of a known kind');
    expect(shell.dialogs.at(-1)!.options).toMatchObject({
      properties: ['openFile', 'dontAddToRecent'],
      filters: [{ extensions: ['csv'] }, { extensions: ['*'] }],
    });
    expect(await pick('weights', ['/somewhere/net.safetensors'])).toEqual({
      name: 'net.safetensors',
      path: '/somewhere/net.safetensors',
      bytes: null,
    });
    expect(await pick('image', [])).toBeNull();
    await expect(pick('image', ['/nowhere/cat.jpg'])).rejects.toThrow('cat.jpg cannot be read (ENOENT)');
    const asked = shell.dialogs.length;
    for (const kind of ['folder', '../etc', '__proto__', undefined, { kind: 'image' }])
      await expect(pick(kind, ['/etc/passwd'])).rejects.toThrow('no such kind');
    expect(shell.dialogs).toHaveLength(asked);
  });

  it('open the page of known weights, and no address that a page names', async () => {
    const shell = await startShell();
    const open = (id: unknown) => shell.ipcMain.invocable.get('lookalike:open-page')!(own(shell), id) as Promise<void>;
    const [known] = knownWeights;
    await open(known!.id);
    expect(shell.log.opened).toEqual([known!.page]);
    for (const id of [known!.page, 'file:///etc/passwd', undefined, { id: known!.id }])
      await expect(open(id)).rejects.toThrow('no such page');
    expect(shell.log.opened).toHaveLength(1);
  });

  it('no channel beside these is open', async () => {
    const { ipcMain } = await startShell();
    expect(ipcMain.eventNames()).toEqual(['lookalike:request-port']);
    expect([...ipcMain.invocable.keys()]).toEqual([
      'lookalike:pick-folder',
      'lookalike:pick-file',
      'lookalike:open-page',
      'lookalike:updates',
    ]);
  });

  it('before the application is ready wait for it', async () => {
    const shell = await startShell();
    shell.ipcMain.emit('lookalike:request-port', own(shell));
    expect(shell.appProcess().received).toHaveLength(0);
    await shell.serveApp();
    expect(shell.appProcess().types()).toEqual(['client', 'client']); // the page's and the shell's own
  });
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
