/**
 * An installed 0.1.0 (one file, as an AppImage is), a feed on this computer that has 0.1.1, and what of Electron an
 * update wants (paths, version, the way out), for the tests that import this.
 */
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { Server, ServerResponse } from 'node:http';
import { createRequire } from 'node:module';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, vi } from 'vitest';
import type * as ElectronUpdater from 'electron-updater';
import { sharedFolder } from '../../helpers/folders.ts';
import { pem } from './keys.ts';
import { signDescription } from '../../../scripts/sign-updates.ts';
import { writeFileAtomic } from '../../../src-main/files/index.ts';
import { replaceProgram } from '../../../src-main/electron/updates/install.ts';
import { Updates } from '../../../src-main/electron/updates/updates.ts';
import type { Updater, UpdatesOptions } from '../../../src-main/electron/updates/updates.ts';

const require = createRequire(import.meta.url);
const { AppImageUpdater } = require('electron-updater') as typeof ElectronUpdater;
const { NodeHttpExecutor } = require('builder-util/out/nodeHttpExecutor') as { NodeHttpExecutor: new () => object };
/** What Electron's has beside it: a whole file, fetched where the differences cannot be. */
const { ElectronHttpExecutor } = require('electron-updater/out/electronHttpExecutor') as {
  ElectronHttpExecutor: { prototype: { download: unknown } };
};
const { buildBlockMap } = require('app-builder-lib/out/targets/blockmap/blockmap') as {
  buildBlockMap(file: string, format: string): Promise<{ size: number; sha512: string; blockMapSize: number }>;
};

export const ours = pem();

/** What is fetched of it, and what it gives in place of a file. */
export interface Feed {
  bytes: number;
  asked: string[];
  spoil: ((body: Buffer) => Buffer) | null;
  /** Which part of a file comes before its connection breaks; null: the whole of it. */
  breaks: (() => number) | null;
  /** Answers in its place; whether it did. */
  instead: (name: string, response: ServerResponse) => boolean;
}

export const folder = sharedFolder('updates');
export const feedFolder = join(folder, 'feed');
export const feed: Feed = { bytes: 0, asked: [], spoil: null, breaks: null, instead: () => false };
let server: Server;
export let url: string;
/** The file of 0.1.0, kept to begin each test with. */
export let old: Buffer;
export let description: string;
export let next: { size: number; sha512: string };
export let installed: string;

/** A program that tells its version, with 3 MB behind it of which versions share most. */
async function release(file: string, version: string, payload: Buffer) {
  writeFileSync(file, Buffer.concat([Buffer.from(`#!/bin/sh\necho ${version}\nexit 0\n`), payload]), { mode: 0o755 });
  return buildBlockMap(file, 'deflate');
}
const describeRelease = (version: string, { size, sha512, blockMapSize }: Awaited<ReturnType<typeof release>>) =>
  `version: ${version}\nfiles:\n  - url: Lookalike-${version}.AppImage\n    sha512: ${sha512}\n    size: ${size}\n` +
  `    blockMapSize: ${blockMapSize}\npath: Lookalike-${version}.AppImage\nsha512: ${sha512}\nreleaseDate: '2026-01-01T00:00:00.000Z'\n`;
export const offer = (yaml: string, secret = ours.secret) =>
  writeFileSync(join(feedFolder, 'latest-linux.yml'), signDescription(yaml, secret));

/** Called in the file, or part of one, whose tests have an installation each. */
export function useFeed(): void {
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
      if (feed.instead(name, response)) return;
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
      const share = name.endsWith('.AppImage') ? (feed.breaks?.() ?? 1) : 1;
      if (share === 1) return void response.end(body);
      response.write(body.subarray(0, Math.floor(share * body.length)), () => response.socket?.destroy());
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
    Object.assign(feed, { bytes: 0, asked: [], spoil: null, breaks: null, instead: () => false });
    vi.stubEnv('APPIMAGE', installed);
    offer(description);
  });
  afterEach(() => vi.unstubAllEnvs());
}

export const told = () => execFileSync(installed, { encoding: 'utf8' }).trim();
export const unchanged = () => expect(readFileSync(installed).equals(old)).toBe(true);

export function updates(changes: Partial<UpdatesOptions> = {}): Updates {
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
      (updater as unknown as { httpExecutor: unknown }).httpExecutor = Object.assign(new NodeHttpExecutor(), {
        download: ElectronHttpExecutor.prototype.download,
      });
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
