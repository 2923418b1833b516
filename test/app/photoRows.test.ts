/** Photos in the database: their ids and sizes, and the counts that are kept of them and of their tags. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { migrations, openDatabase, openStore } from '../../src-main/db/index.ts';
import { toEnd } from '../../shared/work.ts';
import { withDataset, found, file, facts } from '../helpers/database.ts';

test('a photo keeps its id under another name and time; the two Unicode forms are two photos', () =>
  withDataset(({ images }) => {
    images.add('d1', [found('caf\u00e9.jpg'), found('cafe\u0301.jpg'), found('b.jpg')]);
    const [b, decomposed, composed] = images.present('d1');
    expect([b!.file, decomposed!.file, composed!.file]).toEqual(['b.jpg', 'cafe\u0301.jpg', 'caf\u00e9.jpg']);
    images.place([{ id: b!.id, file: 'a.jpg', bytes: 10, modified: 2 }]);
    images.add('d1', [found('b.jpg')]); // its first id is taken by the photo that was here before
    const [moved, other] = images.present('d1');
    expect([moved!.id, moved!.file, moved!.modified]).toEqual([b!.id, 'a.jpg', 2]);
    expect(other!.id).not.toBe(b!.id);
    expect(images.ruled('d1')[0]).toMatchObject({ file: 'a.jpg', firstFile: 'b.jpg' });
    images.setGone([moved!.id]);
    expect(images.get(b!.id)!.gone).toBe(1);
    expect(images.present('d1').length).toBe(3);
  }));

test('100,000 photos go in and come out whole', () =>
  withDataset(({ images, datasets }) => {
    for (let batch = 0; batch < 100; batch++)
      images.add(
        'd1',
        Array.from({ length: 1000 }, (_, i) => found(`class${i % 10}/${batch * 1000 + i}.jpg`)),
      );
    expect(datasets.counts('d1').images).toBe(100_000);
    expect(images.usable('d1').length).toBe(100_000);
    expect(images.page('d1', { search: '/99' }, 5, 10)).toMatchObject({ total: 1111, rows: { length: 10 } });
  }));

/** What image_counts says, by counting. */
const counted = (path: string) => {
  const db = new Database(path, { readonly: true });
  const kinds = `dataset_id, gone, excluded, label IS NOT NULL, coalesce(label, ''), format, width = 0`;
  const columns = 'dataset_id, gone, excluded, labelled, label, format, unread, images, bytes';
  const rows = (sql: string) => db.prepare(sql).raw().all();
  const result = {
    kept: rows(`SELECT ${columns} FROM image_counts WHERE images <> 0 ORDER BY 1, 2, 3, 4, 5, 6, 7`),
    real: rows(
      `SELECT ${kinds}, count(*), sum(iif(part = '', bytes, 0)) FROM images GROUP BY 1, 2, 3, 4, 5, 6, 7 ORDER BY 1, 2, 3, 4, 5, 6, 7`,
    ),
  };
  db.close();
  return result;
};

test('counts that are kept are those that counting gives, whatever is written', () => {
  withDataset(({ images, datasets }) => {
    images.add(
      'd1',
      Array.from({ length: 40 }, (_, i) => ({ ...found(`${i}.jpg`, i), label: i % 3 ? `l${i % 3}` : null })),
    );
    const all = images.present('d1');
    const some = (from: number) => all.slice(from, from + 9);
    const format = (i: number) => (i % 2 ? 'jpeg' : 'png');
    images.setFacts(
      some(2).map(({ id }, i) => ({
        id,
        width: 4,
        height: 3,
        format: format(i),
        hash: null,
        content: id,
        notes: null,
      })),
    );
    images.setGone(some(5).map(({ id }) => id));
    images.setGone(
      some(25).map(({ id }) => id),
      3,
    );
    images.setExcluded(
      some(12).map(({ id }) => id),
      true,
    );
    images.setExcluded(
      some(14).map(({ id }) => id),
      false,
    );
    images.setRuled(some(16).map(({ id }, i) => ({ id, label: i % 2 ? 'new' : null, heldOut: 1, group: null })));
    images.place(some(6).map(({ id, file: name }) => ({ id, file: `moved/${name}`, bytes: 7, modified: 9 })));
    expect(datasets.counts('d1')).toMatchObject({ images: images.present('d1').length, excluded: 2 });
  });
  const { kept, real } = counted(file());
  expect(kept.length).toBeGreaterThan(8);
  expect(kept).toEqual(real);
});

test('counts of a home that had none are made when it is opened', () => {
  const before = migrations.findIndex(({ name }) => name === 'pages and counts of a million photos');
  const old = openDatabase(file(), migrations.slice(0, before));
  old.exec(`INSERT INTO datasets (id, name, folder, added_at) VALUES ('d1', 'Photos', '/photos', 1);
    INSERT INTO images (id, dataset_id, file, bytes, modified, label, held_out)
      VALUES ('a', 'd1', 'a.jpg', 5, 1, 'cat', 0), ('b', 'd1', 'b.jpg', 6, 1, NULL, 0)`);
  old.close();
  openStore(file()).close();
  const { kept, real } = counted(file());
  expect(kept.length).toBe(2);
  expect(kept).toEqual(real);
});

test('how many photos have a tag is kept, whatever comes and goes', () => {
  withDataset(({ images, tags }) => {
    images.add('d1', [found('a.jpg'), found('b.jpg'), found('c.jpg')]);
    const [a, b, c] = images.present('d1').map(({ id }) => id) as [string, string, string];
    for (const id of ['s', 't']) tags.insert({ id, name: id, color: '#d55e00', key: null, createdAt: 1 });
    const counts = () => Object.fromEntries(tags.all().map(({ id, images: n }) => [id, n]));
    expect(counts()).toEqual({ s: 0, t: 0 });
    tags.tag('s', [a, b, a], true);
    tags.tag('t', [b, c], true);
    expect(counts()).toEqual({ s: 2, t: 2 });
    images.setGone([b]);
    images.setGone([b]);
    expect(counts()).toEqual({ s: 1, t: 1 });
    tags.tag('s', [b], false); // one that is not there
    images.setGone([b], 0);
    expect(counts()).toEqual({ s: 1, t: 2 });
    tags.tag('t', tags.everyImage('s'), true);
    tags.remove('s');
    expect(counts()).toEqual({ t: 3 });
  });
  const db = new Database(file());
  db.pragma('foreign_keys = ON');
  db.exec("DELETE FROM images WHERE file = 'a.jpg'");
  expect(db.prepare('SELECT images FROM tag_counts').pluck().all()).toEqual([2]);
  db.close();
});

test('how many photos of each folder have a tag is kept too, and counted among those of a collection', () => {
  withDataset((store) => {
    const { collections, datasets, images, tags } = store;
    datasets.insert({ id: 'd2', name: 'Others', folder: '/others', addedAt: 2 });
    images.add('d1', [found('a.jpg'), found('b.jpg'), found('c.jpg')]);
    images.add('d2', [found('a.jpg'), found('d.jpg')]);
    const [a, b, c] = images.present('d1').map(({ id }) => id) as [string, string, string];
    const others = images.present('d2').map(({ id }) => id);
    for (const id of ['s', 't']) tags.insert({ id, name: id, color: '#d55e00', key: null, createdAt: 1 });
    tags.tag('s', [a, b, ...others], true);
    tags.tag('t', [b, c], true);
    collections.insert({ id: 'k', name: 'k', addedAt: 3, parent: 'd1', tag: 't' }, [a, b]); // b stands twice in it
    const counts = (id: string) => Object.fromEntries(toEnd(tags.counts(id)));
    expect([counts('d1'), counts('d2'), counts('k')]).toEqual([{ s: 2, t: 2 }, { s: 2 }, { s: 2, t: 2 }]);
    expect(tags.all().map((tag) => tag.images)).toEqual([4, 2]);
    images.setGone([a, others[0]!]);
    expect([counts('d1'), counts('d2'), counts('k')]).toEqual([{ s: 1, t: 2 }, { s: 1 }, { s: 1, t: 2 }]);
    const here = (tag: string, of: string) => [...tags.here(tag, of)].flat();
    expect([here('s', 'd1'), here('s', 'd2'), here('s', 'k')]).toEqual([[b], [others[1]], [b]]);
    expect([here('t', 'd1'), here('t', 'k'), here('t', 'd2')]).toEqual([[b, c].sort(), [b, c].sort(), []]);
    images.setGone([a], 0);
    tags.tag('t', [b], false);
    expect([counts('d1'), counts('d2'), counts('k')]).toEqual([{ s: 2, t: 1 }, { s: 1 }, { s: 2, t: 1 }]);
    tags.tag('s', others, false);
    expect(counts('d2')).toEqual({});
  });
});

test('a home that kept one count for all folders has one for each when it is opened', () => {
  const step = migrations.findIndex(({ name }) => name === 'how many photos of each folder have a tag');
  const old = openDatabase(file(), migrations.slice(0, step));
  old.exec(`INSERT INTO datasets (id, name, folder, added_at) VALUES ('d1', 'A', '/a', 1), ('d2', 'B', '/b', 1);
    INSERT INTO images (id, dataset_id, file, bytes, modified, held_out, gone)
      VALUES ('d1-a', 'd1', 'a.jpg', 5, 1, 0, 0), ('d1-b', 'd1', 'b.jpg', 6, 1, 0, 1), ('d2-a', 'd2', 'a.jpg', 6, 1, 0, 0);
    INSERT INTO tags VALUES ('s', 's', '#d55e00', NULL, 1), ('t', 't', '#d55e00', NULL, 1);
    INSERT INTO image_tags VALUES ('s', 'd1-a'), ('s', 'd1-b'), ('s', 'd2-a')`);
  old.close();
  const { tags, close } = openStore(file());
  expect(tags.all().map(({ id, images }) => [id, images])).toEqual([
    ['s', 2],
    ['t', 0],
  ]);
  expect(['d1', 'd2'].map((id) => [...toEnd(tags.counts(id))])).toEqual([[['s', 1]], [['s', 1]]]);
  tags.tag('s', ['d2-a'], false);
  tags.tag('t', ['d1-a'], true);
  expect(['d1', 'd2'].map((id) => Object.fromEntries(toEnd(tags.counts(id))))).toEqual([{ s: 1, t: 1 }, {}]);
  close();
});

test('sizes are of a sample, for which a folder that was only listed is not gone through', () =>
  withDataset(({ images }) => {
    images.add(
      'd1',
      Array.from({ length: 7000 }, (_, i) => found(`${i}.jpg`)),
    );
    const ids = images
      .present('d1')
      .map(({ id }) => id)
      .sort();
    const read = (some: string[]) => images.setFacts(some.map((id) => ({ ...facts, id })));
    read(ids.slice(6000));
    expect([...images.sizes('d1')].flat()).toEqual([]);
    read(ids.slice(100, 150));
    expect([...images.sizes('d1')].flat()).toEqual(Array.from({ length: 50 }, () => ({ width: 4, height: 3 })));
    read(ids);
    // between the pieces others have a turn
    expect([...images.sizes('d1')].map(({ length }) => length)).toEqual([1000, 1000]);
  }, ':memory:'));
