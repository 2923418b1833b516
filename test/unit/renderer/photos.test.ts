/** Lists of photos that are read page by page, and the names of those that are shown. Over the real wire with answers of the test: no DOM. */
import { describe, expect, it } from 'vitest';
import { I18n } from '../../../src-renderer/state/i18n.svelte.ts';
import { PhotoNames } from '../../../src-renderer/state/photo-names.svelte.ts';
import { Photos, pageSize } from '../../../src-renderer/state/photos.svelte.ts';
import { Library } from '../../../src-renderer/state/library.svelte.ts';
import { Lab } from '../../../src-renderer/state/lab.svelte.ts';
import { Runs } from '../../../src-renderer/state/runs.svelte.ts';
import { Tags } from '../../../src-renderer/state/tags.svelte.ts';
import { given, numbered } from '../../../shared/naming.ts';
import { reason } from '../../../shared/reason.ts';
import { datasetRecord, experimentRecord, imageRecord as image, runRecord } from '../../helpers/records.ts';
import { fakeClient, settled } from './fake.ts';

it('what the program named is called in the language of the window, also when that changes; a typed name stays', async () => {
  const sample = given(reason('given.sample'));
  const { client } = fakeClient({ 'library.addSample': () => ({ ...datasetRecord('s'), ...sample }) });
  const i18n = new I18n();
  const [library, runs, tags, lab] = [Library, Runs, Tags, Lab].map((Of) => new Of(client, i18n)) as [
    Library,
    Runs,
    Tags,
    Lab,
  ];
  expect((await library.addSample()).name).toBe('sample photos');
  library.put(datasetRecord('typed', { name: 'sample photos' }));
  const folder = { datasetName: sample.name, datasetNaming: sample.naming };
  runs.put(runRecord('r', { ...folder, ...numbered(sample, 3) }));
  tags.list = [{ id: 't', color: '#000000', key: null, images: 1, ...given(reason('given.stars', { count: 1 })) }];
  lab.put(experimentRecord('e', folder));
  const all = () => [...library.datasets, ...runs.list, ...tags.list].map(({ name }) => name);
  const folders = () => [...runs.list, ...lab.list].map(({ datasetName }) => datasetName);
  expect(all()).toEqual(['sample photos', 'sample photos', 'sample photos 3', '1 star']);
  i18n.language = 'zh-CN';
  expect(all()).toEqual(['示例照片', 'sample photos', '示例照片 3', '1 星']);
  expect(folders()).toEqual(['示例照片', '示例照片']);
  runs.put(runs.get('r')!); // with what comes of it
  i18n.language = 'en';
  expect(all()).toEqual(['sample photos', 'sample photos', 'sample photos 3', '1 star']);
});

describe('Photos', () => {
  it('a list that was found empty stays so while it is read again: what is said of it keeps its button', async () => {
    const photos = new Photos(async () => ({ total: 0, images: [] }));
    const opening = photos.open(async () => ({ total: 0, images: [] }));
    expect(photos.loading).toBe(true);
    await opening;
    const again = photos.reload();
    expect(photos.loading).toBe(false);
    await again;
  });

  it('reads pages as they are needed and keeps a bounded number of them', async () => {
    const offsets: number[] = [];
    const photos = new Photos(async (offset, limit) => {
      offsets.push(offset);
      return { total: 50_000, images: Array.from({ length: limit }, (_, i) => image(offset + i)) };
    });
    await photos.reload();
    expect(photos.total).toBe(50_000);
    expect(photos.at(199)!.id).toBe('i199');
    expect(photos.at(25_000)).toBeUndefined();
    photos.need(25_000, 25_300);
    photos.need(25_000, 25_300); // asked twice while on its way: read once
    await settled();
    expect(photos.at(25_250)!.id).toBe('i25250');
    expect(offsets).toEqual([0, 25_000, 25_200]);
    for (let first = 0; first < 50_000; first += pageSize) {
      photos.need(first, first);
      await settled(0);
    }
    let kept = 0;
    for (let index = 0; index < 50_000; index += pageSize) if (photos.at(index)) kept++;
    expect(kept).toBe(24);
    expect(photos.at(49_999)).toBeDefined();
  });

  it('knows a range by itself where its pages are here', async () => {
    const photos = new Photos(async (offset, limit) => ({
      total: 1000,
      images: Array.from({ length: limit }, (_, i) => image(offset + i)),
    }));
    await photos.reload();
    expect(photos.between(198, 199)).toEqual(['i198', 'i199']);
    expect(photos.between(199, 200)).toBeNull();
    photos.need(200, 210);
    await settled();
    expect(photos.between(199, 200)).toEqual(['i199', 'i200']);
  });

  it('keeps what the grid asked for while the list was read again', async () => {
    let release = () => {};
    let slow = Promise.resolve();
    const photos = new Photos(async (offset, limit) => {
      if (offset === 20_000) await slow;
      return { total: 50_000, images: Array.from({ length: limit }, (_, i) => image(offset + i)) };
    });
    await photos.reload();
    photos.need(10_000, 10_000);
    photos.need(20_000, 20_000);
    await settled();
    slow = new Promise<void>((resolve) => (release = resolve));
    const reloaded = photos.reload();
    photos.need(40_000, 40_000);
    await settled();
    release();
    await reloaded;
    expect(photos.at(40_000)?.id).toBe('i40000');
    expect(photos.at(10_000)).toBeUndefined(); // of the list as it was
  });

  it('shows what is on screen until it is read again, wherever one has scrolled to', async () => {
    let tags: string[] = [];
    const photos = new Photos(async (offset, limit) => ({
      total: 50_000,
      images: Array.from({ length: limit }, (_, i) => ({ ...image(offset + i), tags })),
    }));
    await photos.reload();
    photos.need(30_100, 30_300);
    await settled();
    tags = ['heron'];
    const reloaded = photos.reload();
    expect(photos.at(30_250)).toMatchObject({ id: 'i30250', tags: [] });
    await reloaded;
    for (const index of [30_100, 30_250]) expect(photos.at(index)).toMatchObject({ id: `i${index}`, tags });
  });

  it('drops the answer of a filter that was left', async () => {
    let release!: () => void;
    const slow = new Promise<void>((resolve) => (release = resolve));
    const photos = new Photos(async () => (await slow, { total: 1, images: [image(1)] }));
    const first = photos.reload();
    await photos.open(async () => ({ total: 2, images: [image(7), image(8)] }));
    release();
    await first;
    expect(photos.total).toBe(2);
    expect(photos.at(0)!.id).toBe('i7');
  });
});

describe('PhotoNames', () => {
  it('asks for many names at once, each once, and gives them to who asked', async () => {
    const fake = fakeClient({
      'library.names': ({ imageIds }) => imageIds.map((id) => (id === 'x' ? null : `${id}.jpg`)),
    });
    const names = new PhotoNames(fake.client);
    for (const id of ['a', 'b', 'a', 'x']) expect(names.get(id)).toBeUndefined();
    await settled(60);
    expect(['a', 'b', 'x'].map(names.get)).toEqual(['a.jpg', 'b.jpg', '']);
    await settled(60);
    expect(fake.calls).toEqual([['library.names', { imageIds: ['a', 'b', 'x'] }]]);
  });
});
