/**
 * "Which way is best?" over a reload: it is found again with its progress and its Stop, and its answer, its end without
 * one and what hindered it are told. The trainer is the test's own, so that each way is done when the test says so.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import type { Locator, Page } from '@playwright/test';
import type { TrainJob } from '../../shared/contract.ts';
import { gatedTrainer, saved, trained } from '../helpers/gatedTrainer.ts';
import type { Given } from '../helpers/gatedTrainer.ts';
import { epochMetrics, probeMetrics } from '../helpers/records.ts';
import { photosRead, startHost } from './host.ts';
import type { RunningHost } from './host.ts';
import { looksWell } from './looks.ts';
import { LibraryPlace } from './pages/places.ts';
import { renderPhotos } from './photos.ts';

const trainer = gatedTrainer();
let host: RunningHost;
let folder: string;
let datasetId: string;

/** A tenth of a second a step, for as long as it is asked. */
async function answerEstimates(): Promise<never> {
  for (;;) {
    const { job, report } = await trainer.next('estimate');
    const [stepsPerEpoch, epochs] = [Math.floor(job.images / job.config.batchSize), job.config.epochs ?? 1];
    const seconds = 0.1 * stepsPerEpoch * epochs;
    const estimate = { seconds, memoryBytes: 1, diskBytes: 1, epochs, stepsPerEpoch, basis: 'measured' as const };
    report({ type: 'done', result: { kind: 'estimate', estimate } });
  }
}

test.beforeAll(async () => {
  void answerEstimates();
  folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-trial-')), 24);
  host = await startHost({ app: { launch: trainer.launch } });
  datasetId = (await host.app.handle('library.add', { folder })).id;
  await photosRead(host, datasetId);
});
test.afterAll(async () => {
  await host.close();
  rmSync(folder, { recursive: true, force: true });
});

/** The way that is tried now has begun, and is half done. */
async function begun(): Promise<Given<TrainJob>> {
  const given = await trainer.next('train');
  given.report({
    ...{ type: 'started', device: 'fake', images: given.job.images.length, skipped: [], config: given.job.config },
    estimate: { seconds: 1, memoryBytes: 1, diskBytes: 1, epochs: 2, stepsPerEpoch: 4, basis: 'measured' },
    ...{ stepsPerEpoch: 4, totalSteps: 8, startStep: 0, startEpoch: 0, notice: null },
    baselines: { measure: 'knn', pixels: 0.2, whitened: 0.25, hog: 0.3, edges: 0.35, untrained: 0.1, start: 0.1 },
  });
  given.report({ type: 'untrained', metrics: { ...probeMetrics, knn: 0.1 } });
  given.report({ type: 'epoch', metrics: epochMetrics(1, { knn: 0.2, epochs: 2, step: 4 }) });
  saved(given, 1);
  return given;
}

function done(given: Given<TrainJob>, knn: number): void {
  given.report({ type: 'epoch', metrics: epochMetrics(2, { knn, epochs: 2, step: 8 }) });
  trained(given, 2);
}

function failed({ report }: Given<TrainJob>): void {
  const message = 'there are no photos to embed in this folder: none could be read, or all are excluded';
  report({
    type: 'failed',
    error: { name: 'AppError', code: 'no-images', key: 'no-images.embed', message, values: {} },
  });
}

const card = (page: Page): Locator => page.getByRole('region', { name: 'Which way is best?' });
const trials = async () => (await host.app.handle('lab.list', null)).length;

async function open(page: Page): Promise<Locator> {
  await page.goto(host.url);
  await page.goto(new URL(`#/new?dataset=${datasetId}`, page.url()).href);
  return card(page);
}

test('is found again with its progress, and its answer is told and taken, as after a look elsewhere', async ({
  page,
}) => {
  const trial = await open(page);
  await trial.getByRole('button', { name: 'Try it' }).click();
  const first = await begun();
  const progress = trial.getByRole('progressbar', { name: 'Trying the ways' });
  await expect(progress).toBeVisible();
  const share = async () => Number(await progress.getAttribute('value'));
  await expect.poll(share).toBeGreaterThan(0.1);
  const before = await share();
  await looksWell(page, 'a trial under way');
  await page.reload();
  await expect(progress).toBeVisible();
  expect(await share()).toBeCloseTo(before, 2);
  await expect(trial.getByRole('button', { name: /^Try/ })).toHaveCount(0);
  done(first, 0.3);
  const second = await begun();
  await expect.poll(share).toBeGreaterThan(before + 0.1); // it goes on
  await expect(trial.getByText(/^Go on with|reaches/)).toBeVisible();
  await expect(trial.getByRole('button', { name: 'Use it' })).toHaveCount(0); // not before all are done
  await page.goto(new URL('#/activity', page.url()).href);
  await expect(page.getByRole('main').getByRole('progressbar')).toHaveCount(1); // others wait
  await looksWell(page, 'Activity with trainings');
  await new LibraryPlace(page).go('Help');
  done(second, 0.8);
  for (const knn of [0.3, 0.2]) done(await begun(), knn);
  await expect.poll(async () => (await host.app.handle('lab.list', null))[0]!.state).toBe('finished');
  await page.goBack();
  await page.goBack();
  await expect(trial.getByText(/^Go on with/)).toBeVisible();
  await page.reload();
  await expect(trial.getByText(/^Go on with/)).toBeVisible();
  await looksWell(page, 'the answer of a trial');
  await trial.getByRole('button', { name: 'Use it' }).click();
  await expect(page.getByRole('radio', { name: /^Quick/ })).toBeChecked();
  expect(await trials()).toBe(1);
});

test('is stopped and gone on with after a reload, and where no way could be tried says what hindered them', async ({
  page,
}) => {
  const before = await trials();
  const trial = await open(page);
  await trial.getByRole('button', { name: /^Try/ }).click();
  await begun();
  await page.reload();
  await trial.getByRole('button', { name: 'Stop' }).click();
  await expect(trial.getByText('The trial was stopped before one of the ways was done.')).toBeVisible();
  await page.reload();
  await expect(trial.getByText('The trial was stopped before one of the ways was done.')).toBeVisible();
  await trial.getByRole('button', { name: 'Resume' }).click();
  await expect(trial.getByRole('progressbar')).toBeVisible();
  for (let way = 0; way < 4; way++) {
    const given = await begun();
    if (way === 2) await page.reload();
    failed(given);
    const ended = async () => (await host.app.handle('lab.list', null))[0]!.cells.map(({ state }) => state).join();
    await expect.poll(ended).toMatch(new RegExp(`^(failed,?){${way + 1}}`));
  }
  await expect(trial.getByText(/^None of the 4 ways could be tried/)).toBeVisible();
  await expect(trial.getByText(/no photos to embed/)).toHaveCount(1); // once, as it is one thing
  await page.reload();
  await expect(trial.getByText(/^None of the 4 ways could be tried/)).toBeVisible();
  await expect(trial.getByRole('button', { name: 'Try again' })).toBeEnabled();
  await looksWell(page, 'a trial without an answer');
  expect(await trials()).toBe(before + 1);
});
