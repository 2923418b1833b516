/** One selection for every list of photos, and what is done with it. */
import { describe, expect, it } from 'vitest';
import { csvRecords } from '../../../shared/csv.ts';
import { IdList } from '../../../shared/idList.ts';
import { besideIn } from '../../../src-renderer/lib/beside.ts';
import { choosing } from '../../../src-renderer/lib/choosing.ts';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { Selection } from '../../../src-renderer/state/selection.svelte.ts';
import { Tags } from '../../../src-renderer/state/tags.svelte.ts';
import { photoListFile } from '../../../src-renderer/state/photo-actions.svelte.ts';
import { App } from '../../../src-renderer/state/app.svelte.ts';
import { runRecord } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

const ids = Array.from({ length: 50_000 }, (_, i) => `p${i}`);
const list = { count: ids.length, between: (first: number, last: number) => ids.slice(first, last + 1) };

it('lets go of what was chosen in another folder, and of nothing where the folder is the same', () => {
  const selection = new Selection();
  selection.set(['a', 'b']);
  expect(selection.standIn('one')).toEqual([]); // nobody said yet whose they are
  expect(selection.standIn('one')).toEqual([]);
  expect(selection.size).toBe(2);
  expect(selection.standIn('two')).toEqual(['a', 'b']);
  expect(selection.size).toBe(0);
});

describe('choosing in a list', () => {
  const selection = new Selection();
  const opened: string[] = [];
  const { press, keydown } = choosing(
    selection,
    () => ['a', 'b', 'c'],
    (id) => opened.push(id),
  );
  const clicked = (keys: object = {}) => ({ shiftKey: false, ctrlKey: false, metaKey: false, ...keys });
  /** Whether the key was taken; `focused` is told which neighbour had the focus then. */
  const key = (name: string, index: number, keys: object = {}, focused = (_: string) => {}) => {
    let taken = false;
    const beside = (side: string) => ({ querySelector: () => ({ focus: () => focused(side) }) });
    const item = { nextElementSibling: beside('next'), previousElementSibling: beside('previous') };
    const event = {
      ...{ key: name, shiftKey: false, ctrlKey: false, metaKey: false, ...keys },
      currentTarget: { closest: () => item },
      preventDefault: () => (taken = true),
      stopPropagation() {},
    };
    keydown(event, ['a', 'b', 'c'][index]!, index);
    return taken;
  };
  const chosen = () => [...selection.ids].sort().join('');

  it('opens at a click, and chooses with Control or from one to another with Shift', async () => {
    press(clicked(), 'b', 1);
    expect([opened, chosen()]).toEqual([['b'], '']);
    press(clicked({ ctrlKey: true }), 'a', 0);
    press(clicked({ shiftKey: true }), 'c', 2);
    await settled();
    expect([opened, chosen()]).toEqual([['b'], 'abc']);
  });

  it('does the same by keys, goes to the photo beside, and leaves other keys alone', async () => {
    expect([key('Escape', 0), chosen()]).toEqual([true, '']);
    expect([key(' ', 1), chosen()]).toEqual([true, 'b']);
    key(' ', 2, { shiftKey: true });
    await settled();
    expect(chosen()).toBe('bc');
    key('a', 0, { ctrlKey: true });
    await settled();
    expect(chosen()).toBe('abc');
    const focused: string[] = [];
    for (const name of ['ArrowRight', 'ArrowLeft']) key(name, 1, {}, (side) => focused.push(side));
    expect(focused).toEqual(['next', 'previous']);
    selection.clear();
    key('ArrowRight', 1, { shiftKey: true }, () => {}); // what is walked over with Shift is chosen
    await settled();
    expect(chosen()).toBe('bc');
    key('ArrowRight', 2, { shiftKey: true }, () => {}); // there is none beside the last
    await settled();
    expect(chosen()).toBe('bc');
    selection.clear();
    expect(['Enter', 'a', 'Escape'].map((name) => key(name, 0))).toEqual([false, false, false]);
  });
});

describe('Selection', () => {
  it('chooses one, a range from there, and all', async () => {
    const selection = new Selection();
    selection.toggle('p3', 3, list);
    expect(selection.last).toEqual({ imageId: 'p3', on: true });
    await selection.extend(list, 5);
    await selection.extend(list, 1); // from the same beginning
    expect([...selection.ids].sort()).toEqual(['p1', 'p2', 'p3', 'p4', 'p5']);
    selection.toggle('p2', 2, list);
    expect([selection.has('p2'), selection.last]).toEqual([false, { imageId: 'p2', on: false }]);
    await selection.all(list);
    expect(selection.size).toBe(50_000);
    selection.clear();
    expect(selection.size).toBe(0);
  });

  it('begins a range anew in another list', async () => {
    const selection = new Selection();
    selection.toggle('p3', 3, list);
    await selection.extend({ count: 9, between: (first, last) => ids.slice(first, last + 1) }, 7);
    expect([...selection.ids]).toEqual(['p3', 'p7']);
  });

  it('drops a range that arrives after something else was chosen', async () => {
    const selection = new Selection();
    const slow = {
      count: 9,
      between: (first: number, last: number) => settled(20).then(() => ids.slice(first, last + 1)),
    };
    const range = selection.all(slow);
    selection.toggle('p30', 30, list);
    await range;
    expect([...selection.ids]).toEqual(['p30']);
  });
});

const tag = (id: string, more = {}) => ({ id, name: id, color: '#000000', key: null, images: 1, ...more });

describe('tags of chosen photos', () => {
  const start = (had: string[]) => {
    const tagged = new Set(had);
    const kept = new Map<string, string>();
    const fake = fakeClient({
      'tags.set': ({ imageIds, on }) => {
        const changed = imageIds.filter((id) => tagged.has(id) !== on);
        for (const id of changed)
          if (on) tagged.add(id);
          else tagged.delete(id);
        return { changed, rejected: [] };
      },
    });
    const app = new App({
      client: fake.client,
      desktop: null,
      languages: ['en'],
      address: { hash: '', replace: () => {}, onChange: () => () => {} },
      storage: { getItem: (key) => kept.get(key) ?? null, setItem: (key, value) => void kept.set(key, value) },
    });
    app.tags.list = [tag('heron', { key: 1 })];
    return { app, tagged, fake };
  };

  it('are set, and undone as they were: what had the tag before keeps it', async () => {
    const { app, tagged } = start(['a']);
    app.selection.set(['a', 'b']);
    await app.photoActions.tag('heron');
    expect([...tagged].sort()).toEqual(['a', 'b']);
    expect(app.toasts.list[0]!.text).toBe('1 photo was tagged “heron”.');
    app.toasts.list[0]!.action!.run();
    await settled();
    expect([...tagged]).toEqual(['a']);
  });

  it('are set on all that was chosen by the keys before, also what is still asked for', async () => {
    const { app, tagged } = start([]);
    let answer = (_: readonly string[]) => {};
    const list = { count: 3, between: () => new Promise<readonly string[]>((resolve) => (answer = resolve)) };
    void app.selection.all(list);
    expect(app.selection.isChoosing).toBe(true); // for the key of a tag: as quick as Ctrl+A, 1 is typed
    void app.photoActions.tag('heron');
    await settled();
    answer(['a', 'b', 'c']);
    await settled();
    expect([...tagged].sort()).toEqual(['a', 'b', 'c']);
    expect(app.selection.isChoosing).toBe(false);
  });

  it('are set by the name of a tag that there is, and never taken by it', async () => {
    const { app, tagged, fake } = start(['a', 'b']);
    app.selection.set(['a', 'b']);
    await app.photoActions.createTag(' Heron');
    expect([...tagged].sort()).toEqual(['a', 'b']);
    expect(fake.calls.map(([method]) => method)).not.toContain('tags.create');
  });

  it('are taken where all have it, and undone', async () => {
    const { app, tagged } = start(['a', 'b']);
    app.selection.set(['a', 'b']);
    await app.photoActions.tag('heron');
    expect([...tagged]).toEqual([]);
    app.toasts.list[0]!.action!.run();
    await settled();
    expect([...tagged].sort()).toEqual(['a', 'b']);
  });

  it('are not set while nobody answers: it would be done whenever somebody does', async () => {
    const { app, fake } = start([]);
    app.selection.set(['a']);
    app.lostAt = 1;
    await app.photoActions.tag('heron');
    expect(fake.calls).toEqual([]);
  });

  it('of a CSV are said and undone', async () => {
    const { app, tagged, fake } = start(['b']);
    const answer = { rows: 3, tagged: 2, withoutPhoto: { count: 1, some: ['x.jpg'] } };
    fake.answer('tags.import', ({ datasetId, csv }) => {
      expect([datasetId, csv]).toEqual(['d', 'a.jpg,heron']);
      for (const id of ['a', 'c']) tagged.add(id);
      return { ...answer, set: [{ tagId: 'heron', changed: ['a', 'c'], rejected: [] }] };
    });
    expect(await app.photoActions.importTags('d', 'a.jpg,heron')).toMatchObject(answer);
    const [toast] = app.toasts.list;
    expect(toast!.text).toBe('2 tags were set by 3 lines of the CSV.');
    toast!.action!.run();
    await settled();
    expect([...tagged]).toEqual(['b']);
  });

  it('lead to the map of a run that knows their folder, the one used last before others', async () => {
    const { app } = start([]);
    app.library.datasets = ['birds', 'boats'].map((id) => ({ id, parent: null })) as never;
    app.runs.list = ['a', 'b'].map((id) => runRecord(id, { datasetId: 'birds', epoch: 1 }));
    const where = (id: string | null) => {
      app.router.go('library', id);
      app.photoActions.showOnMap();
      const { place, query } = app.router.route;
      return [place, query];
    };
    expect(where('birds')).toEqual(['explore', { run: 'a' }]);
    expect(where(null)).toEqual(['explore', { run: 'a' }]); // the first folder is open
    app.memory.set('lastRun', 'b');
    expect(where('birds')).toEqual(['explore', { run: 'b' }]);
    expect(where('boats')).toEqual(['explore', { folder: 'boats' }]); // to be embedded there
  });

  it('do nothing where nothing is chosen', async () => {
    const { app, fake } = start([]);
    await app.photoActions.tag('heron');
    expect(fake.calls).toEqual([]);
  });
});

it('saves a list of photos as CSV and JSON', () => {
  const photo = {
    id: 'x',
    folder: 'Birds',
    file: 'a, b.jpg',
    path: '/birds/a, b.jpg',
    label: null,
    tags: ['heron', 'flight'],
  };
  expect(photoListFile([photo], 'csv').split(/\r?\n/)[1]).toBe('Birds,"a, b.jpg","/birds/a, b.jpg",,heron; flight');
  expect(JSON.parse(photoListFile([photo], 'json'))).toEqual([photo]);
});

it('writes a list of which a spreadsheet computes nothing, and whose letters it takes for what they are', () => {
  const photo = {
    ...{ id: '1', folder: '鸟', file: '-1+2.jpg', path: '/鸟/-1+2.jpg', label: '=1+2' },
    tags: ['@home', '🐦, 近'],
  };
  const csv = photoListFile([photo], 'csv');
  expect(csv.startsWith('\ufefffolder,')).toBe(true);
  expect(csvRecords(csv.slice(1))[1]).toEqual(['鸟', "'-1+2.jpg", '/鸟/-1+2.jpg', "'=1+2", "'@home; 🐦, 近"]);
  expect(photoListFile([], 'csv')).toBe('folder,file,path,label,tags\r\n');
});

it('walks a list of photos and stays at its ends', () => {
  expect(besideIn(['a', 'b', 'c'], 'b', 1)).toBe('c');
  expect(besideIn(['a', 'b', 'c'], 'c', 1)).toBe('c');
  expect(besideIn(['a', 'b', 'c'], 'a', -1)).toBe('a');
  expect(besideIn(['a'], 'elsewhere', 1)).toBe('elsewhere');
});

it('tags and takes back a million photos a part at a time, and answers all that changed', async () => {
  const fake = fakeClient({
    'tags.set': ({ imageIds }) => ({ changed: imageIds.filter((id) => id.endsWith('7')), rejected: [] }),
    'tags.delete': () => ({
      tag: { id: 't' } as never,
      imageIds: IdList.of(many).bytes,
      rejected: IdList.of(others).bytes,
    }),
    'tags.restore': ({ tag }) => ({ ...tag, id: 'again' }),
    'tags.reject': ({ imageIds }) => ({ changed: imageIds }),
  });
  const others = Array.from({ length: 250_000 }, (_, i) => `q${i}`);
  const many = Array.from({ length: 120_000 }, (_, i) => `p${i}`);
  const tags = new Tags(fake.client, new I18n());
  expect((await tags.set('t', many, true)).changed.length).toBe(12_000);
  const sizes = () =>
    fake.calls.map(([method, params]) => [method, (params as { imageIds?: string[] }).imageIds?.length]);
  expect(sizes()).toEqual([50_000, 50_000, 20_000].map((size) => ['tags.set', size]));
  const undo = await tags.delete('t');
  fake.calls.length = 0;
  await undo();
  expect(sizes()).toEqual([
    ['tags.restore', 50_000],
    ['tags.set', 50_000],
    ['tags.set', 20_000],
    ...Array.from({ length: 4 }, () => ['tags.reject', 50_000]),
  ]);
  expect(fake.calls.flatMap(([, params]) => (params as { rejected?: string[] }).rejected ?? [])).toHaveLength(50_000);
  expect(fake.calls.at(-1)![1]).toMatchObject({ tagId: 'again', on: true });
  expect(fake.calls[2]![1]).toMatchObject({ tagId: 'again', on: true });
});
