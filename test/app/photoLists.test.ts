/** Lists of photos from the database: pages, pieces, searches, and what makes a list stale. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import type { Store } from '../../src-main/db/index.ts';
import { withDataset, found, file, tag, aStep, facts, undescribed, unruled, withRun } from '../helpers/database.ts';

test('pages are whole at any offset, whatever is asked for before and changed between', () =>
  withDataset(({ images }) => {
    const names = Array.from({ length: 500 }, (_, i) => `${String(i).padStart(3, '0')}.jpg`);
    images.add(
      'd1',
      names.map((name, i) => ({ ...found(name), label: i % 5 ? null : 'fifth' })),
    );
    const page = (offset: number, filter = {}) => images.page('d1', filter, offset, 20).rows.map((row) => row.file);
    for (const offset of [0, 300, 120, 480, 310, 499, 500, 0])
      expect(page(offset)).toEqual(names.slice(offset, offset + 20));
    const fifths = names.filter((_, i) => i % 5 === 0);
    expect(page(70, { label: 'fifth' })).toEqual(fifths.slice(70, 90));
    images.setExcluded([images.present('d1')[10]!.id], true);
    images.setGone([images.present('d1')[0]!.id]);
    expect(page(300)).toEqual(names.slice(301, 321));
    expect(page(310)).toEqual(names.slice(311, 331));
    for (const offset of [498, 200, 260, 480]) expect(page(offset)).toEqual(names.slice(offset + 1, offset + 21));
    expect(page(95, { label: 'fifth' })).toEqual(fifths.slice(96));
    expect(images.page('d1', { excluded: true }, 0, 9)).toMatchObject({ total: 1, rows: [{ file: names[10] }] });
    expect(images.page('d1', { label: 'fifth' }, 0, 1).total).toBe(99);
    expect(images.page('d1', { label: null, excluded: false }, 0, 1).total).toBe(400);
  }));

test('a long list is read in pieces, and is the list that pages show', () =>
  withDataset(({ images, tags, collections }) => {
    const count = 12_000;
    images.add(
      'd1',
      Array.from({ length: count }, (_, i) => ({ ...found(`${i}.jpg`), label: i % 5 ? null : 'fifth' })),
    );
    const all = images.present('d1').map(({ id }) => id);
    tags.insert({ id: 't', name: 'Waders', color: '#d55e00', key: null, createdAt: 1 });
    tags.tag('t', all.slice(0, 11_000), true);
    collections.insert({ id: 'c', name: 'some', addedAt: 1, parent: 'd1', tag: null }, all.slice(500, 11_500));
    images.setGone(all.slice(100, 102));
    images.setExcluded(all.slice(200, 203), true);
    const filters = [{}, { search: '99' }, { search: 'wader' }, { tagId: 't', excluded: false }, { label: 'fifth' }];
    for (const datasetId of ['d1', 'c'])
      for (const filter of filters) {
        const pieces = [...images.pieces(datasetId, filter)];
        const { total, rows } = images.page(datasetId, filter, 0, count);
        expect(pieces.length, JSON.stringify(filter)).toBeGreaterThan(3);
        expect(pieces.flat().map(({ id }) => id)).toEqual(rows.map(({ id }) => id));
        expect(pieces.flat().length).toBe(total);
        expect([...images.idPieces(datasetId, filter)].flat()).toEqual(pieces.flat().map(({ id }) => id));
        expect([...images.rowPieces(datasetId, filter)].flat()).toEqual(pieces.flat().map(({ row }) => row));
        expect(
          images.byRows(
            pieces
              .flat()
              .slice(7, 9)
              .map(({ row }) => row),
          ),
        ).toEqual(rows.slice(7, 9));
      }
    expect(images.isLong('d1', { search: 'a' })).toBe(true);
    expect(images.isLong('d1', { label: 'fifth' })).toBe(false);
    tags.tag('t', all.slice(1000, 11_000), false);
    expect(images.isLong('d1', { tagId: 't' })).toBe(false); // few have it now
    expect([...images.pieces('d1', { tagId: 't' })].map(({ length }) => length)).toEqual([998]);
  }));

test('places of pages are found in an index, without the rows', () => {
  withDataset(() => {});
  const db = new Database(file());
  const plan = (sql: string) =>
    (db.prepare(`EXPLAIN QUERY PLAN ${sql}`).all() as { detail: string }[]).map(({ detail }) => detail).join('; ');
  for (const filter of ['', 'AND excluded = 1', "AND label = 'a'", "AND file LIKE '%a%'"])
    expect(
      plan(
        `SELECT file, place FROM images WHERE dataset_id = 'd1' AND gone = 0 ${filter} ORDER BY file, place LIMIT 1 OFFSET 9`,
      ),
    ).toMatch(/^SEARCH images USING COVERING INDEX images_here [^;]*$/);
  db.close();
});

test('searching takes the wildcards of LIKE as plain characters', () =>
  withDataset(({ images }) => {
    images.add('d1', [found('100%.jpg'), found('1000.jpg')]);
    expect(images.page('d1', { search: '100%' }, 0, 10).rows.map((row) => row.file)).toEqual(['100%.jpg']);
  }));

/** Lists of the folder d1 and of a collection of it, and what each goes by. */
const lists = {
  all: ['d1', {}],
  inUse: ['d1', { excluded: false }],
  labelled: ['d1', { label: 'cat' }],
  tagged: ['d1', { tagId: 't' }],
  rated: ['d1', { rating: 3 }],
  searched: ['d1', { search: 'a' }],
  collected: ['c', {}],
  elsewhere: ['d2', {}],
} as const;
type Listed = keyof typeof lists;
const everywhere: Listed[] = ['all', 'inUse', 'labelled', 'tagged', 'rated', 'searched', 'collected'];

test.each<[string, Listed[], (store: Store, id: string) => void]>([
  ['figures of a training', [], ({ metrics }) => metrics.putSteps('r1', [aStep])],
  ['progress of a training', [], ({ runs }) => runs.update('r1', { step: 1 })],
  ['a photo that is read', [], ({ images }, id) => images.setFacts([{ ...facts, id }])],
  ['a hash of it', [], ({ images }, id) => images.setContents([{ id, content: 'ab' }])],
  ['a description that says nothing', [], ({ descriptions }, id) => descriptions.set([{ ...undescribed, id }])],
  ['a photo of another folder', ['elsewhere'], ({ images }) => images.add('d2', [found('z.jpg')])],
  ['a photo', everywhere, ({ images }) => images.add('d1', [found('z.jpg')])],
  ['one that is away', everywhere, ({ images }, id) => images.setGone([id])],
  ['another name', everywhere, ({ images }, id) => images.place([{ id, file: 'y.jpg', bytes: 10, modified: 1 }])],
  ['the same name', [], ({ images }, id) => images.place([{ id, file: 'a.jpg', bytes: 10, modified: 2 }])],
  ['one taken out', ['inUse'], ({ images }, id) => images.setExcluded([id], true)],
  ['a label', ['labelled', 'searched'], ({ images }, id) => images.setRuled([{ ...unruled, id, label: 'cat' }])],
  ['a side', [], ({ images }, id) => images.setRuled([{ ...unruled, id, heldOut: 1 }])],
  ['stars', ['rated'], ({ descriptions }, id) => descriptions.set([{ ...undescribed, id, rating: 4 }])],
  ['a keyword', ['searched'], ({ descriptions }, id) => descriptions.set([{ ...undescribed, id, keywords: ['a'] }])],
  ['a tag', ['tagged', 'searched', 'collected'], ({ tags }, id) => tags.tag('t', [id], true)],
  ['a tag that it has', [], ({ tags }, id) => tags.tag('t2', [id], true)],
  ['a tag deleted', ['tagged', 'searched', 'collected'], ({ tags }) => tags.remove('t2')],
  [
    'a tag renamed',
    ['tagged', 'searched', 'collected'],
    ({ tags }) => tags.update({ ...tag, naming: null, id: 't2', name: 'b' }),
  ],
  ['a collection of another tag', ['collected'], ({ collections }) => collections.followInstead('t', 't2')],
  ['a list of another collection', [], ({ collections }, id) => collections.put('c2', [id])],
])('%s makes the lists stale that go by it: %j', (_, stale, change) =>
  withRun((store) => {
    store.datasets.insert({ id: 'd2', name: 'Others', folder: '/others', addedAt: 1 });
    store.images.add('d1', [found('a.jpg'), found('b.jpg')]);
    const [one] = store.images.present('d1');
    for (const id of ['t', 't2']) store.tags.insert({ ...tag, id, name: id });
    store.tags.tag('t2', [one!.id], true);
    const collection = { id: 'c', name: 'Some', addedAt: 1, parent: 'd1', tag: 't' };
    store.collections.insert(collection, []);
    store.collections.insert({ ...collection, id: 'c2', tag: 't2' }, []);
    const counts = () =>
      Object.entries(lists).map(([name, [id, filter]]) => ({ name, n: store.images.changesOf(id, filter) }));
    const before = counts();
    change(store, one!.id);
    const changed = counts().filter(({ n }, i) => n !== before[i]!.n);
    expect(changed.map(({ name }) => name)).toEqual(stale);
  }, ':memory:'),
);

test('photos of a tag come in pieces, those of one folder, gone or not', () =>
  withDataset(({ datasets, images, tags }) => {
    datasets.insert({ id: 'd2', name: 'Others', folder: '/others', addedAt: 1 });
    const names = (count: number) => Array.from({ length: count }, (_, i) => found(`${i}.jpg`));
    images.add('d1', names(1203));
    images.add('d2', names(3));
    tags.insert({ ...tag, id: 't' });
    const all = images.present('d1').map(({ id }) => id);
    const others = images.present('d2').map(({ id }) => id);
    tags.tag('t', [...all.slice(1), ...others], true);
    images.setGone(all.slice(1, 3));
    const pieces = [...tags.pieces('t', 'd1')];
    expect(pieces.map(({ length }) => length)).toEqual([500, 500, 202]);
    expect(pieces.flat().map(({ id }) => id)).toEqual(all.slice(1).sort());
    expect(
      [...tags.pieces('t', 'd2')]
        .flat()
        .map(({ file }) => file)
        .sort(),
    ).toEqual(['0.jpg', '1.jpg', '2.jpg']);
    images.setGone(others);
    expect([tags.isIn('t', 'd1'), tags.isIn('t', 'd2')]).toEqual([true, false]);
  }, ':memory:'));
