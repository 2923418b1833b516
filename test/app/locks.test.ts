/** Locks of the operating system, which end with their process. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { acquireLock, isLocked } from '../../src-main/files/index.ts';
import { directory } from '../helpers/database.ts';

test('the lock is free the moment its process is killed', async () => {
  const lock = join(directory, 'lock');
  const module = new URL('../../src-main/files/lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `
    const { acquireLock } = await import(${JSON.stringify(module)});
    globalThis.lock = acquireLock(${JSON.stringify(lock)});
    console.log(globalThis.lock ? 'held' : 'refused');
    setInterval(() => {}, 1000);`,
  ]);
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
  );
  expect(said).toBe('held');
  expect(acquireLock(lock)).toBeNull();
  expect(isLocked(lock)).toBe(true);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  const mine = acquireLock(lock);
  expect(mine).not.toBeNull();
  expect(acquireLock(lock)).toBeNull();
  mine!.release();
});
