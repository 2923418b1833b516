/** The one reader of CSV: what RFC 4180 says, and what programs write beside it. */
import { describe, expect, it } from 'vitest';
import { CsvError, csvLine, csvPieces, csvRecords, csvText, guarded, unguarded } from '../../shared/csv.ts';

describe('CSV', () => {
  it.each<[string, string, string[][]]>([
    ['nothing', '', []],
    ['fields, empty ones too', 'a,,"b""c",', [['a', '', 'b"c', '']]],
    ['every kind of line break', 'a\r\nb\nc\rd', [['a'], ['b'], ['c'], ['d']]],
    ['an empty line, and none behind the last break', 'a\n\nb\n', [['a'], [''], ['b']]],
    ['breaks and separators inside quotes', '"a\r\n,b",c\r\n', [['a\r\n,b', 'c']]],
    ['empty quotes', '""\n"",x', [[''], ['', 'x']]],
    ['a quote in the middle of a field as itself', 'a "b" c,d', [['a "b" c', 'd']]],
  ])('reads %s', (_, text, records) => {
    expect(csvRecords(text)).toEqual(records);
  });

  it('reads other separators', () => {
    expect(csvRecords('a,b;"c;d"\n1;2', ';')).toEqual([
      ['a,b', 'c;d'],
      ['1', '2'],
    ]);
    expect(csvRecords('a\tb', '\t')).toEqual([['a', 'b']]);
  });

  it.each<[string, string, string[][]]>([
    ['quoted semicolons in a file of commas', '"a;b;c.jpg",cat', [['a;b;c.jpg', 'cat']]],
    ['the same under a head', 'file,label\n"a;b;c.jpg",cat\n', [['file', 'label'], ['a;b;c.jpg', 'cat']]], // prettier-ignore
    ['quoted commas in a file of semicolons', 'file;label\r\n"a,b,c.jpg";x\r\n', [['file', 'label'], ['a,b,c.jpg', 'x']]], // prettier-ignore
    ['tabs', 'a, b.jpg\tx\nc.jpg\ty', [['a, b.jpg', 'x'], ['c.jpg', 'y']]], // prettier-ignore
    ['one column', 'a.jpg\n', [['a.jpg']]],
  ])('guesses the separator: %s', (_, text, records) => {
    expect(csvRecords(text)).toEqual(records);
  });

  it('reads the letters of UTF-8 and UTF-16, and takes those of other encodings for no others', () => {
    const text = 'file,label\n鸟.jpg,苍鹭\n';
    expect(csvText(Buffer.from(`\ufeff${text}`))).toBe(text);
    expect(csvText(Buffer.from(`\ufeff${text}`, 'utf16le'))).toBe(text);
    expect(csvText(Buffer.from(`\ufeff${text}`, 'utf16le').swap16())).toBe(text);
    const gbk = Buffer.concat([Buffer.from('a.jpg,'), Buffer.from([0xb2, 0xd4, 0xf0, 0xd8]), Buffer.from('\n')]);
    expect(() => csvText(gbk)).toThrow(expect.objectContaining({ key: 'bad-file.not-utf8' }));
    const png = Buffer.from([0x89, 0x50, 0x4e, 0x47, 13, 10, 26, 10, 0, 0, 0, 13]);
    expect(() => csvText(png)).toThrow(expect.objectContaining({ key: 'bad-file.not-csv' }));
  });

  it('guards what a spreadsheet would compute, and takes the guard away again', () => {
    expect(['=1', '-a.jpg', '@b', 'a=b', "'tis"].map(guarded)).toEqual(["'=1", "'-a.jpg", "'@b", 'a=b', "'tis"]);
    for (const text of ['=1', "'=1", "''-1", "'tis", '', "'", '+']) expect(unguarded(guarded(text))).toBe(text);
  });

  it('reads back what it writes', () => {
    const rows = [
      ['plain', 'with, comma', 'with "quotes"'],
      ['line\nbreak', '\r', ''],
      ['名', '"', ',"\r\n'],
    ];
    expect(csvRecords(rows.map(csvLine).join(''))).toEqual(rows);
  });

  it.each([
    'a\r\nb\nc\rd',
    'a\rb\r\rc',
    'a\n\nb\n',
    '"a\r\n,b",c\r\n"d\r\n",e',
    '""\n"",x\n\n',
    'a "b" c,d\n5" disk,x\ne,f\n',
    'file;label\r\n"a,b\r\n""c"".jpg";x\r\ny;z\r\n',
    '\n\n',
    '',
  ])('is the same in pieces of any size: %j', (text) => {
    for (let size = 1; size < text.length + 2; size++)
      expect([...csvPieces(text, undefined, size)].flat()).toEqual(csvRecords(text));
  });

  it('of a long text comes in pieces, between which others have a turn', () => {
    const text = 'file,label\r\n' + '"a, ""b"".jpg",cat\r\n'.repeat(30_000);
    const pieces = [...csvPieces(text)];
    expect(Math.max(...pieces.map(({ length }) => length))).toBeLessThan(10_000);
    expect(pieces.flat()).toEqual(csvRecords(text));
    // in whichever piece it stands
    expect(() => [...csvPieces(text + '"open,cat\r\n' + 'a,b\r\n'.repeat(30_000))]).toThrow(CsvError);
    expect(() => [...csvPieces(text + '"a"b,cat\r\n' + 'a,b\r\n'.repeat(30_000))]).toThrow(CsvError);
  });

  it('refuses a quote that stays open', () => {
    expect(() => csvRecords('a,"b')).toThrow(CsvError);
    expect(() => csvRecords('"a""')).toThrow(/quotation mark in it stands alone/);
    expect(() => csvRecords('"a"b,c')).toThrow(CsvError);
  });

  it.each<[string, string]>([
    ['a picture', '\ufffdPNG\r\n\x1a\n\0\0\0"IHDR'],
    ['a workbook', 'PK\x03\x04"\x14'],
    ['two bytes a character', 'f\0i\0l\0e\0'],
  ])('says that %s is none, and nothing of quotation marks', (_, text) => {
    expect(() => csvRecords(text)).toThrow(/another kind of file: save the table as CSV/);
  });
});
