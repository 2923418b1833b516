/** A run begins with turns for others, however many files of its photos are skipped, and before all that it reports later. */
import { expect, test } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { AppEvent, Report } from '../../shared/contract.ts';
import type { AppContext } from '../../src-main/app/context.ts';
import { receiveReports } from '../../src-main/app/runs/receiver.ts';
import type { RunDescriber } from '../../src-main/app/runs/describe.ts';
import { openStore } from '../../src-main/db/index.ts';
import { aStep, file, found, withDataset } from '../helpers/database.ts';

const COUNT = 6000;

test('some skipped files are told, and how many there are', async () => {
  const config = parseConfig({});
  withDataset(({ images, collections, runs }) => {
    images.add(
      'd1',
      Array.from({ length: COUNT }, (_, i) => found(`${String(i).padStart(4, '0')}.jpg`)),
    );
    const ids = images.present('d1').map(({ id }) => id);
    collections.insert({ id: 'c', name: 'c', addedAt: 1, parent: 'd1', tag: null }, ids);
    const run = { id: 'r', name: 'r', color: '#336699', state: 'queued', preset: null, clonedFrom: null } as const;
    runs.insert({ ...run, datasetId: 'c', epochs: 3, images: COUNT, config, createdAt: 1 });
  });
  const store = openStore(file());
  const heard: AppEvent[] = [];
  const events = { emit: (event: AppEvent) => void heard.push(event) };
  const describer = { setActivity() {}, forget() {}, announce() {} };
  const faults: unknown[] = [];
  const receiver = receiveReports(
    { store, events } as unknown as AppContext,
    describer as unknown as RunDescriber,
    'r',
    (fault) => void faults.push(fault),
  );
  let turns = 0;
  const count = () => {
    turns++;
    turn = setImmediate(count);
  };
  let turn = setImmediate(count);
  const estimate = {
    seconds: 1,
    memoryBytes: 1,
    diskBytes: 1,
    epochs: 3,
    stepsPerEpoch: 4,
    basis: 'measured',
  } as const;
  const started: Report = {
    ...{ type: 'started', device: 'cpu', images: 1, config, estimate, stepsPerEpoch: 4, totalSteps: 12 },
    ...{ startStep: 0, startEpoch: 0, notice: null, baselines: null },
    skipped: Array.from({ length: COUNT - 1 }, (_, i) => ({
      ...{ file: `${String(i).padStart(4, '0')}.jpg`, reason: 'It is cut off.', code: 'truncated' },
    })),
  };
  receiver.report(started);
  receiver.report({ type: 'steps', steps: [aStep], etaSeconds: 3 });
  await receiver.flush();
  clearImmediate(turn);
  expect(faults).toEqual([]);
  expect(turns).toBeGreaterThan(4);
  expect(heard.map(({ name }) => name)).toEqual(['started', 'steps']);
  expect(heard[0]).toMatchObject({ skippedTotal: COUNT - 1 });
  expect((heard[0] as Extract<AppEvent, { name: 'started' }>).skipped.map(({ file }) => file)).toEqual(
    started.skipped.slice(0, 1000).map(({ file }) => file),
  );
  expect(store.runs.get('r')).toMatchObject({ state: 'running', skipped: COUNT - 1, step: 1 });
  store.close();
});
