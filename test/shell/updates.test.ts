/**
 * Updates, end to end: an installed 0.1.0 looks at a feed on this computer, fetches what differs of 0.1.1 by
 * electron-updater's own differential downloader and puts it in place; what is not to be taken is not.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { signDescription } from '../../scripts/sign-updates.ts';
import { writeFailed } from '../../src-main/files/errors.ts';
import { replaceProgram } from '../../src-main/electron/updates/install.ts';
import { pem } from './double/keys.ts';
import {
  description,
  feed,
  feedFolder,
  folder,
  installed,
  next,
  offer,
  old,
  ours,
  told,
  unchanged,
  updates,
  url,
  useFeed,
} from './double/feed.ts';

describe.skipIf(process.platform !== 'linux')('from an installed version to the next', () => {
  useFeed();

  it('fetches less than a fifth, and only what a person asked for', async () => {
    const here = updates();
    await here.tick(false);
    expect(feed.asked).toEqual([]);
    await here.tick(true);
    expect(feed.asked).toEqual(['latest-linux.yml']);
    expect(here.state).toMatchObject({
      kind: 'offered',
      offer: { version: '0.1.1', from: url, bytes: next.size },
      lastCheck: expect.any(Number) as number,
    });
    await here.tick(true); // not again today
    expect(feed.asked).toEqual(['latest-linux.yml']);
    await here.do('download');
    expect(here.state.kind).toBe('ready');
    expect(feed.bytes).toBeGreaterThan(80_000);
    expect(feed.bytes).toBeLessThan(next.size / 5);
    console.log(`fetched ${feed.bytes} of ${next.size} bytes`);
    unchanged();
    expect(told()).toBe('0.1.0');
    await here.do('install');
    expect(told()).toBe('0.1.1');
    expect(readFileSync(installed).equals(readFileSync(join(feedFolder, 'Lookalike-0.1.1.AppImage')))).toBe(true);
  });

  it('does not look while something trains', async () => {
    await updates({ busy: () => true }).tick(true);
    expect(feed.asked).toEqual([]);
  });

  it('leaves the installed version where the download is broken', async () => {
    for (const spoil of [(body: Buffer) => Buffer.alloc(body.length), (body: Buffer) => body.subarray(0, 10)]) {
      feed.spoil = spoil;
      const here = updates();
      await here.do('check');
      await here.do('download');
      expect(here.state).toMatchObject({ kind: 'failed', why: 'failed' });
      await here.do('install');
      unchanged();
    }
  });

  it('fetches nothing that another key signed, or none', async () => {
    offer(description, pem().secret);
    const here = updates();
    await here.do('check');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'not-signed' });
    writeFileSync(join(feedFolder, 'latest-linux.yml'), description);
    await here.do('check');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'not-signed' });
    await here.do('download');
    await here.do('install');
    expect(feed.asked).toEqual(['latest-linux.yml', 'latest-linux.yml']);
    unchanged();
  });

  it('fetches nothing by an offer that an unsigned one has taken the place of', async () => {
    const here = updates();
    await here.do('check');
    expect(here.state.kind).toBe('offered');
    writeFileSync(join(feedFolder, 'latest-linux.yml'), description);
    await here.do('check');
    await here.do('download');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'not-signed' });
    expect(feed.bytes).toBe(0);
  });

  it('does what is asked for during something else after that, and the same only once', async () => {
    const here = updates();
    const asked = [here.do('check'), here.do('check'), here.do('download')];
    await Promise.all(asked);
    expect(here.state.kind).toBe('ready');
    expect(feed.asked.filter((file) => file === 'latest-linux.yml')).toHaveLength(1);
  });

  it('takes no older version, though it is signed', async () => {
    offer(description.replaceAll('0.1.1', '0.0.9'));
    const here = updates();
    await here.do('check');
    expect(here.state.kind).toBe('idle');
    await here.do('download');
    expect(feed.bytes).toBe(0);
    unchanged();
  });

  it('offers it to the share of installations that it says', async () => {
    writeFileSync(
      join(feedFolder, 'latest-linux.yml'),
      signDescription(description, ours.secret).concat('stagingPercentage: 0\n'),
    );
    const here = updates();
    await here.do('check');
    expect(here.state.kind).toBe('idle');
  });

  it('says that there is no room before it fetches', async () => {
    const here = updates({ freeBytes: () => Promise.resolve(1000) });
    await here.do('check');
    await here.do('download');
    expect(here.state).toMatchObject({ kind: 'failed', why: 'no-room' });
    expect(feed.bytes).toBe(0);
    unchanged();
  });

  it('says that there was no room where the new one could not be put in place for want of it', async () => {
    const full = writeFailed(installed, Object.assign(new Error('no space left'), { code: 'ENOSPC' }));
    const here = updates({ install: () => Promise.reject(full as Error) });
    for (const step of ['check', 'download', 'install'] as const) await here.do(step);
    expect(here.state).toMatchObject({ kind: 'failed', why: 'no-room' });
  });

  it.skipIf(process.getuid?.() !== 0)('a disk that fills while it is put in place keeps the old one', async () => {
    const small = join(folder, 'small');
    mkdirSync(small);
    const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', small]);
    if (mounted.status !== 0) return; // no mounts here: the room asked for above is what is tested
    try {
      const target = join(small, 'Lookalike.AppImage');
      writeFileSync(target, old, { mode: 0o755 });
      await expect(replaceProgram(join(feedFolder, 'Lookalike-0.1.1.AppImage'), target)).rejects.toThrow();
      expect(readFileSync(target).equals(old)).toBe(true);
    } finally {
      spawnSync('umount', [small]);
    }
  });

  it('a feed that cannot be reached is said, and asked again tomorrow', async () => {
    rmSync(join(feedFolder, 'latest-linux.yml'));
    const here = updates();
    await here.tick(true);
    expect(here.state).toMatchObject({ kind: 'failed', why: 'failed' });
    const asked = feed.asked.length;
    await here.tick(true);
    expect(feed.asked.length).toBe(asked);
    unchanged();
  });
});
