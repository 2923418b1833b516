/**
 * The application over rows that only its database knows, asked as windows ask it: how long its thread is silent at
 * most, in processor time, so that what else the machine does is not counted. Answers are made frames as for a browser.
 */
import { execFileSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseConfig } from '../../shared/config.ts';
import type { AppMethod, AppParams } from '../../shared/contract.ts';
import { frameOf } from '../../shared/frames.ts';
import { IdList } from '../../shared/idList.ts';
import { createApp } from '../../src-main/app/index.ts';
import { datasetId, embeddingSetId, tagId } from './names.ts';
import { watchSilence } from './silence.ts';

/** Milliseconds in which nothing is asked, so that what follows a change by itself is not counted to the next question. */
const REST = 3000;

/** What is asked; null: nothing for a while. */
type Questions = (n: number, ids: readonly string[]) => [string, AppMethod | null, object | null][];

/** In the order in which a person would. */
export const usual: Questions = (n, ids) => {
  const page = (offset: number, filter = {}) => ({ datasetId, offset, limit: 100, ...filter });
  const set = { embeddingSetId };
  const many = ids.slice(0, 100_000);
  return [
    ['folders and counts', 'library.list', null],
    ['page, first', 'library.images', page(0)],
    ['page, middle', 'library.images', page(n >> 1)],
    ['page, end', 'library.images', page(n - 100)],
    ['page of a label', 'library.images', page(0, { label: '7' })],
    ['end of a label', 'library.images', page(Math.floor(n / 100) - 50, { label: '7' })],
    ['page of a search', 'library.images', page(0, { search: '99' })],
    ['page of a tag', 'library.images', page(n >> 2, { tagId })],
    ['all photos', 'photos.ids', { datasetId }],
    ['all of a search', 'photos.ids', { datasetId, search: '99' }],
    ['tags', 'tags.list', null],
    ['all of a tag', 'tags.images', { tagId, datasetId }],
    ['100,000 tagged', 'tags.set', { tagId, imageIds: many, on: true }],
    ['100,000 taken out', 'library.exclude', { imageIds: many, excluded: true }],
    ['page after it', 'library.images', page(n >> 1)],
    ['what is kept of it', null, null],
    ['labels taken away', 'library.setLabels', { datasetId, source: 'none', depth: 1 }],
    ['labels by folders', 'library.setLabels', { datasetId, source: 'folders', depth: 1 }],
    ['a fifth held out', 'library.setHeldOut', { datasetId, fraction: 0.2 }],
    ['groups by names', 'library.setGroups', { datasetId, by: 'names' }],
    ['plan of a run', 'runs.plan', { datasetId, preset: 'quick', patch: {} }],
    ['the same with another setting', 'runs.plan', { datasetId, preset: 'quick', patch: { imageSize: 64 } }],
    ['embedding opened, map', 'explore.map', { ...set, layout: 'pca' }],
    ['map by UMAP', 'explore.map', { ...set, layout: 'umap' }],
    ['neighbours', 'explore.neighbours', { ...set, imageId: ids[n >> 1]! }],
    ['clusters', 'explore.clusters', { ...set, count: 20 }],
    ['outliers', 'explore.outliers', { ...set, count: 60 }],
    ['rest of a tag', 'explore.find', { ...set, tagId }],
    ['picked', 'explore.pick', { ...set, count: 20, heedTags: false, by: 'varied' }],
    ['picked, half of all tagged', 'explore.pick', { ...set, count: 20, heedTags: true, by: 'mix' }],
    ['picked by doubt', 'explore.pick', { ...set, count: 20, heedTags: true, by: 'uncertain' }],
    ['duplicates', 'duplicates.get', { datasetId, kind: 'picture', offset: 0, limit: 50 }],
    ['all surplus', 'duplicates.surplus', { datasetId, kind: 'picture' }],
    ['200,000 as a collection', 'library.collect', { imageIds: ids.slice(0, 200_000), name: 'some' }],
  ];
};

/** What is asked once in a while, of photos that stars and keywords are known of. */
export const seldom: Questions = (_, ids) => {
  const rejected = ids.slice(0, 100_000);
  return [
    ['stars and keywords', 'library.described', { datasetId }],
    ['tags of a keyword', 'tags.adopt', { datasetId, of: [{ keyword: 'often' }] }],
    ['tags of stars', 'tags.adopt', { datasetId, of: [{ rating: 3, name: 'three' }] }],
    ['a tag, wherever it is', 'tags.images', { tagId }],
    ['100,000 said not to have it', 'tags.reject', { tagId, imageIds: rejected, on: true }],
    ['rest of that tag', 'explore.find', { embeddingSetId, tagId }],
    ['tag deleted', 'tags.delete', { tagId }],
    [
      'views',
      'library.previewViews',
      { datasetId, imageSize: 32, augment: parseConfig({}).augment, seed: 1, count: 1 },
    ],
    ['groups by names', 'library.setGroups', { datasetId, by: 'names' }],
    ['200,000 of them as a collection', 'library.collect', { imageIds: ids.slice(0, 200_000), name: 'some' }],
    ['folders and counts', 'library.list', null],
    ['tags as a CSV', 'tags.export', { datasetId }],
  ];
};

/** A line for each photo, by its name as addPhotos gives it; looked at, taken, and taken once more over it. */
export const fromCsv: Questions = (n) => {
  const csv = Array.from({ length: n }, (_, i) => `${i % 100}/${i}.jpg,kind ${i % 50}\n`).join('');
  const labels = { datasetId, source: 'csv', depth: 1, csv };
  return [
    ['CSV looked at', 'library.readCsv', { datasetId, csv }],
    ['labels from it', 'library.setLabels', labels],
    ['the same again', 'library.setLabels', labels],
  ];
};

export interface Silence {
  name: string;
  /** The longest that the thread computed without a turn for others, milliseconds of its processor time. */
  longest: number;
  /** Processor time of the whole process for the answer, milliseconds. */
  spent: number;
}

/** @param home a folder of its own @param filling what fill.ts is given besides */
export async function silences(
  home: string,
  n: number,
  questions: Questions,
  filling: readonly string[] = [],
): Promise<Silence[]> {
  const filler = fileURLToPath(new URL('fill.ts', import.meta.url));
  execFileSync(process.execPath, ['--disable-warning=ExperimentalWarning', filler, home, String(n), ...filling]);
  const app = await createApp({ home, host: { kind: 'test', version: '0.0.0' }, embedsFinished: false });
  const watch = watchSilence();
  try {
    await sleep(2000); // its start is over
    const all = IdList.read(await app.handle('photos.ids', { datasetId }));
    const ids = Array.from({ length: Math.min(n, 600_000) }, (_, row) => all.at(row));
    const out: Silence[] = [];
    for (const [name, method, params] of questions(n, ids)) {
      await sleep(50);
      watch.longest();
      const before = process.cpuUsage();
      if (method)
        frameOf({ type: 'response', id: 1, result: await app.handle(method, params as AppParams<AppMethod>) });
      await sleep(method ? 20 : REST);
      const { user, system } = process.cpuUsage(before);
      out.push({ name, longest: watch.longest(), spent: (user + system) / 1000 });
    }
    return out;
  } finally {
    watch.stop();
    await app.close();
  }
}
