/** What the folder of a run keeps of the history, brought back into one that has lost it. */
import { mkdirSync } from 'node:fs';
import { expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { homePaths, repairHome } from '../../src-main/app/index.ts';
import { keptVersion } from '../../src-main/app/runs/keepRecord.ts';
import { keptFiles } from '../../src-main/app/runs/records.ts';
import { openStore } from '../../src-main/db/index.ts';
import { writeRecord } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';

/** A run on one folder with embeddings of it and of another. */
function keptOfRun() {
  const store = openStore(':memory:');
  for (const id of ['own', 'other']) store.datasets.insert({ id, name: id, folder: `/${id}`, addedAt: 1 });
  const run = { id: 'r', name: 'first', color: '#000', state: 'finished', preset: null, clonedFrom: null } as const;
  store.runs.insert({ ...run, datasetId: 'own', config: parseConfig({}), createdAt: 1, epochs: 1, images: 1 });
  const set = { runId: 'r', checkpointId: 'c', epoch: 1, fingerprint: 'f', images: 1, dimensions: 2, createdAt: 1 };
  for (const id of ['own', 'other']) store.embeddingSets.insert({ ...set, id: `of ${id}`, datasetId: id });
  return store.kept.ofRun('r');
}

test('embeddings of another folder come back with that folder', () => {
  const store = openStore(':memory:');
  store.kept.restore(keptOfRun());
  expect(store.datasets.all().map(({ id }) => id)).toEqual(['other', 'own']);
  expect(store.embeddingSets.all().map(({ id, datasetId }) => [id, datasetId])).toEqual([
    ['of other', 'other'],
    ['of own', 'own'],
  ]);
});

test('a run comes back without the embeddings of a folder that nothing names', () => {
  const { datasets, ...rows } = keptOfRun();
  const store = openStore(':memory:');
  store.kept.restore({ ...rows, datasets: datasets!.filter(({ id }) => id === 'own') }); // as earlier versions
  expect(store.runs.get('r')).toMatchObject({ name: 'first', datasetId: 'own' });
  expect(store.embeddingSets.all().map(({ id }) => id)).toEqual(['of own']);
});

test('a folder that contradicts itself costs no other run its place', async () => {
  const home = testFolder('kept');
  const { runs, ...rest } = keptOfRun();
  for (const [id, dataset_id] of [
    ['a', 'nowhere'],
    ['b', 'own'],
  ] as const) {
    const rows = { ...rest, embedding_sets: [], runs: runs!.map((run) => ({ ...run, id, dataset_id })) };
    mkdirSync(homePaths(home).run(id), { recursive: true });
    await writeRecord(keptFiles(homePaths(home), id).run, keptVersion, rows);
  }
  expect(await repairHome(home)).toMatchObject({ runs: 1, unreadable: ['a'] });
});
