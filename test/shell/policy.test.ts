/** The shell's decisions, as the pure functions they are. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { desktopCatalogues, translator } from '../../shared/messages/desktop.ts';
import { places } from '../../shared/places.ts';
import { placeholdersOf } from '../../shared/messages/format.ts';
import {
  afterCrash,
  keepsAwake,
  languageOf,
  noticeOfRun,
  noticeOfVerdict,
  onClose,
  progressOf,
} from '../../src-main/electron/decisions.ts';
import { commandLineOf, parseFlags } from '../../src-main/electron/flags.ts';
import { menuTemplate, trayTemplate, trayTooltip } from '../../src-main/electron/menu.ts';
import {
  isTrustedSender,
  mayDownload,
  mayNavigate,
  mayRequest,
  mayUse,
  windowOptions,
} from '../../src-main/electron/policy.ts';
import { routeOf } from '../../src-main/electron/routes.ts';
import { placeWindow, readWindowState, writeWindowState } from '../../src-main/electron/windowState.ts';
import { run } from './double/start.ts';

describe('the window', () => {
  it('is isolated, sandboxed and without Node', () => {
    const { webPreferences } = windowOptions({ preload: '/p.cjs', bounds: { width: 1, height: 1 }, dark: false });
    expect(webPreferences).toMatchObject({
      contextIsolation: true,
      sandbox: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      webviewTag: false,
      allowRunningInsecureContent: false,
      spellcheck: false,
    });
  });

  it.each(['app://lookalike/', 'app://lookalike/#/runs', 'app://lookalike/?x=1#/monitor/a'])('may be at %s', (url) =>
    expect(mayNavigate(url)).toBe(true),
  );
  it.each([
    'https://example.org/',
    'file:///etc/passwd',
    'app://other/',
    'app://lookalike.example.org/',
    'app://user@lookalike/',
    'app://lookalike/assets/main.js',
    'app://lookalike/image/a',
    'data:text/html,x',
    'javascript:alert(1)',
    'about:blank',
    'blob:app://lookalike/x',
    '',
  ])('may not be at %s', (url) => expect(mayNavigate(url)).toBe(false));

  it('is heard from its main frame alone', () => {
    const frame = { url: 'app://lookalike/#/runs', parent: null };
    expect(isTrustedSender({ senderFrame: frame })).toBe(true);
    expect(isTrustedSender({ senderFrame: null })).toBe(false);
    expect(isTrustedSender({ senderFrame: { ...frame, parent: frame } })).toBe(false);
    expect(isTrustedSender({ senderFrame: { ...frame, url: 'https://example.org/' } })).toBe(false);
  });

  it('may write text to the clipboard, and nothing else', () => {
    expect(mayUse('clipboard-sanitized-write', 'app://lookalike/', true)).toBe(true);
    expect(mayUse('clipboard-sanitized-write', 'app://lookalike/', false)).toBe(false);
    expect(mayUse('clipboard-sanitized-write', 'https://example.org/', true)).toBe(false);
    for (const permission of [
      'clipboard-read',
      'media',
      'geolocation',
      'notifications',
      'midi',
      'openExternal',
      'fileSystem',
      'hid',
      'usb',
      'display-capture',
      'unknown',
    ])
      expect(mayUse(permission, 'app://lookalike/', true)).toBe(false);
  });

  it('asks nothing of the network', () => {
    for (const url of ['app://lookalike/assets/a.js', 'data:image/png;base64,', 'blob:app://lookalike/1'])
      expect(mayRequest(url)).toBe(true);
    for (const url of [
      'https://example.org/',
      'http://127.0.0.1/',
      'ws://localhost/',
      'file:///etc/passwd',
      'blob:https://example.org/1',
      'devtools://devtools/x',
    ])
      expect(mayRequest(url)).toBe(false);
    expect(mayRequest('devtools://devtools/x', true)).toBe(true);
    expect(mayDownload('blob:app://lookalike/1')).toBe(true);
    expect(mayDownload('blob:https://example.org/1')).toBe(false);
    expect(mayDownload('https://example.org/setup.exe')).toBe(false);
  });
});

describe('app://lookalike/', () => {
  const files = new Set(['/index.html', '/assets/main.js']);
  it.each([
    ['app://lookalike/', { kind: 'file', path: '/index.html' }],
    ['app://lookalike/assets/main.js?v=1', { kind: 'file', path: '/assets/main.js' }],
    ['app://lookalike/image/a_B-9', { kind: 'image', id: 'a_B-9', size: 256 }],
    ['app://lookalike/image/a?size=64', { kind: 'image', id: 'a', size: 64 }],
  ])('%s is answered', (url, target) => expect(routeOf('GET', url, files)).toEqual(target));

  it.each([
    'app://lookalike/nothing.js',
    'app://lookalike/../index.html',
    'app://lookalike/assets/../index.html',
    'app://lookalike/assets/%2e%2e/index.html',
    'app://lookalike/assets/..%2findex.html',
    'app://lookalike/image/../../etc/passwd',
    'app://lookalike/image/..',
    'app://lookalike/image/%2fetc%2fpasswd',
    'app://lookalike/image//etc/passwd',
    'app://lookalike/image/a/b',
    'app://lookalike/image/C:\\photo.jpg',
    `app://lookalike/image/${'a'.repeat(65)}`,
    'app://lookalike//assets/main.js',
    'app://lookalike/assets',
    'app://elsewhere/',
    'https://lookalike/',
  ])('%s is 404', (url) => expect(routeOf('GET', url, files)).toMatchObject({ kind: 'refused', status: 404 }));

  it('refuses other methods and sizes', () => {
    expect(routeOf('POST', 'app://lookalike/', files)).toMatchObject({ status: 405 });
    for (const size of ['0', '15', '2049', '1e9', 'NaN', '64.5', '-1'])
      expect(routeOf('GET', `app://lookalike/image/a?size=${size}`, files)).toMatchObject({ status: 400 });
  });
});

describe('flags', () => {
  it('of the command line are what follows --cli, untouched', () => {
    expect(commandLineOf(['--home', '/h'])).toBeNull();
    expect(commandLineOf(['--ozone-platform=headless', '--cli', 'train', '/photos', '--set', 'a=b', '--cli'])).toEqual([
      'train',
      '/photos',
      '--set',
      'a=b',
      '--cli',
    ]);
    expect(commandLineOf(['--cli'])).toEqual([]);
  });

  it.skipIf(process.platform === 'win32')('are passed on by the launcher, from wherever it is linked', () => {
    const place = mkdtempSync(join(tmpdir(), 'lookalike-launcher-'));
    const bin = join(place, 'Look alike/resources/bin');
    mkdirSync(bin, { recursive: true });
    cpSync(fileURLToPath(new URL('../../assets/bin/lookalike', import.meta.url)), join(bin, 'lookalike'));
    writeFileSync(
      join(place, 'Look alike/lookalike-desktop'),
      '#!/bin/sh\nfor argument; do echo "<$argument>"; done\nexit 7\n',
      { mode: 0o755 },
    );
    symlinkSync(join('Look alike/resources/bin/lookalike'), join(place, 'lookalike'));
    const ran = spawnSync(join(place, 'lookalike'), ['train', '/my photos', '--json'], { encoding: 'utf8' });
    expect(ran.stdout).toBe('<--ozone-platform=headless>\n<--cli>\n<train>\n</my photos>\n<--json>\n');
    expect(ran.status).toBe(7);
    rmSync(place, { recursive: true, force: true });
  });

  it('are read', () => {
    expect(parseFlags(['--home', 'photos', '--hidden'], '/cwd')).toMatchObject({
      home: '/cwd/photos',
      hidden: true,
      problem: null,
    });
    expect(parseFlags(['--home=/abs', '--enable-features=X', '--no-sandbox'], '/cwd')).toMatchObject({
      home: '/abs',
      hidden: false,
      problem: null,
    });
    expect(parseFlags(['--version'], '/').version).toBe(true);
  });
  it.each([[['--home']], [['--home', '--hidden']], [['--home=']]])('%j is a problem', (argv) =>
    expect(parseFlags(argv, '/').problem).toMatch(/--home DIR/),
  );
});

describe('where the window is placed', () => {
  const display = { x: 0, y: 0, width: 1920, height: 1040 };
  const saved = { x: 200, y: 100, width: 1000, height: 700, maximized: false };
  it('where it was', () => expect(placeWindow(saved, [display])).toEqual({ x: 200, y: 100, width: 1000, height: 700 }));
  it('on the second display where that is still there, centred on the first where not', () => {
    const away = { ...saved, x: 2500 };
    expect(placeWindow(away, [display, { ...display, x: 1920 }])).toMatchObject({ x: 2500 });
    expect(placeWindow(away, [display])).toEqual({ width: 1000, height: 700 });
  });
  it('never out of reach above, below or aside', () => {
    for (const place of [{ y: -500 }, { y: 1030 }, { x: 1850 }, { x: -950 }])
      expect(placeWindow({ ...saved, ...place }, [display])).not.toHaveProperty('x');
  });
  it('no larger than the display and no smaller than it can be used', () => {
    expect(placeWindow({ ...saved, width: 5000, height: 5000 }, [display])).toMatchObject({
      width: 1920,
      height: 1040,
    });
    expect(placeWindow({ ...saved, width: 200, height: 200 }, [display])).toMatchObject({ width: 720, height: 520 });
    expect(placeWindow(null, [])).toEqual({ width: 1280, height: 840 });
  });
  it('is kept whole, and a damaged file is none', () => {
    const folder = mkdtempSync(join(tmpdir(), 'lookalike-state-'));
    try {
      const file = join(folder, 'window.json');
      expect(readWindowState(file)).toBeNull();
      writeWindowState(file, saved);
      expect(readWindowState(file)).toEqual(saved);
      expect(readdirSync(folder)).toEqual(['window.json']);
      for (const damaged of [
        '',
        '{',
        '{"x":1}',
        JSON.stringify({ ...saved, width: 'wide' }),
        JSON.stringify({ ...saved, y: 1e12 }),
      ]) {
        writeFileSync(file, damaged);
        expect(readWindowState(file)).toBeNull();
      }
      writeWindowState(join(folder, 'missing', 'window.json'), saved); // nothing is thrown
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe('closing, crashing, sleeping, telling', () => {
  const idle = { quitting: false, busy: false, setting: 'ask', platform: 'linux' } as const;
  it.each([
    [idle, 'quit'],
    [{ ...idle, platform: 'darwin' }, 'hide'],
    [{ ...idle, busy: true }, 'ask'],
    [{ ...idle, busy: true, setting: 'background' }, 'hide'],
    [{ ...idle, busy: true, setting: 'stop' }, 'quit'],
    [{ ...idle, busy: true, quitting: true }, 'close'],
  ] as const)('closing with %j: %s', (situation, what) => expect(onClose(situation)).toBe(what));

  it('gives up after three crashes within a minute', () => {
    expect(afterCrash([0], 0)).toBe('restart');
    expect(afterCrash([0, 10_000, 20_000], 20_000)).toBe('give-up');
    expect(afterCrash([0, 50_000, 100_000], 100_000)).toBe('restart');
  });
  it('keeps the computer awake for a running run only', () => {
    expect(keepsAwake([run({ state: 'paused' }), run({ state: 'running' })])).toBe(true);
    expect(keepsAwake([run({ state: 'paused' }), run({ state: 'queued' }), run({ state: 'finished' })])).toBe(false);
  });
  it('knows how far it is', () => {
    expect(progressOf([run({ state: 'finished' }), run({ step: 25, steps: 100 })])).toBe(0.25);
    expect(progressOf([run({ steps: null })])).toBeNull();
    expect(progressOf([run({ state: 'queued' })])).toBeNull();
  });
  it('tells of an end and of a failure, once, and not of what a person did', () => {
    expect(noticeOfRun('running', run({ state: 'finished' }))?.title).toBe('notice.finished.title');
    expect(
      noticeOfRun('running', run({ state: 'failed', error: { name: 'E', code: 'c', message: 'no memory' } }))?.error,
    ).toMatchObject({ message: 'no memory' });
    expect(
      noticeOfRun('running', run({ state: 'interrupted', error: { name: 'E', code: 'device-lost', message: 'lost' } }))
        ?.title,
    ).toBe('notice.interrupted.title');
    expect(noticeOfRun('finished', run({ state: 'finished' }))).toBeNull();
    expect(noticeOfRun(null, run({ state: 'finished' }))).toBeNull();
    for (const state of ['stopped', 'paused', 'running', 'queued', 'interrupted'] as const)
      expect(noticeOfRun('running', run({ state }))).toBeNull();
  });
  it('tells of a collapse once', () => {
    const event = (verdict: 'healthy' | 'suspicious' | 'collapsed') => ({
      name: 'verdict' as const,
      runId: 'run1',
      judgement: { verdict, sentence: '', key: '', values: {}, advice: [] },
    });
    expect(noticeOfVerdict(null, event('collapsed'), 'Holiday')).toMatchObject({
      title: 'notice.collapsed.title',
      values: { name: 'Holiday' },
    });
    expect(noticeOfVerdict('collapsed', event('collapsed'), '')).toBeNull();
    expect(noticeOfVerdict(null, event('suspicious'), '')).toBeNull();
    expect(noticeOfVerdict('collapsed', event('healthy'), '')).toBeNull();
  });
  it('speaks the language of the person', () => {
    expect(languageOf('zh-CN', ['en'])).toBe('zh-CN');
    expect(languageOf('system', ['fr-FR', 'zh-Hans-CN', 'en'])).toBe('zh-CN');
    expect(languageOf('system', ['fr-FR'])).toBe('en');
  });
});

describe('menu and tray', () => {
  type Item = { label?: string; role?: string; click?: () => void; submenu?: Item[]; accelerator?: string };
  const flat = (items: Item[]): Item[] => items.flatMap((item) => [item, ...flat(item.submenu ?? [])]);
  it.each(['linux', 'darwin', 'win32'])(
    'every item of the menu on %s does something and is in the language',
    (platform) => {
      const gone: string[] = [];
      const items = (language: 'en' | 'zh-CN', development = false) =>
        flat(menuTemplate({ language, platform, development, go: (place) => gone.push(place) }) as Item[]);
      const chinese = items('zh-CN');
      for (const item of chinese) {
        if ((item as { type?: string }).type === 'separator') continue;
        expect(item.label).toBeTruthy();
        if (item.label !== 'Lookalike') expect(item.label).toMatch(/[一-鿿]/);
        expect(Boolean(item.role ?? item.click ?? item.submenu)).toBe(true);
        item.click?.();
      }
      expect(gone.sort()).toEqual([...places.map(({ id }) => id), 'new'].sort()); // File has a new run too
      const accelerators = chinese.flatMap(({ accelerator }) => accelerator ?? []);
      expect(new Set(accelerators).size).toBe(accelerators.length);
      expect(items('en').some(({ role }) => role === 'toggleDevTools')).toBe(false);
      expect(items('en', true).some(({ role }) => role === 'toggleDevTools')).toBe(true);
    },
  );
  it('the tray shows how far it is and offers what fits', () => {
    const t = translator('en');
    const did: string[] = [];
    const actions = {
      open: () => did.push('open'),
      pause: (id: string) => did.push(`pause ${id}`),
      resume: (id: string) => did.push(`resume ${id}`),
      quit: () => did.push('quit'),
    };
    const click = (items: Item[]) => items.forEach((item) => item.click?.());
    expect(trayTooltip(t, run(), false)).toBe('Lookalike: “Holiday”, 30 %');
    expect(trayTooltip(t, run({ state: 'paused' }), false)).toContain('paused');
    expect(trayTooltip(t, run({ steps: null }), false)).toContain('starts');
    expect(trayTooltip(t, null, false)).toBe('Lookalike');
    click(trayTemplate(t, run(), false, actions) as Item[]);
    click(trayTemplate(t, run({ state: 'paused' }), false, actions) as Item[]);
    expect(did).toEqual(['open', 'pause run1', 'quit', 'open', 'resume run1', 'quit']);
    expect(trayTemplate(t, run(), true, actions)).toEqual([{ label: 'Lookalike: saving…', enabled: false }]);
  });
  it('both languages have the same placeholders', () => {
    for (const [key, message] of Object.entries(desktopCatalogues.en))
      expect(placeholdersOf(desktopCatalogues['zh-CN'][key as 'menu.file'])).toEqual(placeholdersOf(message));
  });
});
