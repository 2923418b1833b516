/** Updates without a feed: what is decided of them, how one is installed, and what the shell says of them to its page. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { testFolder } from '../helpers/folders.ts';
import { pem } from './double/keys.ts';
import { signDescription } from '../../scripts/sign-updates.ts';
import { temporaryName } from '../../src-main/files/index.ts';
import { installUpdate, replaceProgram, runInstaller, takeNote } from '../../src-main/electron/updates/install.ts';
import { addressOf, hasRoom, isDue, isSigned, readFeed, whyNoUpdates } from '../../src-main/electron/updates/policy.ts';
import { run, settle, startShell, stopAll } from './double/start.ts';

const ours = pem();

describe('an installer', () => {
  /** electron-updater's part: on macOS it has no `install`. */
  const updater = (told: { install?: () => boolean }) => {
    let fail: (error: Error) => void = () => {};
    const once = (_: 'error', listener: (error: Error) => void) => void (fail = listener);
    return { ...told, quitAndInstall() {}, once, fail: (error: Error) => fail(error) };
  };

  it('that was run is all that there is to do; one that was not says why', async () => {
    await runInstaller(updater({ install: () => true }));
    await expect(runInstaller(updater({ install: () => false }))).rejects.toThrow('The installer was not run.');
    const denied: ReturnType<typeof updater> = updater({
      install: () => {
        denied.fail(new Error('no password'));
        return false;
      },
    });
    await expect(runInstaller(denied)).rejects.toThrow('no password');
  });

  it('of macOS ends the program itself, unless it fails', async () => {
    const squirrel = updater({});
    const running = runInstaller(squirrel);
    expect(await Promise.race([running, Promise.resolve('not yet')])).toBe('not yet');
    squirrel.fail(new Error('no signature'));
    await expect(running).rejects.toThrow('no signature');
  });
});

describe('what is decided', () => {
  const day = 24 * 3600 * 1000;
  it('looks once a day, where a person agreed, and never during a training', () => {
    const when = { agreed: true, lastCheck: 10 * day, now: 11 * day, busy: false };
    expect(isDue(when)).toBe(true);
    expect(isDue({ ...when, lastCheck: null })).toBe(true);
    expect(isDue({ ...when, agreed: false })).toBe(false);
    expect(isDue({ ...when, busy: true })).toBe(false);
    expect(isDue({ ...when, now: 11 * day - 1 })).toBe(false);
    expect(isDue({ ...when, now: 9 * day })).toBe(true); // the clock was wrong before
  });

  it('has none from a checkout, without address or key, and where it may not send', () => {
    const built = { packaged: true, offline: false, hasFeed: true, key: ours.key };
    expect(whyNoUpdates(built)).toBeNull();
    expect(whyNoUpdates({ ...built, packaged: false })).toBe('checkout');
    expect(whyNoUpdates({ ...built, offline: true })).toBe('offline');
    expect(whyNoUpdates({ ...built, hasFeed: false })).toBe('not-built-in');
    expect(whyNoUpdates({ ...built, key: null })).toBe('not-built-in');
  });

  it('believes what is signed for this very version and file', () => {
    const yaml = 'version: 0.1.1\nfiles:\n  - url: a\n    sha512: AAAA\n    size: 3\nsha512: AAAA\n';
    const signature = /signature: (\S+)/.exec(signDescription(yaml, ours.secret))![1]!;
    const offer = { version: '0.1.1', files: [{ url: 'a', sha512: 'AAAA', signature }] };
    expect(isSigned(offer, ours.key)).toBe(true);
    expect(isSigned({ ...offer, version: '0.1.2' }, ours.key)).toBe(false);
    expect(isSigned({ ...offer, files: [{ ...offer.files[0]!, sha512: 'AAAB' }] }, ours.key)).toBe(false);
    expect(isSigned({ ...offer, files: [...offer.files, { url: 'b', sha512: 'CC' }] }, ours.key)).toBe(false);
    expect(isSigned({ ...offer, files: [] }, ours.key)).toBe(false);
    expect(isSigned(offer, pem().key)).toBe(false);
    expect(isSigned(offer, 'no key')).toBe(false);
    expect(signDescription(yaml, ours.secret, 20)).toMatch(/stagingPercentage: 20\n$/);
  });

  it('names the address, and what room is wanted', () => {
    expect(addressOf(readFeed('provider: github\nowner: someone\nrepo: "lookalike"\n'))).toBe(
      'https://github.com/someone/lookalike/releases',
    );
    expect(addressOf(readFeed('provider: generic\nurl: https://example.org/a\n'))).toBe('https://example.org/a');
    expect([hasRoom(100, 300), hasRoom(100, 299)]).toEqual([true, false]);
  });
});

describe('installing', () => {
  const steps = (place: () => Promise<void>, file = 'note.json') => {
    const folder = testFolder('install');
    const done: string[] = [];
    const noteFile = join(folder, file);
    const note = (step: string) => done.push(existsSync(noteFile) ? `${step}, noted` : step);
    return {
      done,
      noteFile,
      work: () =>
        installUpdate({
          busy: () => ['run1', 'run2'],
          noteFile,
          save: () => Promise.resolve(void note('saved')),
          place: () => (note('placed'), place()),
          end: () => void note('ended'),
          goOn: (hasEnded) => void note(hasEnded ? 'went on' : 'went on as it was'),
        }),
    };
  };

  it('saves what trains, notes it, and the new version resumes it once', async () => {
    const { done, noteFile, work } = steps(() => Promise.resolve());
    await work();
    expect(done).toEqual(['saved, noted', 'placed, noted', 'ended, noted']);
    expect(takeNote(noteFile)).toEqual(['run1', 'run2']);
    expect(takeNote(noteFile)).toEqual([]);
  });

  it('goes on in the old version where the new one cannot be put in place', async () => {
    const { done, work } = steps(() => Promise.reject(new Error('no space left')));
    await expect(work()).rejects.toThrow('no space left');
    expect(done).toEqual(['saved, noted', 'placed, noted', 'went on, noted']);
  });

  it('stops nothing where it cannot be noted what is to be resumed', async () => {
    const { done, work } = steps(() => Promise.resolve(), 'no such folder/note.json');
    await expect(work()).rejects.toMatchObject({ code: 'write-failed' });
    expect(done).toEqual(['went on as it was']);
  });
});

describe('in the shell', () => {
  afterEach(stopAll);

  it('resumes what an update interrupted', async () => {
    const home = testFolder('shell');
    mkdirSync(join(home, 'desktop'));
    writeFileSync(join(home, 'desktop/interrupted-by-update.json'), '["run1"]');
    const shell = await startShell({ home });
    const { calls } = await shell.serveApp([run({ state: 'interrupted' })]);
    await settle();
    expect(calls).toContainEqual({ method: 'runs.resume', params: { runId: 'run1' } });
    expect(existsSync(join(home, 'desktop/interrupted-by-update.json'))).toBe(false);
  });

  it('says to its own page why there are none, and nothing to others', async () => {
    const shell = await startShell();
    const ask = shell.ipcMain.invocable.get('lookalike:updates')!;
    const sender = shell.windows[0]!.webContents;
    const page = { sender, senderFrame: { url: 'app://lookalike/', parent: null } };
    expect(await ask(page, 'state')).toEqual({ kind: 'off', why: 'not-built-in', lastCheck: null });
    await expect((async () => ask(page, 'sell'))()).rejects.toThrow('no such thing');
    const other = { sender, senderFrame: { url: 'https://example.org/', parent: null } };
    await expect((async () => ask(other, 'state'))()).rejects.toThrow('for the window of Lookalike alone');
  });
});

describe.skipIf(process.platform === 'win32')('the one file of an AppImage', () => {
  it('may be executed as soon as it has its name, and what a killed update had half written goes with the next', async () => {
    const folder = testFolder('appimage');
    const target = join(folder, 'Lookalike.AppImage');
    writeFileSync(target, 'old', { mode: 0o755 });
    writeFileSync(temporaryName(target), 'half');
    const from = join(testFolder('fetched'), 'pipe'); // read until its writer closes it
    execFileSync('mkfifo', [from]);
    const replaced = replaceProgram(from, target);
    const writer = await open(from, 'w');
    const others = () => readdirSync(folder).filter((name) => name !== 'Lookalike.AppImage');
    await expect.poll(() => others().map((name) => statSync(join(folder, name)).mode & 0o777)).toEqual([0o755]);
    await writer.writeFile('new');
    await writer.close();
    await replaced;
    expect(others()).toEqual([]);
    expect(readFileSync(target, 'utf8')).toBe('new');
    expect(statSync(target).mode & 0o777).toBe(0o755);
  });
});
