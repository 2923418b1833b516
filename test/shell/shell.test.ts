/** main.ts starts whole against the double of Electron: its window, its application, its command line, and a home that cannot be opened. */
import { chmodSync, existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { testFolder } from '../helpers/folders.ts';
import { settle, startShell, stopAll } from './double/start.ts';

afterEach(() => {
  stopAll();
  vi.useRealTimers();
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

describe('makes nothing in a folder that cannot be the home, and says so', () => {
  it.each([
    ['with photos', 'a.jpg', 0o755, /there are photos in .* \(a\.jpg\), so that it cannot be the home folder/],
    ['for everybody', 'of another', 0o1777, /is a folder for everybody.*choose a folder of its own/],
  ])('%s', async (_of, file, mode, says) => {
    if (process.platform === 'win32' && mode === 0o1777) return; // which knows no such folders
    const folder = testFolder('taken');
    writeFileSync(join(folder, file), '');
    chmodSync(folder, mode);
    const written: string[] = [];
    const stderr = vi.spyOn(process.stderr, 'write').mockImplementation((text) => (written.push(String(text)), true));
    const shell = await startShell({ argv: ['--home', folder] });
    await settle();
    stderr.mockRestore();
    expect(shell.windows).toEqual([]);
    expect(readdirSync(folder)).toEqual([file]);
    await expect.poll(() => shell.log.exits).toEqual([1]);
    expect(written.join('')).toMatch(says);
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
    const home = testFolder('command');
    const runs = await startShell({ argv: ['--cli', 'show', 'nothing', '--home', home] });
    await expect.poll(() => runs.log.exits, { timeout: 30_000 }).toEqual([2]);
    expect(written.join('')).toContain("there is no run 'nothing'");
    stdout.mockRestore();
    stderr.mockRestore();
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
    void handle.send({ type: 'pause' });
    const child = shell.utilities.at(-1)!;
    expect(child.entry).toBe('/trainer/main.js');
    expect(child.received.at(-1)!.message).toEqual({ type: 'pause' });
    child.say({ type: 'paused' });
    expect(told).toEqual([{ type: 'paused' }]);
  });
});
