/** Labels from a CSV: its rows, and what of them has found its photo, by what, and what has not. */
import { expect, it, vi } from 'vitest';
import { readCsv } from '../../src-main/app/library/csv.ts';
import { matchCsv } from '../../src-main/app/library/csvMatch.ts';
import { csvReport } from '../../src-main/app/library/rules.ts';
import { toEnd } from '../../shared/work.ts';
import { Gone, openStore } from '../../src-main/db/index.ts';

const row = (file: string, label: string | null) => ({ file, label, group: null, side: null });

it('names the lines without a photo and the photos without a line', () => {
  const store = openStore(':memory:');
  store.datasets.insert({ id: 'd', name: 'd', folder: '/d', addedAt: 1 });
  const found = ['cats/1.jpg', 'cats/2.jpg', 'dogs/2.jpg', 'dogs/3.jpg'];
  store.images.add(
    'd',
    found.map((file) => ({ file, bytes: 1, modified: 1, content: null, label: null, heldOut: false })),
  );
  const lines = [
    row('cats/1.jpg', 'cat'),
    row('3.jpg', 'dog'), // by name, as there is one of it
    row('2.jpg', 'cat'), // two photos have this name
    row('birds/1.jpg', 'bird'),
    row('dogs/2.jpg', null),
  ];
  store.csvLabels.use('d', toEnd(store.csvLabels.keep('d', lines)));
  expect(toEnd(csvReport(store, 'd'))).toEqual({
    rows: 5,
    matched: 3,
    labelled: 2,
    grouped: 0,
    test: 0,
    how: { path: 2, name: 1, absolute: 0, case: 0, ending: 0 },
    withoutPhoto: { count: 2, some: expect.arrayContaining(['2.jpg', 'birds/1.jpg']) },
    withoutRow: { count: 1, some: ['cats/2.jpg'] },
    contradicted: { count: 0, some: [] },
  });
  const given = [row('cats/1.jpg', 'cat'), row('cats/1.jpg', 'dog'), row('dogs/2.jpg', 'x'), row('dogs/2.jpg', 'x')];
  const lost = [row('gone.jpg', 'a'), row('gone.jpg', 'b')];
  expect(toEnd(csvReport(store, 'd', [...given, ...lost])).contradicted).toEqual({ count: 1, some: ['cats/1.jpg'] });
});

/** What each photo of /home/me/Photos is matched to. */
function matched(files: string[], csv: string[]) {
  const photos = files.map((file) => ({ id: file, file, part: '', firstFile: file, gone: Gone.here }));
  const lines = csv.map((file) => row(file, 'x'));
  const found = toEnd(matchCsv(photos, lines, '/home/me/Photos'));
  return files.map((file) => {
    const match = found.get(file);
    return match ? `${match.how} ${match.row.file}` : null;
  });
}

it('finds photos by absolute paths, of this computer and of another', () => {
  expect(
    matched(
      ['cats/1.jpg', 'dogs/1.jpg', 'top.jpg', 'birds/7.jpg'],
      ['/home/me/Photos/cats/1.jpg', 'C:/data/set/dogs/1.jpg', '/mnt/other/top.jpg', '/mnt/other/birds/8.jpg'],
    ),
  ).toEqual([
    'absolute /home/me/Photos/cats/1.jpg',
    'absolute C:/data/set/dogs/1.jpg',
    'absolute /mnt/other/top.jpg',
    null,
  ]);
});

it('gives the line of one photo to no other', () => {
  // the second photo has no line: that of the first ends as it is called
  expect(matched(['old/cats/1.jpg', 'cats/1.jpg'], ['old/cats/1.jpg'])).toEqual(['path old/cats/1.jpg', null]);
  expect(matched(['a/x.jpg', 'a/X.jpg', 'a/x.png'], ['a/x.jpg'])).toEqual(['path a/x.jpg', null, null]);
  expect(matched(['old/cats/1.jpg', 'cats/1.jpg'], ['old/cats/1.jpg', '/mnt/cats/1.jpg'])).toEqual([
    'path old/cats/1.jpg',
    'absolute /mnt/cats/1.jpg',
  ]);
});

it('finds photos in other case and without their ending, where nothing else can be meant', () => {
  expect(matched(['Cats/IMG_1.JPG', 'dogs/2.png'], ['cats/img_1.jpg', 'dogs/2'])).toEqual([
    'case cats/img_1.jpg',
    'ending dogs/2',
  ]);
  expect(matched(['a/x.jpg'], ['/data/set/A/X'])).toEqual(['ending /data/set/A/X']);
  // two photos would be it, and two lines
  expect(matched(['a/x.jpg', 'a/x.png'], ['a/x'])).toEqual([null, null]);
  expect(matched(['a/x.jpg'], ['A/x.jpg', 'a/X.jpg'])).toEqual([null]);
  expect(matched(['a/x.jpg'], ['A/x.jpg', 'a/x.jpg'])).toEqual(['path a/x.jpg']);
  expect(matched(['p/1.jpg', 'q/1.jpg'], ['/data/1.jpg'])).toEqual([null, null]);
});

it('knows columns by their names, or as they are given', () => {
  const text = 'patient,split,filename,class\nanna,val,1.jpg,cat\nbo,train,2.jpg,\n';
  expect(toEnd(readCsv(text))).toMatchObject({
    header: ['patient', 'split', 'filename', 'class'],
    columns: { file: 2, label: 3, group: 0, split: 1, header: true },
    rows: [
      { file: '1.jpg', label: 'cat', group: 'anna', side: 'test' },
      { file: '2.jpg', label: null, group: 'bo', side: 'train' },
    ],
  });
  const columns = (header: string) => toEnd(readCsv(`${header}\n${header.replaceAll(/[^,]+/g, 'x')}\n`)).columns;
  const none = { label: null, group: null, split: null, header: true };
  expect(columns('Plate,Well,treatment,phenotype,image_path')).toEqual({ ...none, file: 4, label: 3, group: 0 });
  expect(columns('Metadata_Well,Metadata_Plate,FileName,Set')).toEqual({ ...none, file: 2, group: 1, split: 3 });
  expect(columns('image id,Species,Animal ID')).toEqual({ ...none, file: 0, label: 1, group: 2 });
  expect(columns('文件名,类别')).toEqual({ ...none, file: 0, label: 1 });
  expect(columns('file,weight')).toMatchObject({ header: false }); // no name of it says what it is
  const given = { file: 2, label: 0, group: null, split: null, header: true };
  expect(toEnd(readCsv(text, given)).rows).toEqual([
    { file: '1.jpg', label: 'anna', group: null, side: null },
    { file: '2.jpg', label: 'bo', group: null, side: null },
  ]);
  expect(toEnd(readCsv('1.jpg,cat\n'))).toMatchObject({ header: ['1', '2'], columns: { header: false } });
});

it('reads quotes and separators, with and without a header, and names a line without a label', () => {
  const parseLabels = (text: string) => toEnd(readCsv(text)).rows.map(({ file, label }) => [file, label]);
  expect([...parseLabels('a.jpg\tx\nb.jpg\t"y ""z"""')]).toEqual([
    ['a.jpg', 'x'],
    ['b.jpg', 'y "z"'],
  ]);
  expect([...parseLabels('\ufefflabel,path\nx,a/b.jpg\n')]).toEqual([['a/b.jpg', 'x']]);
  expect([...parseLabels('file;label\r\n"a;1.jpg";"x\r\ny"\r\n\r\nb.jpg;\r\n')]).toEqual([
    ['a;1.jpg', 'x\r\ny'],
    ['b.jpg', null],
  ]);
  expect([...parseLabels('"a;b;c.jpg",cat\n')]).toEqual([['a;b;c.jpg', 'cat']]);
  expect(() => parseLabels('file,label\na.jpg,x\nb.jpg\n')).toThrow(/line 3/);
  expect(() => parseLabels('file,label\na.jpg,"x\nb.jpg,y\n')).toThrow(/a quotation mark in it stands alone/);
});

it('matches many photos with no map that grows with them all at once', () => {
  const names = Array.from({ length: 8000 }, (_, i) => `folder ${i % 20}/IMG_${i}.jpg`);
  const set = vi.spyOn(Map.prototype, 'set');
  try {
    const lines = names.map((name, i) => (i % 2 === 0 ? name : name.toUpperCase()));
    const hows = lines.map((line, i) => `${i % 2 === 0 ? 'path' : 'case'} ${line}`);
    expect(matched(names, lines)).toEqual(hows);
    const largest = Math.max(...new Set(set.mock.contexts as Map<unknown, unknown>[]).values().map(({ size }) => size));
    expect(largest).toBeLessThan(names.length / 10);
  } finally {
    set.mockRestore();
  }
});
