/** Rows that are kept one a line: whole, or none. */
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { markIn, markOf, readLines, writeLines } from '../../src-main/files/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('lines');
const path = join(folder, 'rows.jsonl');

/** More bytes than are read at a time, with a row that is longer than that by itself. */
const rows = Array.from({ length: 3000 }, (_, i) => ({
  id: `photo ${i} 照片`,
  note: 'x'.repeat(i === 7 ? 300_000 : 99),
}));
const pieces = () => [rows.slice(0, 1000), rows.slice(1000)];
const read = async (version = 1) => (await Array.fromAsync(readLines(path, version))).flat();

test('rows come back as they were written, and are known by the last line', async () => {
  const mark = await writeLines(path, 1, pieces());
  expect(await read()).toEqual(rows);
  expect((await Array.fromAsync(readLines(path, 1))).length).toBeGreaterThan(1);
  expect(await markIn(path)).toBe(mark);
  expect(await markOf(1, [rows])).toBe(mark);
  expect(await markOf(1, [rows.slice(1)])).not.toBe(mark);
});

test('a file that is damaged, cut off, of another version or missing has none', async () => {
  await writeLines(path, 1, pieces());
  expect(await read(2)).toEqual([]);
  const bytes = readFileSync(path);
  const flipped = Buffer.from(bytes);
  flipped[5000]! ^= 1;
  for (const wrong of [
    flipped,
    bytes.subarray(0, 200_000),
    bytes.subarray(0, -3),
    Buffer.from('\n'),
    Buffer.alloc(0),
  ]) {
    writeFileSync(path, wrong);
    expect(await read()).toEqual([]);
  }
  rmSync(path);
  expect(await read()).toEqual([]);
  expect(await markIn(path)).toBeNull();
});
