/** Names that would be commands: in a terminal, in a spreadsheet; and a home that nobody else reads. */
import { mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test, vi } from 'vitest';
import { csvRecords } from '../../shared/csv.ts';
import { toWireError } from '../../shared/contract.ts';
import { openHome } from '../../src-main/app/home.ts';
import { ofHome } from '../../src-main/app/homeFailure.ts';
import { tagLines } from '../../src-main/app/tags/csv.ts';
import { toEnd } from '../../shared/work.ts';
import { writeConfusion } from '../../src-main/cli/confusion.ts';
import { harmless, oneLine, table } from '../../src-main/cli/output.ts';
import { storageError } from '../../src-main/db/index.ts';
import { exportEmbeddings } from '../../src-main/export/index.ts';
import { writeFailed } from '../../src-main/files/errors.ts';
import { freeMemory } from '../../src-main/files/memory.ts';
import { systemReason } from '../../src-main/images/index.ts';
import { sharedFolder } from '../helpers/folders.ts';

const folder = sharedFolder('guards');

test('a name cannot command the terminal, nor pretend to be another line', () => {
  const name = 'a\u001b[2J\u0007\u009b31mb\u202ecod\u2066';
  expect(harmless(`first\n${name}`)).toBe('first\na\ufffd[2J\ufffd\ufffd31mb\ufffdcod\ufffd');
  expect(oneLine('a\nb\u009bc')).toBe('a b\ufffdc');
  expect(table([['name'], ['x\ny\u001b[1m']])).toBe('name\nx y [1m');
});

test('what a spreadsheet would compute stands behind an apostrophe where that is asked for', async () => {
  const names = ['=HYPERLINK("x")', '+1', '-2', '@a', '\tb', 'plain.jpg'];
  const n = names.length;
  const rows = {
    ids: names.map((_, i) => String(i)),
    names,
    labels: names,
    vectors: new Float32Array(n).fill(-1),
    n,
    d: 1,
  };
  const written = async (guard: boolean) => {
    const directory = join(folder, String(guard));
    const report = await exportEmbeddings({ ...rows, guard, directory, formats: ['csv', 'npy'] });
    expect(report.failures).toEqual([]);
    const read = (file: string) => csvRecords(readFileSync(join(directory, file), 'utf8')).slice(1);
    return { csv: read('embeddings.csv'), npy: read('images.csv') };
  };
  const plain = await written(false);
  expect(plain.csv.map(([, name]) => name)).toEqual(names);
  const guarded = await written(true);
  const expected = names.map((name) => (name === 'plain.jpg' ? name : `'${name}`));
  expect(guarded.csv.map(([, name, label, number]) => [name, label, number])).toEqual(
    expected.map((name) => [name, name, '-1']),
  );
  expect(guarded.npy.map(([, , name, label]) => [name, label])).toEqual(expected.map((name) => [name, name]));
  const tags = {
    all: () => [{ id: 't', name: '=tag()' }],
    pieces: function* () {
      yield names.map((name, place) => ({ file: name, part: '', place }));
    },
  };
  const tagged = (guard: boolean) => csvRecords(toEnd(tagLines(tags as never, 'd', guard)).csv).slice(1);
  expect(tagged(false)).toEqual(names.toSorted().map((name) => [name, '=tag()']));
  expect(tagged(true)).toEqual(names.toSorted().map((name) => [expected[names.indexOf(name)], "'=tag()"]));
  const file = join(folder, 'confusion.csv');
  writeConfusion(
    file,
    {
      classes: ['=a', 'b'],
      confusion: [
        [1, 0],
        [0, 1],
      ],
    },
    true,
  );
  expect(csvRecords(readFileSync(file, 'utf8'))[0]).toEqual(['actual \\ predicted', "'=a", 'b']);
});

test.skipIf(process.platform === 'win32')('a home is its owner’s alone, also one that was not', () => {
  const home = join(folder, 'home');
  mkdirSync(home, { mode: 0o755 });
  writeFileSync(join(home, 'lookalike.db'), '', { mode: 0o644 });
  openHome(home).lock.release();
  expect(statSync(home).mode & 0o777).toBe(0o700);
  expect(statSync(join(home, 'lookalike.db')).mode & 0o777).toBe(0o600);
});

test('what fails for the home is told with its remedy, also where one file was met first; what lies elsewhere is not', () => {
  const home = join(folder, 'home');
  mkdirSync(home, { recursive: true });
  const system = (code: string) => Object.assign(new Error(code), { code });
  expect(ofHome(system('SQLITE_IOERR_WRITE'), home)).toMatchObject({ key: 'unwritable-home.disk' });
  const checkpoint = writeFailed(join(home, 'runs', 'a', 'checkpoints', 'step-1.safetensors'), system('EROFS'));
  expect(ofHome(checkpoint, home)).toMatchObject({ key: 'unwritable-home.read-only', values: { folder: home } });
  expect(ofHome(toWireError(checkpoint), home)).toMatchObject({ key: 'unwritable-home.read-only' });
  for (const other of [writeFailed(join(folder, 'export', 'a.npy'), system('EROFS')), system('EPROTO'), null, 'text'])
    expect(ofHome(other, home)).toBe(other);
});

test('what the system says of too many files, of a busy or a damaged database is a sentence', () => {
  const system = (code: string) => Object.assign(new Error(code), { code });
  for (const [code, sentence] of [
    ['EMFILE', /too many files are open/],
    ['SQLITE_BUSY_SNAPSHOT', /another program holds the history/],
    ['SQLITE_LOCKED', /another program holds the history/],
    ['SQLITE_CORRUPT_INDEX', /damaged .*doctor --repair/],
    ['SQLITE_FULL', /disk of .* is full/],
    ['SQLITE_READONLY_DBMOVED', /cannot be written/],
    ['SQLITE_IOERR_WRITE', /cannot be written .*its disk reports an error or has become read-only/],
    ['EACCES', /cannot be written by you .*change its permissions/],
    ['EROFS', /is read-only: make it writable, or copy the folder to another disk/],
    ['EFBIG', /cannot be written .EFBIG.: choose another/],
  ] as const)
    expect((storageError(system(code), folder) as Error).message).toMatch(sentence);
  const away = system('ETIMEDOUT');
  expect(storageError(away, folder)).toBe(away); // of a connection
  expect(storageError(Object.assign(away, { path: folder }), folder)).toMatchObject({ key: 'unwritable-home.errno' });
  const known = [
    'EMFILE',
    'ENFILE',
    'EIO',
    'ENAMETOOLONG',
    'ENOSPC',
    'EACCES',
    'EFBIG',
    'EINVAL',
    'ENOTEMPTY',
    'EEXIST',
  ];
  for (const code of [...known, 'EBUSY', 'ELOOP', 'ESTALE', 'ETIMEDOUT'])
    expect((writeFailed('/x', system(code)) as Error).message).not.toContain(code);
  const raw = Object.assign(new Error("EPROTO: protocol error, rename '/x.tmp' -> '/x'"), { code: 'EPROTO' });
  expect((writeFailed('/x', raw) as Error).message).toBe(
    'cannot write /x: the system refused it (EPROTO): choose another folder, or another disk',
  );
  expect(systemReason(system('EMFILE')).key).toBe('unreadable.handles');
});

test('free memory is known also where the system hides what could be had of it', () => {
  vi.spyOn(process, 'availableMemory').mockReturnValue(0);
  expect(freeMemory()).toBeGreaterThan(1e6);
  vi.restoreAllMocks();
});
