/** A pack on a disk that fills up: what it names afterwards is right, and what it lost is missing. */
import { readFileSync } from 'node:fs';
import type * as fileSystem from 'node:fs';
import { join } from 'node:path';
import { beforeEach, expect, it, vi } from 'vitest';
import { entryBytes } from '../../../shared/cachePlan.ts';
import { readPacks } from '../../../src-main/images/cache/pack.ts';
import { PackWriter } from '../../../src-main/images/cache/packWriter.ts';
import type { PreparedImage } from '../../../src-main/images/index.ts';
import { sharedFolder } from '../../helpers/folders.ts';

/** How the disk behaves: `room` bytes are left, and `sync` fails or not. */
const disk = vi.hoisted(() => ({ room: Infinity, syncFails: false }));
const full = (syscall: string) =>
  Object.assign(new Error(`ENOSPC: no space left on device, ${syscall}`), { code: 'ENOSPC', syscall });

vi.mock('node:fs', async (original) => {
  const fs = await original<typeof fileSystem>();
  return {
    ...fs,
    writeSync(file: number, bytes: Uint8Array, from: number, length: number, position: number | null) {
      const fits = Math.min(length, disk.room);
      if (fits === 0) throw full('write');
      disk.room -= fits;
      return fs.writeSync(file, bytes, from, fits, position);
    },
    fdatasyncSync(file: number) {
      if (disk.syncFails) throw full('fdatasync');
      fs.fdatasyncSync(file);
    },
  };
});

const scratch = sharedFolder('pack');
beforeEach(() => {
  disk.room = Infinity;
  disk.syncFails = false;
});

const size = 4;
/** A photo of one grey. */
const photo = (grey: number): PreparedImage => ({
  width: 40,
  height: 30,
  format: 'png',
  orientation: 1,
  hash: '0123456789abcdef',
  bytes: 1000,
  modified: 1,
  training: { width: 8, height: 6, data: new Uint8Array(3 * 8 * 6).fill(grey) },
  evaluation: new Uint8Array(3 * size * size).fill(grey),
});

/** The greys of each entry that the pack on the disk names. */
function greysOf(folder: string): Record<string, number[]> {
  const [pack] = readPacks(folder, size);
  if (!pack) return {};
  const pixels = readFileSync(pack.data);
  return Object.fromEntries(
    pack.images.map(({ key, offset, trainingWidth, trainingHeight }) => [
      key,
      [...new Set(pixels.subarray(offset, offset + entryBytes(size, trainingWidth, trainingHeight)))],
    ]),
  );
}

it('photos written after one that did not fit are read with their own pixels', () => {
  for (const left of [0, 10, 3 * size * size, 3 * size * size + 10]) {
    const folder = join(scratch, `write ${left}`);
    const writer = new PackWriter(folder);
    disk.room = Infinity;
    writer.add('first', photo(11));
    disk.room = left;
    expect(() => writer.add('lost', photo(22))).toThrow(/ENOSPC/);
    disk.room = Infinity; // another program made room
    writer.add('third', photo(33));
    writer.add('fourth', photo(44));
    writer.close();
    expect(greysOf(folder), `with ${left} bytes left`).toEqual({ first: [11], third: [33], fourth: [44] });
  }
});

it('an index that did not fit is written again, whole', () => {
  const folder = join(scratch, 'index');
  const writer = new PackWriter(folder);
  writer.add('first', photo(11));
  disk.room = 20;
  expect(() => writer.sync()).toThrow(/ENOSPC/);
  disk.room = Infinity;
  writer.add('second', photo(22));
  writer.close();
  expect(greysOf(folder)).toEqual({ first: [11], second: [22] });
});

it('after a sync that failed nothing more is named: the system may have dropped the pixels', () => {
  const folder = join(scratch, 'sync');
  const writer = new PackWriter(folder);
  writer.add('first', photo(11));
  writer.sync();
  writer.add('second', photo(22));
  disk.syncFails = true;
  expect(() => writer.sync()).toThrow(/ENOSPC/);
  disk.syncFails = false;
  writer.add('third', photo(33));
  expect(() => writer.close()).toThrow(/ENOSPC/);
  expect(greysOf(folder)).toEqual({ first: [11] });
});
