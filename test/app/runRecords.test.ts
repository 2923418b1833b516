/** What the folders of runs keep of photos that were taken out: however many, nobody waits for it. */
import { existsSync, mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { addPhotos } from '../../scripts/bench/rows.ts';
import { parseConfig } from '../../shared/config.ts';
import type { Dataset, Evaluation, RunSummary } from '../../shared/contract.ts';
import { toEnd } from '../../shared/work.ts';
import { AppEvents } from '../../src-main/app/events.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { keptFiles, RunRecords } from '../../src-main/app/runs/records.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Store } from '../../src-main/db/index.ts';
import { readLines, readRecord } from '../../src-main/files/index.ts';
import { testFolder } from '../helpers/folders.ts';

const PHOTOS = 3000;
let home: string;
let store: Store;
let ids: string[];
let records: RunRecords;
const events = new AppEvents();
const changed = () => events.emit({ name: 'dataset', dataset: { id: 'd' } as Dataset });

beforeEach(() => {
  home = testFolder('records');
  store = openStore(join(home, 'lookalike.db'));
  store.datasets.insert({ id: 'd', name: 'Photos', folder: '/photos', addedAt: 1 });
  addPhotos(store, 'd', PHOTOS);
  ids = store.images.present('d').map(({ id }) => id);
  store.runs.insert({
    ...{ id: 'r', name: 'One', color: '#336699', state: 'finished', datasetId: 'd', preset: null, clonedFrom: null },
    ...{ config: parseConfig({}), createdAt: 1, epochs: 1, images: PHOTOS },
  });
  mkdirSync(homePaths(home).run('r'), { recursive: true });
  records = new RunRecords({ store, paths: homePaths(home), events });
});
afterEach(async () => {
  await records.close();
  store.close();
});

const file = () => keptFiles(homePaths(home), 'r').takenOut;
const kept = async () =>
  (await Array.fromAsync(readLines(file(), 1)))
    .flat()
    .map((row) => (row as { id: string }).id)
    .sort();

/** Turns of the event loop that others have while something is done. */
async function turnsDuring(work: () => Promise<void>): Promise<number> {
  let turns = 0;
  let isOver = false;
  const turn = () => {
    turns++;
    if (!isOver) setImmediate(turn);
  };
  setImmediate(turn);
  await work();
  isOver = true;
  return turns;
}

test('all that was taken out is kept, those that are away too, with a turn for others between pieces', async () => {
  store.images.setExcluded(ids, true);
  store.images.setGone(ids.slice(0, 10));
  changed();
  const sizes = Array.from(store.kept.takenOut('d'), (piece) => piece.length);
  expect(Math.max(...sizes)).toBeLessThanOrEqual(500);
  expect(await turnsDuring(() => records.flush())).toBeGreaterThanOrEqual(2 * sizes.length);
  expect(await kept()).toEqual([...ids].sort());
  expect(store.kept.ofRun('r')).not.toHaveProperty('images');
});

test('it is written anew when the folder has changed, by no other change, and goes when all are in again', async () => {
  const some = ids.slice(0, 20);
  store.images.setExcluded(some, true);
  changed();
  await records.flush();
  const { mtimeMs, ino } = statSync(file());
  changed();
  await records.writeAll();
  expect(statSync(file())).toMatchObject({ mtimeMs, ino });
  store.images.setExcluded(some.slice(5), false);
  changed();
  await records.flush();
  expect(await kept()).toEqual(some.slice(0, 5).sort());
  store.images.setExcluded(some, false);
  changed();
  await records.flush();
  expect(existsSync(file())).toBe(false);
});

test('evaluations are kept, of many photos in a thread, and looked at when there are others alone', async () => {
  const evaluate = (id: string, photos: number) => {
    const predictions = Array.from({ length: photos }, (_, i) => [`photo-${i}`, i % 3, i % 2] as const);
    toEnd(store.evaluations.insert({ id, runId: 'r', createdAt: photos } as Evaluation, predictions));
    return predictions;
  };
  const read = vi.spyOn(store.kept, 'evaluations');
  const trained = () => events.emit({ name: 'run', run: { id: 'r' } as RunSummary });
  const { evaluations } = keptFiles(homePaths(home), 'r');
  const inFile = async () => {
    const rows = (await readRecord(evaluations)).content as { evaluations: { id: string; predictions: string }[] };
    return Object.fromEntries(rows.evaluations.map(({ id, predictions }) => [id, JSON.parse(predictions) as unknown]));
  };
  trained();
  await records.flush();
  expect([existsSync(evaluations), read.mock.calls.length]).toEqual([false, 0]);
  const few = evaluate('few', 3);
  trained();
  await records.flush();
  expect(await inFile()).toEqual({ few });
  const many = evaluate('many', 20_000);
  trained();
  await records.flush();
  expect(await inFile()).toEqual({ few, many });
  const { mtimeMs, ino } = statSync(evaluations);
  trained();
  await records.flush();
  expect(read).toHaveBeenCalledTimes(2);
  const later = new RunRecords({ store, paths: homePaths(home), events });
  await later.writeAll();
  await later.close();
  expect(statSync(evaluations)).toMatchObject({ mtimeMs, ino });
  expect([...store.evaluations.predictions('many')].flat()).toEqual(many);
  expect([...store.evaluations.predictions('few')].flat()).toEqual(few);
});
