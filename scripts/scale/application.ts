/**
 * The application over rows that only its database knows, asked as windows ask it: how long its thread is silent at
 * most, in processor time, so that what else the machine does is not counted. Answers are made frames as for a browser.
 */
import { mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { AppMethod, AppParams } from '../../shared/contract.ts';
import { parseConfig } from '../../shared/config.ts';
import { frameOf } from '../../shared/frames.ts';
import { IdList } from '../../shared/idList.ts';
import { createApp, homePaths } from '../../src-main/app/index.ts';
import { graphKind, graphNeighbours as k } from '../../src-main/app/explore/openSet.ts';
import { Findings } from '../../src-main/app/duplicates/findings.ts';
import { openStore } from '../../src-main/db/index.ts';
import { writeNpy } from '../../src-main/export/index.ts';
import { checkNpy, writeArrays, writeFileAtomic, writeRecord } from '../../src-main/files/index.ts';
import { addPhotos } from '../bench/rows.ts';

const [datasetId, runId, embeddingSetId, tagId] = ['d', 'r', 's', 't'];
/** Numbers of an embedding: the threads that search are not what is measured here. */
const D = 16;
const CLUSTERS = 50;

/** Photos of a hundred classes, half of them with a tag, an embedding with graph, clusters and map, and duplicates. */
async function fill(home: string, n: number): Promise<void> {
  const paths = homePaths(home);
  mkdirSync(home, { recursive: true });
  const store = openStore(paths.database);
  store.datasets.insert({ id: datasetId, name: 'Photos', folder: '/photos', addedAt: 1 });
  addPhotos(store, datasetId, n);
  const ids: string[] = [];
  for (const piece of store.images.pieces(datasetId, {})) for (const { id } of piece) ids.push(id);
  store.tags.insert({ id: tagId, name: 'half', color: '#d55e00', key: 1, createdAt: 1 });
  store.tags.tag(
    tagId,
    ids.filter((_, i) => i % 2 === 0),
    true,
  );
  store.runs.insert({
    ...{ id: runId, name: 'One', color: '#336699', state: 'finished', datasetId, preset: null, clonedFrom: null },
    ...{ config: parseConfig({}), createdAt: 1, epochs: 1, images: n },
  });
  const facts = { checkpointId: 'c', epoch: 1, fingerprint: 'f', images: n, dimensions: D, createdAt: 1 };
  store.embeddingSets.insert({ id: embeddingSetId, runId, datasetId, ...facts });
  store.close();

  const file = (ending: string) => `${paths.embeddings(runId)}/${embeddingSetId}.${ending}`;
  mkdirSync(dirname(file('npy')), { recursive: true });
  const data = Float32Array.from({ length: n * D }, (_, i) => Math.sin(i * 1.7 + (i % D) * (i >> 12)));
  await writeNpy(file('npy'), { shape: [n, D], data });
  await writeRecord(file('json'), 1, ids);
  const source = await checkNpy(file('npy'));
  const indices = Int32Array.from({ length: n * k }, (_, at) => (Math.floor(at / k) + 1 + (at % k)) % n);
  const similarities = Float32Array.from({ length: n * k }, (_, at) => 0.99 - (at % k) / 100 - (at % 997) / 1e5);
  await writeArrays(file('graph'), { ...graphKind, source }, [indices, similarities]);
  const clusters = Int32Array.from({ length: n }, (_, row) => Math.floor((row * CLUSTERS) / n));
  await writeArrays(file('clusters'), { kind: `clusters ${k}`, version: graphKind.version, source }, [clusters]);
  const places = Float32Array.from({ length: 2 * n }, (_, i) => Math.sin(i * 12.9898) * 10);
  await writeFileAtomic(file('umap'), new Uint8Array(places.buffer));
  await new Findings(paths.duplicates).set(
    { datasetId, embeddingSetId: null },
    {
      groups: Array.from({ length: Math.floor(n / 100) }, (_, g) => ({
        kind: 'picture',
        ids: [ids[g * 100]!, ids[g * 100 + 1]!],
      })),
      looked: { ids: IdList.of(ids), versions: IdList.of(ids.map(() => '1000 1')) },
      missed: 0,
    },
  );
}

/** Milliseconds in which nothing is asked, so that what follows a change by itself is not counted to the next question. */
const REST = 3000;

/** What is asked, in the order in which a person would; null: nothing for a while. */
function questions(n: number, ids: readonly string[]): [string, AppMethod | null, object | null][] {
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
    ['duplicates', 'duplicates.get', { datasetId, kind: 'picture', offset: 0, limit: 50 }],
    ['all surplus', 'duplicates.surplus', { datasetId, kind: 'picture' }],
  ];
}

export interface Silence {
  name: string;
  /** The longest that the thread computed without a turn for others, milliseconds of its processor time. */
  longest: number;
  /** Processor time of the whole process for the answer, milliseconds. */
  spent: number;
}

/** @param home a folder of its own */
export async function silences(home: string, n: number): Promise<Silence[]> {
  await fill(home, n);
  const app = await createApp({ home, host: { kind: 'test', version: '0.0.0' }, embedsFinished: false });
  const used = (usage: NodeJS.CpuUsage) => (usage.user + usage.system) / 1000;
  let last = used(process.threadCpuUsage());
  let longest = 0;
  const turn = () => {
    const now = used(process.threadCpuUsage());
    longest = Math.max(longest, now - last);
    last = now;
  };
  const watch = setInterval(turn, 1);
  try {
    await sleep(2000); // its start is over
    const all = IdList.read(await app.handle('photos.ids', { datasetId }));
    const ids = Array.from({ length: Math.min(n, 600_000) }, (_, row) => all.at(row));
    const out: Silence[] = [];
    for (const [name, method, params] of questions(n, ids)) {
      await sleep(50);
      turn();
      longest = 0;
      const before = process.cpuUsage();
      if (method)
        frameOf({ type: 'response', id: 1, result: await app.handle(method, params as AppParams<AppMethod>) });
      await sleep(method ? 20 : REST);
      turn();
      out.push({ name, longest, spent: used(process.cpuUsage(before)) });
    }
    return out;
  } finally {
    clearInterval(watch);
    await app.close();
  }
}
