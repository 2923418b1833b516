/** Columns of a terminal: what Chinese and emoji take, and how texts are cut, padded and folded by it. */
import { afterEach, describe, expect, test, vi } from 'vitest';
import { beside, columnsOf, cutTo, fold, foldAll, padTo, shorten } from '../../src-main/cli/columns.ts';
import { Output, table } from '../../src-main/cli/output.ts';
import { commands, runCommandLine } from '../../src-main/cli/run.ts';

afterEach(() => void vi.restoreAllMocks());

test.each([
  ['heron', 5],
  ['苍鹭', 4],
  ['苍鹭 heron', 10],
  ['ｱｲｳ', 3],
  ['한글', 4],
  ['🐦', 2],
  ['👩‍🔬', 2],
  ['🇨🇭', 2],
  ['e\u0301te\u0301', 3],
  ['', 0],
])('%j takes %d columns', (text, columns) => {
  expect(columnsOf(text)).toBe(columns);
  expect(columnsOf(padTo(text, 12))).toBe(12);
  expect(padTo(text, 12, 'start').endsWith(text)).toBe(true);
});

test('what is cut to some columns is never wider, and no character is taken apart', () => {
  expect(cutTo('照片照片照片', 5)).toBe('照片');
  expect(cutTo('ab👩‍🔬cd', 3)).toBe('ab');
  expect(cutTo('ab👩‍🔬cd', 4)).toBe('ab👩‍🔬');
  expect(cutTo('heron', 80)).toBe('heron');
});

test('what is shortened keeps whole words of its beginning, and its last part', () => {
  const line = 'epoch 12.50 of 200 (6 %), 1234 photos/s, 2 h 12 min left';
  expect(shorten(line, 56)).toBe(line);
  expect(shorten(line, 39)).toBe('epoch 12.50 of 200 … 2 h 12 min left');
  expect(shorten(line, 24)).toBe('epoch 12.50 of 200 …');
  expect(shorten('looking for photos in /a/folder/of/a/long/name: 7 found', 39)).toBe(
    'looking for photos in … 7 found',
  );
  expect(shorten('照片 照片照片照片, 照片', 11)).toBe('照片 … 照片');
  expect(shorten('unbreakable', 5)).toBe('unbre');
});

test('columns of a table stand below each other whatever script their cells are in', () => {
  const lines = table([
    ['name', 'state', 'disk'],
    ['苍鹭与白鹭', 'finished', '2.9 MB'],
    ['🐦 birds', '停止', '12.0 MB'],
    ['e\u0301te\u0301', 'failed', '-'],
  ]).split('\n');
  const where = (line: string, cell: string) => columnsOf(line.slice(0, line.indexOf(cell)));
  expect(where(lines[1]!, 'finished')).toBe(where(lines[0]!, 'state'));
  expect(where(lines[2]!, '停止')).toBe(where(lines[0]!, 'state'));
  expect(where(lines[3]!, 'failed')).toBe(where(lines[0]!, 'state'));
  expect(columnsOf(lines[1]!)).toBe(columnsOf(lines[2]!));
});

test('a progress line fits its terminal, which a wrapped one would fill with what it cannot take back', () => {
  const isTTY = Object.getOwnPropertyDescriptor(process.stderr, 'isTTY');
  const columns = Object.getOwnPropertyDescriptor(process.stderr, 'columns');
  Object.defineProperty(process.stderr, 'isTTY', { value: true, configurable: true });
  vi.stubEnv('TERM', 'xterm');
  Object.defineProperty(process.stderr, 'columns', { value: 20, configurable: true });
  const write = vi.spyOn(process.stderr, 'write').mockReturnValue(true);
  new Output(false).progress('looking for photos in 我的照片/二零二六年: 12 found');
  Object.defineProperty(process.stderr, 'isTTY', isTTY ?? { value: undefined, configurable: true });
  vi.unstubAllEnvs();
  Object.defineProperty(process.stderr, 'columns', columns ?? { value: undefined, configurable: true });
  expect(write.mock.calls.map(([text]) => text)).toEqual(['looking … 12 found']);
});

describe('folding', () => {
  test('a paragraph has lines that fit, none of them empty', () => {
    expect(fold('a bb  ccc\ndddd', 6)).toEqual(['a bb', 'ccc', 'dddd']);
    expect(fold('unbreakable', 4)).toEqual(['unbreakable']);
  });
  test('what is said of a name stands beside it, or below where there is no room', () => {
    expect(beside('  --out', 'write the whole report', 9, 29)).toEqual(['  --out  write the whole', '         report']);
    expect(beside('  --language NAME', 'of it', 9, 29)).toEqual(['  --language NAME', '         of it']);
    expect(beside('  --out', 'write the report', 20, 18)).toEqual(['  --out', '      write the', '      report']);
  });
  test('examples stay as they are', () => {
    expect(foldAll('one two three\nfour\n\n  lookalike train ~/Pictures --preset quick\n\nend', 10)).toBe(
      'one two\nthree four\n\n  lookalike train ~/Pictures --preset quick\n\nend',
    );
  });
});

test.each([40, 80])('the help of every command fits a terminal of %d columns, and says its options', async (width) => {
  const columns = Object.getOwnPropertyDescriptor(process.stdout, 'columns');
  for (const stream of [process.stdout, process.stderr]) stream.setMaxListeners(0); // each command listens once
  Object.defineProperty(process.stdout, 'columns', { value: width, configurable: true });
  const write = vi.spyOn(process.stdout, 'write').mockReturnValue(true);
  const said = async (...args: string[]) => {
    write.mockClear();
    expect(await runCommandLine(args)).toBe(0);
    return write.mock.calls.map(([text]) => String(text)).join('');
  };
  const texts = [await said('help')];
  for (const { name, options } of commands) {
    const text = await said(name, '--help');
    for (const option of Object.keys(options)) expect(text).toContain(`--${option}`);
    texts.push(text);
  }
  if (columns) Object.defineProperty(process.stdout, 'columns', columns);
  // what is copied into a shell, and what stands in brackets or is no two words, is not taken apart
  const mayBeWider = (line: string) => /^ *(lookalike|cd) |^ *\[.*\]$|^ *\S+( \(\S*\))?$/.test(line);
  const wide = texts.flatMap((text) => text.split('\n')).filter((line) => columnsOf(line) > width);
  expect(wide.filter((line) => width === 80 || !mayBeWider(line))).toEqual([]);
});
