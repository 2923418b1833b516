/** The floor: retries where Windows is busy, whole files, temporary names and the lock. */
import { readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { beforeEach, expect, test } from 'vitest';
import { retryBusy, retryBusySync } from '../../src-main/files/busy.ts';
import {
  acquireLock,
  makeFolder,
  moveInto,
  removeTemporaryFiles,
  writeFileAtomic,
  writeFileAtomicSync,
} from '../../src-main/files/index.ts';
import { removeTemporariesOf, temporaryName } from '../../src-main/files/temporary.ts';
import { testFolder } from '../helpers/folders.ts';

let directory: string;
beforeEach(() => void (directory = testFolder('files')));

/** Fails so many times with the code, then answers. */
function failing(times: number, code: string) {
  let calls = 0;
  return () => {
    if (calls++ < times) throw Object.assign(new Error(code), { code });
    return calls;
  };
}

test.each(['EBUSY', 'EPERM', 'EACCES'])('%s is waited for on Windows alone', async (code) => {
  const once = failing(2, code);
  expect(await retryBusy(async () => once(), 'win32')).toBe(3);
  expect(retryBusySync(failing(2, code), 'win32')).toBe(3);
  const there = failing(2, code);
  await expect(retryBusy(async () => there(), 'linux')).rejects.toMatchObject({ code });
  expect(() => retryBusySync(failing(2, code), 'darwin')).toThrow(code);
});

test('what does not pass is told as it is, also on Windows', async () => {
  await expect(retryBusy(async () => failing(1, 'ENOSPC')(), 'win32')).rejects.toMatchObject({ code: 'ENOSPC' });
});

test('the content is whole or the old one, and nothing is left beside it', async () => {
  const path = join(directory, 'a.txt');
  await writeFileAtomic(path, 'first');
  writeFileAtomicSync(path, 'second');
  expect(readFileSync(path, 'utf8')).toBe('second');
  const taken = join(directory, 'taken');
  makeFolder(join(taken, 'inside'));
  expect(() => writeFileAtomicSync(taken, 'x')).toThrow(/cannot write .*taken/);
  await expect(writeFileAtomic(taken, 'x')).rejects.toMatchObject({ code: 'write-failed' });
  expect(readdirSync(directory).sort()).toEqual(['a.txt', 'taken']);
  await moveInto(taken, join(directory, 'moved'));
  expect(readdirSync(join(directory, 'moved'))).toEqual(['inside']);
});

test('what an interrupted write left is removed, of older versions too, and nothing else', async () => {
  writeFileSync(temporaryName(join(directory, 'x')), '');
  writeFileSync(join(directory, 'set.npy.tmp'), '');
  writeFileSync(join(directory, 'set.npy'), '');
  const copy = temporaryName(join(directory, 'lookalike.db'));
  for (const part of ['', '-journal', '-wal', '-shm']) writeFileSync(copy + part, ''); // as SQLite leaves a copy
  makeFolder(join(temporaryName(join(directory, 'history')), 'inside'));
  await removeTemporaryFiles(directory);
  await removeTemporaryFiles(join(directory, 'absent'));
  expect(readdirSync(directory)).toEqual(['set.npy']);
});

test('what interrupted writes of one file left is removed, and nothing else', async () => {
  const program = join(directory, 'Look.alike-0.1.AppImage');
  const others = ['Look', 'Look.AppImage', 'Look.0123456789abcdef.tmp', 'Look.0123.lookalike-tmp'];
  const another = temporaryName(join(directory, 'Looks'));
  for (const path of [...others.map((name) => join(directory, name)), another, program]) writeFileSync(path, '');
  for (let time = 0; time < 2; time++) writeFileSync(temporaryName(program), '');
  await removeTemporariesOf(program);
  expect(readdirSync(directory).sort()).toEqual([...others, basename(another), basename(program)].sort());
});

test('a lock is held by one and free when it is let go', () => {
  const lock = acquireLock(join(directory, 'lock'))!;
  expect(acquireLock(join(directory, 'lock'), 20)).toBeNull();
  lock.release();
  acquireLock(join(directory, 'lock'))!.release();
  expect(() => acquireLock(join(directory, 'absent', 'lock'))).toThrow();
});
