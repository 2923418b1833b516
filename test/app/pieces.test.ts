/** What needs a look at every photo of a folder or of a collection: in pieces, and as one statement would have it. */
import Database from 'better-sqlite3';
import { expect, test } from 'vitest';
import { IdList } from '../../shared/idList.ts';
import { byName } from '../../shared/names.ts';
import { toEnd } from '../../shared/work.ts';
import type { Work } from '../../shared/work.ts';
import { Gone } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { file, found, tag, undescribed, withDataset } from '../helpers/database.ts';

const COUNT = 6000;

/** The folder d1 of 6,000 photos and one more that has gone, and of every other photo the collection c. */
function filled(store: Store): string[] {
  const { images, collections } = store;
  images.add(
    'd1',
    Array.from({ length: COUNT }, (_, i) => found(`${String(i).padStart(4, '0')}.jpg`)),
  );
  images.add('d1', [found('gone.jpg')]);
  const all = images.present('d1').map(({ id }) => id);
  collections.insert(
    { id: 'c', name: 'c', addedAt: 1, parent: 'd1', tag: null },
    all.filter((_, i) => i % 2 === 0),
  );
  images.setGone([all.at(-1)!], Gone.replaced);
  return all.slice(0, COUNT);
}

/** What the work comes to, and in how many pieces. */
function counted<T>(work: Work<T>): { value: T; pieces: number } {
  for (let pieces = 0; ; pieces++) {
    const { done, value } = work.next();
    if (done) return { value, pieces };
  }
}

/** By a second connection, when the store has let go of the file. */
function asked<T>(sql: string, ...parameters: unknown[]): T[] {
  const db = new Database(file());
  try {
    return db.prepare(sql).all(...parameters) as T[];
  } finally {
    db.close();
  }
}

const ofCollection = "AND images.id IN (SELECT image_id FROM collection_members WHERE dataset_id = 'c')";

test('stars and keywords are counted, and found, as one statement does', () => {
  const told: Record<string, unknown> = {};
  withDataset((store) => {
    const all = filled(store);
    const { descriptions } = store;
    expect(toEnd(descriptions.finding('d1'))).toEqual({ ratings: [], keywords: [] });
    descriptions.set(
      all.map((id, i) => ({
        ...undescribed,
        id,
        rating: i % 7 === 0 ? null : (i % 7) - 2,
        keywords: i % 3 === 0 ? ['gull'] : i % 3 === 1 ? ['Gull', 'Étang', `few ${i % 50}`] : [],
      })),
    );
    for (const id of ['d1', 'c']) {
      const { value, pieces } = counted(descriptions.finding(id));
      expect(pieces).toBeGreaterThan(3);
      told[id] = value;
      told[`${id} rated`] = [...descriptions.ratedPieces(id, 3)].flat().sort();
      const named = [...descriptions.keywordPieces(id, 'GULL')];
      expect(named.length).toBeGreaterThan(2);
      told[`${id} named`] = named.flat().sort();
    }
  });
  for (const [id, and] of [
    ['d1', ''],
    ['c', ofCollection],
  ] as const) {
    const here = `images WHERE dataset_id = 'd1' AND gone = 0 ${and}`;
    const withKeyword = here.replace('WHERE', 'JOIN image_keywords ON image_id = images.id WHERE');
    expect(told[id]).toEqual({
      ratings: asked(
        `SELECT rating, count(*) AS images FROM ${here} AND rating IS NOT NULL GROUP BY 1 ORDER BY 1 DESC`,
      ),
      keywords: asked<{ keyword: string; images: number }>(
        `SELECT min(keyword) AS keyword, count(*) AS images FROM ${withKeyword} GROUP BY keyword COLLATE NOCASE`,
      ).sort((one, other) => other.images - one.images || byName(one.keyword, other.keyword)),
    });
    const ids = (sql: string) => asked<{ id: string }>(sql).map((row) => row.id);
    expect(told[`${id} rated`]).toEqual(ids(`SELECT id FROM ${here} AND rating = 3 ORDER BY id`));
    expect(told[`${id} named`]).toEqual(
      ids(`SELECT DISTINCT id FROM ${withKeyword} AND keyword = 'gull' COLLATE NOCASE ORDER BY id`),
    );
  }
});

test('files that cannot be used are those of the folder, and of a collection those of its photos', () =>
  withDataset((store) => {
    filled(store);
    const { images } = store;
    const files = Array.from({ length: 3000 }, (_, i) => `${String(i).padStart(4, '0')}.jpg`);
    images.putScanned(
      'd1',
      [...files, 'none.txt'].map((name) => ({ file: name, reason: 'is none' })),
    );
    const { value, pieces } = counted(images.skipped('c', 100, 3));
    expect(pieces).toBeGreaterThan(3);
    expect(value.total).toBe(1500);
    expect(value.files.map((row) => row.file)).toEqual(['0200.jpg', '0202.jpg', '0204.jpg']);
    expect(toEnd(images.skipped('c', 0, -1)).files.length).toBe(1500);
    expect(toEnd(images.skipped('d1', 2999, 9))).toMatchObject({ total: 3001, files: [{ file: '2999.jpg' }, {}] });
    expect(store.datasets.counts('c').skipped).toBe(1500);
    // an unreadable photo stays listed, whatever the next listing finds
    const unreadable = images.named('d1', '0001.jpg')[0]!.id;
    images.putSkipped('d1', [{ file: '0001.jpg', reason: 'is none', code: 'unreadable', id: unreadable }]);
    const before = [...images.scannedPieces('d1')];
    expect(before.length).toBeGreaterThan(2);
    expect(before.flat()).toEqual([...files, 'none.txt'].filter((name) => name !== '0001.jpg'));
  }));

test('a sample is the same where nearly all photos were taken out, found some at a time', () =>
  withDataset((store) => {
    const all = filled(store);
    const { images } = store;
    const kept = new Set([3, 4, 1000, 5998].map((i) => all[i]!));
    images.setExcluded(
      all.filter((id) => !kept.has(id)),
      true,
    );
    const { value, pieces } = counted(images.sampling('d1', 192));
    expect(value).toEqual(images.usable('d1'));
    expect(pieces).toBeGreaterThan(3);
    expect(toEnd(images.sampling('c', 192))).toEqual(images.usable('c'));
    expect(toEnd(images.sampling('d1', 2)).map(({ id }) => id)).toEqual(
      [...kept]
        .sort()
        .slice(0, 2)
        .map((id) => images.get(id)!)
        .sort((a, b) => (a.file < b.file ? -1 : 1))
        .map(({ id }) => id),
    );
  }));

test('a folder whose disk is gone is away, its parts as well, some at a time', () =>
  withDataset((store) => {
    const all = filled(store);
    const { images, datasets } = store;
    expect(images.anyParts('d1')).toBe(false);
    const whole = { width: 9, height: 9, format: 'tiff', empty: 0 };
    const parts = [1, 2, 3].map((i) => ({ part: `page ${i}`, width: 3, height: 3 }));
    images.divide({ datasetId: 'd1', id: all[0]! }, 'rule', whole, parts);
    expect(images.anyParts('d1')).toBe(true);
    const wholes = [...images.wholePieces('d1')];
    expect(wholes.length).toBeGreaterThan(1);
    expect(wholes.flat().map(({ id }) => id)).toEqual(all);
    expect(wholes.flat()[0]).toMatchObject({ gone: Gone.divided, divided: 'rule', parts: 3 });
    expect(datasets.counts('d1')).toMatchObject({ images: COUNT + 2, away: 0 });
    expect(counted(images.goingAway('d1')).pieces).toBeGreaterThan(3);
    expect(datasets.counts('d1')).toMatchObject({ images: 0, away: COUNT + 3 });
    images.setGone([all[0]!], Gone.divided);
    expect(counted(images.followingWholes('d1')).pieces).toBeGreaterThan(3);
    expect(datasets.counts('d1')).toMatchObject({ images: 3, away: COUNT - 1 });
  }));

test('what lies beside a photo is of that name, or of that without its ending, and found by its name', () => {
  withDataset(({ images, descriptions }) => {
    const names = ['a.jpg', 'a.jpg.png', 'a.png', 'a2.jpg', 'in/a.jpg', 'b.jpg'];
    images.add(
      'd1',
      names.map((name) => found(name)),
    );
    const waiting = () => [...descriptions.waiting('d1')].flat().map((row) => row.file);
    const described = () => descriptions.set(images.present('d1').map(({ id }) => ({ ...undescribed, id })));
    described();
    expect(waiting()).toEqual([]);
    descriptions.forget('d1', ['a', 'b.jpg']);
    expect(waiting()).toEqual(['a.jpg', 'a.jpg.png', 'a.png', 'b.jpg']);
    described();
    descriptions.forget('d1', ['a.jpg']);
    expect(waiting()).toEqual(['a.jpg', 'a.jpg.png']);
  });
});

test('sidecars of a whole folder do not go through it for each of them', () => {
  const statements: string[] = [];
  withDataset(({ images, descriptions }) => {
    images.add('d1', [found('a.jpg')]);
    descriptions.forget('d1', ['a']);
  });
  for (const called of ["file = 'a'", "file > 'a' || '.' AND file < 'a' || '/'"])
    statements.push(
      ...asked<{ detail: string }>(
        `EXPLAIN QUERY PLAN UPDATE images SET described = 0 WHERE dataset_id = 'd1' AND part = '' AND ${called}`,
      ).map(({ detail }) => detail),
    );
  expect(statements.every((detail) => /images_by_file \(dataset_id=\? AND file[=>]/.test(detail))).toBe(true);
});

test('photos that were said not to have a tag come in pieces', () =>
  withDataset((store) => {
    const all = filled(store);
    store.tags.insert({ ...tag, id: 't' });
    store.tags.reject('t', all, true);
    const pieces = [...store.tags.rejectedPieces('t')];
    expect(pieces.length).toBeGreaterThan(3);
    expect(pieces.flat()).toEqual(all.toSorted());
  }));

test('ids of several folders are joined as they stand', () => {
  const lists = [['d-a', 'd-bb'], [], ['other-é', 'other-c'], ['d-x']];
  expect([...IdList.joined(lists.map((ids) => IdList.of(ids)))]).toEqual(lists.flat());
  const longer = IdList.joined([IdList.of(['d-1']), IdList.of(['d-e-22', 'd-e-3'])]);
  expect([...longer]).toEqual(['d-1', 'd-e-22', 'd-e-3']);
  expect(longer.rowOf('d-e-3')).toBe(2);
});
