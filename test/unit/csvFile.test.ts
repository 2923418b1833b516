/** CSV files that a person names: what is no file is neither waited for nor replaced. */
import { execFileSync } from 'node:child_process';
import { lstatSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, expect, test } from 'vitest';
import type { Client } from '../../shared/client.ts';
import { csvTarget, readCsvFile, writeCsvFile } from '../../src-main/cli/csvFile.ts';
import { sharedFolder } from '../helpers/folders.ts';

const directory = sharedFolder('csv');
const library = () => {
  const folders = [{ name: 'birds', folder: join(directory, 'birds'), parent: null }];
  return { call: () => Promise.resolve(folders) } as unknown as Client;
};
beforeAll(() => {
  mkdirSync(join(directory, 'birds'));
});

test.skipIf(process.platform === 'win32')('a pipe is refused, to be read and to be written', async () => {
  const pipe = join(directory, 'pipe');
  execFileSync('mkfifo', [pipe]);
  await expect(readCsvFile(pipe)).rejects.toThrow('is not a file but a folder, a pipe or a device');
  await expect(csvTarget(library(), 'export', pipe)).rejects.toThrow(/--export .*pipe is not a file but/);
  expect(lstatSync(pipe).isFIFO()).toBe(true);
});

test('a folder and a place among the photos are refused', async () => {
  await expect(readCsvFile(directory)).rejects.toThrow(/is not a file but|cannot be read/);
  await expect(csvTarget(library(), 'out', directory)).rejects.toThrow('is not a file but a folder');
  await expect(csvTarget(library(), 'out', join(directory, 'birds/a.csv'))).rejects.toThrow('lies in the photo folder');
  await expect(readCsvFile(join(directory, 'none.csv'))).rejects.toThrow(/none\.csv cannot be read \(ENOENT\)/);
});

test('a place whose folder is not there is refused before the work, not after it', async () => {
  const target = csvTarget(library(), 'confusion', join(directory, 'no', 'a.csv'));
  await expect(target).rejects.toThrow(/--confusion .*: there is no folder .*no: create it or choose another place/);
});

test.skipIf(process.platform === 'win32')('a link stays one, and what it leads to is written', async () => {
  const [link, file] = [join(directory, 'link.csv'), join(directory, 'real.csv')];
  writeFileSync(file, 'old');
  symlinkSync('real.csv', link);
  writeCsvFile(await csvTarget(library(), 'confusion', link), ['a,b\n']);
  expect(lstatSync(link).isSymbolicLink()).toBe(true);
  expect(readFileSync(file, 'utf8')).toBe('a,b\n');
});
