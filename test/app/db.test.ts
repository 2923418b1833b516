/** The database: migrations, ids, bulk insertion, bucketed reading, reconciliation of checkpoints, the lock. */
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { migrations, openDatabase, openStore } from '../../src-main/db/index.ts';
import { bucketedSteps } from '../../src-main/db/metrics.ts';
import { acquireLock, isLocked } from '../../src-main/files/index.ts';
import type { Store } from '../../src-main/db/index.ts';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'lookalike-db-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));
const file = () => join(directory, 'lookalike.db');

const found = (name: string, bytes = 10, modified = 1) => ({
  file: name,
  bytes,
  modified,
  content: null,
  label: null,
  heldOut: false,
});
const aStep = { step: 1, epoch: 0.1, loss: -0.5, zStdTraining: 1, learningRate: 0.1, trainingSeconds: 1, at: 1 };
const facts = { width: 4, height: 3, format: 'jpeg', hash: '00', content: 'ab', notes: null };
const undescribed = { rating: null, keywords: [], taken: null, camera: null };
const unruled = { label: null, heldOut: 0, group: null };
const tag = { name: 'Waders', color: '#d55e00', key: null, createdAt: 1 };
function withDataset(work: (store: Store) => void, database = file()) {
  const store = openStore(database);
  store.datasets.insert({ id: 'd1', name: 'Photos', folder: '/photos', addedAt: 1 });
  work(store);
  store.close();
}
function withRun(work: (store: Store) => void, database?: string) {
  withDataset((store) => {
    const base = {
      color: '#336699',
      state: 'queued',
      datasetId: 'd1',
      preset: null,
      clonedFrom: null,
      epochs: 3,
      images: 8,
    } as const;
    store.runs.insert({ ...base, id: 'r1', name: 'One', config: parseConfig({ epochs: 3 }), createdAt: 1 });
    work(store);
  }, database);
}

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
    tags.merge(['s'], 't');
    expect(counts()).toEqual({ t: 3 });
  });
  const db = new Database(file());
  db.pragma('foreign_keys = ON');
  db.exec("DELETE FROM images WHERE file = 'a.jpg'");
  expect(db.prepare('SELECT images FROM tag_counts').pluck().all()).toEqual([2]);
  db.close();
});

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

test('steps in buckets are found by their number, not each among all buckets', () => {
  withDataset(() => {});
  const db = new Database(file());
  const plan = db.prepare(`EXPLAIN QUERY PLAN ${bucketedSteps}`).all('r', -1, 0, 4, 'r') as { detail: string }[];
  expect(plan.map(({ detail }) => detail)).toContain('SEARCH step_metrics USING PRIMARY KEY (run_id=? AND step=?)');
  db.close();
});

test('searching takes the wildcards of LIKE as plain characters', () =>
  withDataset(({ images }) => {
    images.add('d1', [found('100%.jpg'), found('1000.jpg')]);
    expect(images.page('d1', { search: '100%' }, 0, 10).rows.map((row) => row.file)).toEqual(['100%.jpg']);
  }));

test('steps come back in buckets: last row, least and greatest loss; rewinding forgets the rest', () =>
  withRun(({ metrics }) => {
    const steps = Array.from({ length: 1000 }, (_, step) => ({
      step,
      epoch: step / 100,
      loss: step % 2 ? -0.5 : -0.1,
      zStdTraining: 1,
      learningRate: 0.1,
      trainingSeconds: step,
      at: step,
    }));
    metrics.putSteps('r1', steps);
    const rows = metrics.steps('r1', -1, 100);
    expect(rows.length).toBe(100);
    expect(rows[0]).toMatchObject({ step: 9, loss: -0.5, lossMin: -0.5, lossMax: -0.1 });
    expect(metrics.steps('r1', 989, 100).map((row) => row.step)).toEqual([
      990, 991, 992, 993, 994, 995, 996, 997, 998, 999,
    ]);
    expect(metrics.steps('r1', -1, 5000).at(-1)!.step).toBe(999);
    metrics.rewind('r1', 499);
    expect(metrics.steps('r1', -1, 5000).at(-1)!.step).toBe(499);
    metrics.putSteps('r1', [{ ...steps[500]!, loss: -0.7 }]);
    expect(metrics.steps('r1', -1, 5000).at(-1)).toMatchObject({ step: 500, loss: -0.7 });
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
  ['a tag renamed', ['tagged', 'searched', 'collected'], ({ tags }) => tags.update({ ...tag, id: 't2', name: 'b' })],
  ['a collection of another tag', ['collected'], ({ collections }) => collections.followInstead('t', 't2')],
  ['a list of another collection', [], ({ collections }) => collections.keepPhotos('t2')],
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
    expect(images.sizes('d1')).toEqual([]);
    read(ids.slice(100, 150));
    expect(images.sizes('d1')).toEqual(Array.from({ length: 50 }, () => ({ width: 4, height: 3 })));
    read(ids);
    expect(images.sizes('d1')).toHaveLength(2000);
  }, ':memory:'));

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

test('a run keeps its configuration; checkpoints follow the files', () =>
  withRun(({ runs, checkpoints }) => {
    expect(runs.get('r1')!.config).toEqual(parseConfig({ epochs: 3 }));
    const report = (name: string, step: number) =>
      ({
        file: name,
        epoch: step,
        step,
        bytes: 5,
        hasOptimizerState: true,
        kept: 'recent',
        knn: null,
        agreement: 0.5,
      }) as const;
    checkpoints.replace('r1', [report('a.safetensors', 1), report('b.safetensors', 2)], 1);
    const kept = checkpoints.ofRun('r1')[1]!;
    checkpoints.replace('r1', [report('b.safetensors', 2), report('c.safetensors', 3)], 2);
    expect(checkpoints.ofRun('r1').map((row) => row.file)).toEqual(['b.safetensors', 'c.safetensors']);
    expect(checkpoints.get(kept.id)!.createdAt).toBe(1);
    runs.remove('r1');
    expect(checkpoints.ofRun('r1')).toEqual([]);
  }));

test('a newer schema is refused, an older one is backed up and brought up to date, a failing step changes nothing', () => {
  openDatabase(file()).close();
  const later = [...migrations, { name: 'later', sql: 'CREATE TABLE later (x)' }];
  openDatabase(file(), later).close();
  expect(existsSync(`${file()}.backup-${migrations.length}`)).toBe(true);
  expect(() => openDatabase(file())).toThrow(/newer Lookalike/);
  const broken = [...later, { name: 'broken', sql: 'CREATE TABLE half (x); SELECT nothing FROM nowhere' }];
  expect(() => openDatabase(file(), broken)).toThrow();
  const db = openDatabase(file(), later);
  expect(db.prepare("SELECT name FROM sqlite_master WHERE name = 'half'").all()).toEqual([]);
  db.close();
  expect(readdirSync(directory).filter((name) => name.includes('backup')).length).toBeLessThanOrEqual(2);
});

test('a file that is no database is named, with the remedy', () => {
  writeFileSync(file(), 'x'.repeat(5000));
  expect(() => openDatabase(file())).toThrow(/damaged.*backup/);
});

test('settings that cannot be read any more fall back to their defaults', () => {
  withDataset((store) => void store.settings.set({ theme: 'dark' }));
  const db = new Database(file());
  db.prepare("INSERT INTO settings VALUES ('language', '\"tlh\"'), ('unknown', '1')").run();
  db.close();
  const store = openStore(file());
  expect(store.settings.get()).toMatchObject({ theme: 'dark', language: 'system' });
  store.close();
});

test('the lock is free the moment its process is killed', async () => {
  const lock = join(directory, 'lock');
  const module = new URL('../../src-main/files/lock.ts', import.meta.url).href;
  const child = spawn(process.execPath, [
    '--input-type=module',
    '-e',
    `
    const { acquireLock } = await import(${JSON.stringify(module)});
    globalThis.lock = acquireLock(${JSON.stringify(lock)});
    console.log(globalThis.lock ? 'held' : 'refused');
    setInterval(() => {}, 1000);`,
  ]);
  const said = await new Promise<string>((resolve) =>
    child.stdout.once('data', (chunk) => resolve(String(chunk).trim())),
  );
  expect(said).toBe('held');
  expect(acquireLock(lock)).toBeNull();
  expect(isLocked(lock)).toBe(true);
  const gone = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGKILL');
  await gone;
  const mine = acquireLock(lock);
  expect(mine).not.toBeNull();
  expect(acquireLock(lock)).toBeNull();
  mine!.release();
});
