/**
 * From a folder to an exported encoder, in one window with the real trainer: every step a person takes, each
 * building on the one before.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@playwright/test';
import { startHost } from './host.ts';
import { renderPhotos } from './photos.ts';
import { folderSteps } from './journey/folder.ts';
import { formSteps } from './journey/form.ts';
import { trainingSteps } from './journey/training.ts';
import { exploreSteps } from './journey/explore.ts';
import { resultSteps } from './journey/results.ts';
import type { Walk } from './journey/walk.ts';

test.describe.configure({ mode: 'serial' });

const walk = {} as Walk;
const complaints: string[] = [];

test.beforeAll(async ({ browser }) => {
  walk.folder = await renderPhotos(mkdtempSync(join(tmpdir(), 'lookalike-photos-')), 24);
  walk.host = await startHost();
  walk.page = await browser.newPage();
  walk.page.on('pageerror', (error) => complaints.push(error.message));
  walk.page.on('console', (message) => {
    // A file that turns out to be no photo has no thumbnail: the answer 404 is right, and is listed as unreadable.
    if (message.type() === 'error' && !/\/image\//.test(message.location().url)) complaints.push(message.text());
  });
  await walk.page.goto(walk.host.url);
});
test.afterAll(async () => {
  await walk.page.close();
  await walk.host.close();
  rmSync(walk.folder, { recursive: true, force: true });
});

test('the token disappears from the address', async () => {
  const { page } = walk;
  expect(page.url()).not.toContain('token');
  await expect(page.getByRole('heading', { level: 1 })).toContainText('An eye of your own');
});

folderSteps(walk);
formSteps(walk);
trainingSteps(walk);
exploreSteps(walk);
resultSteps(walk);

test('nothing was complained of', () => {
  expect(complaints).toEqual([]);
});
