/** The shell's decisions, as the pure functions they are: flags, where the window is placed, closing, crashes, notices. */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
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
import { placeWindow, readWindowState, writeWindowState } from '../../src-main/electron/windowState.ts';
import { testFolder } from '../helpers/folders.ts';
import { run } from './double/start.ts';

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
    const place = testFolder('launcher');
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
    const folder = testFolder('state');
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
