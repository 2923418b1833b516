/** What a killed application was writing goes with the next start, in every folder of the home where it may lie. */
import { existsSync, mkdirSync, readdirSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import { acquireLock, temporaryName } from '../../src-main/files/index.ts';
import { unpackHome } from '../helpers/homes.ts';

/** Those that a start does not go through: others' claims, or bounded by themselves. */
const apart = /^(exports|command-line|desktop|cache.compiled|cache.thumbnails)/;

test('no half-written file or copy outlives the next start', async () => {
  const old = unpackHome('0.1.0');
  try {
    for (const name of ['duplicates', 'weights', 'cache/photos']) mkdirSync(join(old.home, name), { recursive: true });
    const open = async () => (await createApp({ home: old.home, host: { kind: 'cli', version: '0' } })).close();
    await open(); // makes today's copy: what is swept is not swept for it
    const all = readdirSync(old.home, { recursive: true }) as string[];
    const folders = ['', ...all].filter((name) => !apart.test(name) && statSync(join(old.home, name)).isDirectory());
    expect(folders.length).toBeGreaterThan(12);
    for (const folder of folders) writeFileSync(temporaryName(join(old.home, folder, 'kept.json')), 'half');
    mkdirSync(join(temporaryName(join(old.home, 'lookalike.db')), 'inside'), { recursive: true });
    const before = readdirSync(old.home);
    await open();
    const left = readdirSync(old.home, { recursive: true }) as string[];
    expect(left.filter((name) => name.includes('.lookalike-tmp'))).toEqual([]);
    expect(readdirSync(old.home)).toEqual(before.filter((name) => !name.includes('.lookalike-tmp')));
  } finally {
    old.remove();
  }
});

test('what a trainer that outlived its application is writing stays while it is at it', async () => {
  const old = unpackHome('0.1.0');
  try {
    const paths = homePaths(old.home);
    const open = async () => (await createApp({ home: old.home, host: { kind: 'cli', version: '0' } })).close();
    await open();
    const runId = readdirSync(paths.runs).find((name) => statSync(join(paths.runs, name)).isDirectory())!;
    mkdirSync(paths.photoCache, { recursive: true });
    const written = [paths.run(runId), paths.cache, paths.photoCache].map((folder) => temporaryName(join(folder, 'a')));
    for (const file of written) writeFileSync(file, 'half');
    const lock = acquireLock(paths.runLock(runId))!;
    await open();
    expect(written.map((file) => existsSync(file))).toEqual([true, true, true]);
    lock.release();
    await open();
    expect(written.map((file) => existsSync(file))).toEqual([false, false, false]);
  } finally {
    old.remove();
  }
});
