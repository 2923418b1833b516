/** A long home's socket lies in the temporary folder: who made what has its name there is looked at before it is used. */
import { chmodSync, chownSync, mkdirSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import type { Server } from 'node:net';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { connectLocally, homePaths, listenLocally } from '../../src-main/app/reach.ts';
import type { HomePaths } from '../../src-main/app/home.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { testFolder } from '../helpers/folders.ts';

let paths: HomePaths;
beforeEach(() => {
  const temporary = testFolder('t');
  vi.stubEnv('TMPDIR', temporary);
  paths = homePaths(join(temporary, 'a long home'.repeat(10)));
});
afterEach(() => vi.unstubAllEnvs());

const app = { call: () => Promise.resolve({}), on: () => () => {} } as never;

describe.skipIf(process.platform === 'win32')('the folder of a socket that does not fit into its home', () => {
  test('is made for this person alone, and used again', async () => {
    expect(paths.socketFolder).toBe(dirname(paths.socket));
    for (let time = 0; time < 2; time++) {
      const line = await listenLocally(paths, app);
      expect(statSync(paths.socketFolder!).mode & 0o777).toBe(0o700);
      expect(statSync(paths.socket).isSocket()).toBe(true);
      await line.end();
    }
  });

  const folder = () => paths.socketFolder!;
  const elsewhere = () => join(dirname(folder()), 'elsewhere');
  const made: [string, () => void][] = [
    ['open to others', () => (mkdirSync(folder()), chmodSync(folder(), 0o777))],
    ['open to its group', () => (mkdirSync(folder()), chmodSync(folder(), 0o710))],
    ['a link to one', () => (mkdirSync(elsewhere(), 0o700), symlinkSync(elsewhere(), folder()))],
    ['a link to nothing', () => symlinkSync(elsewhere(), folder())],
    ['a file', () => writeFileSync(folder(), '', { mode: 0o600 })],
    ...(process.getuid?.() === 0
      ? [
          ['another user’s', () => (mkdirSync(folder(), 0o700), chownSync(folder(), 65534, 65534))] as [
            string,
            () => void,
          ],
        ]
      : []),
  ];
  let others: Server | undefined;
  afterEach(() => others?.close());

  test.each(made)('that is %s is used by neither side', async (_what, make) => {
    make();
    let heard = 0;
    if (statSync(folder(), { throwIfNoEntry: false })?.isDirectory()) {
      others = createServer((socket) => (heard++, socket.destroy()));
      await new Promise<void>((listening) => others!.listen(paths.socket, listening));
    }
    const refused = { key: 'bad-folder.not-private' };
    await expect(connectLocally(paths)).rejects.toMatchObject(refused);
    await expect(listenLocally(paths, app)).rejects.toMatchObject(refused);
    expect(heard).toBe(0);
  });

  test('that is not private is told by a command in one sentence, and nothing is begun', async () => {
    made[0]![1]();
    const { code, err } = await startCommand(['runs'], paths.home).ended;
    expect(err).toMatch(/^lookalike: \S+ is to be for your commands alone, .*: remove it, or choose a home .*\n$/);
    expect(code).toBe(1);
    expect(statSync(paths.home, { throwIfNoEntry: false })).toBeUndefined();
  });
});
