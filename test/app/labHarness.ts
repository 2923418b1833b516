/** Experiments over the folder of appHarness.ts, and what becomes of them. */
import { afterEach, expect } from 'vitest';
import type { AppParams, Command, Experiment } from '../../shared/contract.ts';
import { parseConfig } from '../../shared/config.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { openStore } from '../../src-main/db/index.ts';
import type { Launcher } from '../../src-main/app/compute/launch.ts';
import { app, datasetId, home, launch as fork, useApp } from './appHarness.ts';

/** Embeddings are begun and never made. */
let embedsForEver = false;
const launch: Launcher = (listeners) => {
  const child = fork(listeners);
  const withheld = (command: Command) => embedsForEver && command.type === 'job' && command.job.kind === 'embed';
  return { ...child, send: (command) => void (withheld(command) || child.send(command)) };
};
/** From now to the end of the test. */
export const withholdEmbeddings = () => void (embedsForEver = true);

export function useLab(): void {
  useApp({ launch, labels: ['even', 'odd'] });
  afterEach(() => void (embedsForEver = false));
}

/** Steps of the double take a tenth of a second: four epochs. */
export const short = 0.17;
/** And some tens, of which a restart can fall into the middle. */
export const long = 0.5;
export const start = (more: Partial<AppParams<'lab.start'>> = {}) =>
  app.handle('lab.start', { study: 'stop-gradient', datasetId, minutes: short, seeds: 1, linear: false, ...more });
export const get = (experimentId: string) => app.handle('lab.get', { experimentId });
export const until = (id: string, wanted: Experiment['state']) =>
  expect.poll(async () => (await get(id)).state, { timeout: 60_000 }).toBe(wanted);
export const running = (id: string, place: number) =>
  expect
    .poll(async () => (await get(id)).cells[place]!.figures !== null && (await get(id)).cells[place]!.state, {
      timeout: 60_000,
    })
    .toBe('running');

export const runState = async (runId: string) => (await app.handle('runs.get', { runId })).state;
/** An ordinary run beside the experiments; seed 5 trains until it is told to stop. */
export const ordinary = (seed: number) =>
  app.handle('runs.create', {
    datasetId,
    name: 'other',
    preset: null,
    patch: { ...parseConfig({ epochs: 3, seed, batchSize: 8, imageSize: 32 }) },
  });

/** Of a closed application's history: what a test wants to be otherwise. */
export function edit(work: (store: ReturnType<typeof openStore>) => void): void {
  const store = openStore(homePaths(home()).database);
  work(store);
  store.close();
}
