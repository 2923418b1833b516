/** What a person names may be a pipe, or on a disk that does not answer: a sentence, and no command that hangs. */
import { execFileSync, fork } from 'node:child_process';
import { readdirSync, readlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import { mergeConfig, patchFromAssignment } from '../../shared/config.ts';
import type { ConfigPatch } from '../../shared/config.ts';
import { RunConfig } from '../../shared/config.ts';
import { misfit } from '../../src-main/app/runs/weights.ts';
import { answered, readGiven } from '../../src-main/files/index.ts';
import { startCommand } from '../helpers/commandLine.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('given');
const pipe = () => join(folder, 'pipe');
beforeAll(() => {
  if (process.platform !== 'win32') execFileSync('mkfifo', [pipe()]);
});

test('a disk that does not answer is named after a while', async () => {
  const never = new Promise<never>(() => {});
  await expect(answered('/mnt/share', () => never, 0.05)).rejects.toMatchObject({
    code: 'no-answer',
    message: '/mnt/share did not answer within 0.05 seconds: check that its disk is connected, or choose another',
  });
});

test('a file is read whole', async () => {
  const path = join(folder, 'file');
  writeFileSync(path, 'as it is');
  expect((await readGiven(path)).toString()).toBe('as it is');
  await expect(readGiven(join(folder, 'nothing'))).rejects.toMatchObject({ code: 'ENOENT' });
});

test.skipIf(process.platform === 'win32')('a pipe is no file, for settings, weights and pictures', async () => {
  await expect(readGiven(pipe())).rejects.toMatchObject({ key: 'bad-file.special' });
  expect(await misfit(pipe(), RunConfig.parse({}).backbone)).toMatchObject({ key: 'cannot-start.weights' });
  const home = join(folder, 'home');
  const { code, err } = await startCommand(['train', join(folder, 'photos'), '--config', pipe()], home).ended;
  expect([code, err]).toEqual([2, expect.stringMatching(/pipe cannot be used: .*not a file but/)]);
});

test.skipIf(process.platform !== 'linux')('a stop signal ends a command that waits, within two seconds', async () => {
  // a stopped application is one that never answers
  const home = join(folder, 'stopped');
  const entry = new URL('../../src-main/app/main.ts', import.meta.url);
  const app = fork(entry, ['--home', home, '--kind', 'test'], { serialization: 'advanced', execArgv: [] });
  try {
    await new Promise((resolve) => app.once('message', resolve));
    app.kill('SIGSTOP');
    // one that is ended, and one that obeys and does not name its call
    for (const command of ['runs', 'doctor']) {
      const { child, ended } = startCommand([command], home);
      await expect.poll(() => sockets(child.pid!), { timeout: 60_000 }).toBeGreaterThan(3); // beside its three channels
      child.kill('SIGINT');
      expect(await ended).toMatchObject({ code: 130, err: expect.stringContaining('lookalike: stopped') as string });
    }
  } finally {
    app.kill('SIGKILL');
  }
});

/** Open ones of a process. */
const sockets = (pid: number): number =>
  readdirSync(`/proc/${pid}/fd`).filter((name) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${name}`).startsWith('socket:');
    } catch {
      return false; // closed meanwhile
    }
  }).length;

test('a setting that no object keeps as any other is unknown', () => {
  expect(() => mergeConfig(patchFromAssignment('__proto__.batchSize=4'))).toThrow(/unknown setting __proto__/);
  const file = JSON.parse('{"backbone":{"__proto__":{"width":4}}}') as ConfigPatch;
  expect(() => mergeConfig(file)).toThrow(/unknown setting __proto__/);
});
