/**
 * Updates, end to end: an installed 0.1.0 (one file, as an AppImage is) looks at a feed on this computer, fetches what
 * differs of 0.1.1 by electron-updater's own differential downloader and puts it in place; and each way in which that
 * may fail leaves 0.1.0 as it was. Electron's part (paths, version, the way out) is the double's.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import type * as ElectronUpdater from 'electron-updater';
import { sharedFolder } from '../helpers/folders.ts';
import { pem } from './double/keys.ts';
import { signDescription } from '../../scripts/sign-updates.ts';
import { writeFailed } from '../../src-main/files/errors.ts';
import { writeFileAtomic } from '../../src-main/files/index.ts';
import { replaceProgram } from '../../src-main/electron/updates/install.ts';
import { Updates } from '../../src-main/electron/updates/updates.ts';
import type { Updater, UpdatesOptions } from '../../src-main/electron/updates/updates.ts';

const require = createRequire(import.meta.url);
const { AppImageUpdater } = require('electron-updater') as typeof ElectronUpdater;
const { NodeHttpExecutor } = require('builder-util/out/nodeHttpExecutor') as { NodeHttpExecutor: new () => unknown };
const { buildBlockMap } = require('app-builder-lib/out/targets/blockmap/blockmap') as {
  buildBlockMap(file: string, format: string): Promise<{ size: number; sha512: string; blockMapSize: number }>;
};

const ours = pem();

/** What is fetched of it, and what it gives in place of a file. */
interface Feed {
  bytes: number;
  asked: string[];
  spoil: ((body: Buffer) => Buffer) | null;
}

describe.skipIf(process.platform !== 'linux')('from an installed version to the next', () => {
  const folder = sharedFolder('updates');
  const feedFolder = join(folder, 'feed');
  const feed: Feed = { bytes: 0, asked: [], spoil: null };
  let server: Server;
  let url: string;
  /** The file of 0.1.0, kept to begin each test with. */
  let old: Buffer;
  let description: string;
  let next: { size: number; sha512: string };
  let installed: string;

  /** A program that tells its version, with 3 MB behind it of which versions share most. */
  async function release(file: string, version: string, payload: Buffer) {
    writeFileSync(file, Buffer.concat([Buffer.from(`#!/bin/sh\necho ${version}\nexit 0\n`), payload]), { mode: 0o755 });
    return buildBlockMap(file, 'deflate');
  }
  const describeRelease = (version: string, { size, sha512, blockMapSize }: Awaited<ReturnType<typeof release>>) =>
    `version: ${version}\nfiles:\n  - url: Lookalike-${version}.AppImage\n    sha512: ${sha512}\n    size: ${size}\n` +
    `    blockMapSize: ${blockMapSize}\npath: Lookalike-${version}.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-01-01T00:00:00.000Z'\n`;
  const offer = (yaml: string, secret = ours.secret) =>
    writeFileSync(join(feedFolder, 'latest-linux.yml'), signDescription(yaml, secret));

  beforeAll(async () => {
    mkdirSync(feedFolder);
    const payload = randomBytes(3 << 20);
    const before = join(feedFolder, 'Lookalike-0.1.0.AppImage');
    await release(before, '0.1.0', payload);
    old = readFileSync(before);
    randomBytes(80_000).copy(payload, 1 << 20); // what a version changes
    const made = await release(join(feedFolder, 'Lookalike-0.1.1.AppImage'), '0.1.1', payload);
    next = made;
    description = describeRelease('0.1.1', made);
    server = createServer((request, response) => {
      const name = new URL(request.url!, 'http://feed').pathname.slice(1);
      feed.asked.push(name);
      const file = join(feedFolder, name);
      if (!existsSync(file)) return void response.writeHead(404).end();
      let body: Buffer = readFileSync(file);
      const range = /bytes=(\d+)-(\d+)/.exec(request.headers.range ?? '');
      if (range) body = body.subarray(Number(range[1]), Number(range[2]) + 1);
      if (name.endsWith('.AppImage')) {
        feed.bytes += body.length;
        if (feed.spoil) body = feed.spoil(body);
      }
      response.writeHead(range ? 206 : 200, {
        'Content-Length': body.length,
        'Accept-Ranges': 'bytes',
        ...(range ? { 'Content-Range': `bytes ${range[1]}-${range[2]}/*` } : {}),
      });
      response.end(body);
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterAll(() => void server.close());

  beforeEach(() => {
    rmSync(join(folder, 'installation'), { recursive: true, force: true });
    mkdirSync(join(folder, 'installation'));
    installed = join(folder, 'installation/Lookalike.AppImage');
    writeFileSync(installed, old);
    chmodSync(installed, 0o755);
    Object.assign(feed, { bytes: 0, asked: [], spoil: null });
    vi.stubEnv('APPIMAGE', installed);
    offer(description);
  });
  afterEach(() => vi.unstubAllEnvs());

  const told = () => execFileSync(installed, { encoding: 'utf8' }).trim();
  const unchanged = () => expect(readFileSync(installed).equals(old)).toBe(true);

  function updates(changes: Partial<UpdatesOptions> = {}): Updates {
    const place = mkdtempSync(join(folder, 'user-'));
    writeFileSync(
      join(place, 'app-update.yml'),
      `provider: generic\nurl: ${url}\nuseMultipleRangeRequest: false\nupdaterCacheDirName: lookalike-updater\n`,
    );
    return new Updates({
      updater: async () => {
        const updater = new AppImageUpdater(null, {
          version: '0.1.0',
          name: 'lookalike',
          isPackaged: true,
          appUpdateConfigPath: join(place, 'app-update.yml'),
          userDataPath: place,
          baseCachePath: join(place, 'cache'),
          whenReady: () => Promise.resolve(),
          relaunch: () => {},
          quit: () => {},
          onQuit: () => {},
        });
        (updater as unknown as { httpExecutor: unknown }).httpExecutor = new NodeHttpExecutor();
        return updater as unknown as Updater;
      },
      key: ours.key,
      address: url,
      stateFile: join(place, 'updates.json'),
      write: writeFileAtomic,
      freeBytes: () => Promise.resolve(1e12),
      busy: () => false,
      install: (file) => replaceProgram(file, installed),
      ...changes,
    });
  }

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
