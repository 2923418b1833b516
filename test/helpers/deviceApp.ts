/**
 * An application whose graphics card is a double (deviceDouble.ts), opened anew for each test of the file that imports
 * this; what it was told to fail with is in the environment and taken back.
 */
import { cpSync, mkdtempSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterEach, beforeAll, beforeEach, expect } from 'vitest';
import type { AppEvent, AppParams, Device, RunState } from '../../shared/contract.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App } from '../../src-main/app/index.ts';
import { sharedFolder, testFolder } from './folders.ts';
import { card, processor } from './machine.ts';
import { tinyRun } from './tiny.ts';

/** Of the trainer with the double. */
export const launch = forkLauncher(new URL('./deviceDoubleProcess.ts', import.meta.url));

export let directory: string;
export const photos = sharedFolder('photos');
export let app: App;
export let events: AppEvent[];
/** Of the photos, once a run has been started. */
export let datasetId: string;

beforeAll(async () => {
  for (let i = 0; i < 24; i++)
    await sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 15},60%,50%)` } })
      .png()
      .toFile(join(photos, `${i}.png`));
});

/** Opened once for each test; to be closed before it is opened anew. */
export async function open(devices: Parameters<typeof createApp>[0]['devices'] = {}, launcher = launch) {
  events = [];
  app = await createApp({
    home: join(directory, 'home'),
    host: { kind: 'test', version: '0' },
    launch: launcher,
    devices: { find: async () => [processor, card], ...devices },
    checkResults: true,
  });
  app.onEvent((event) => events.push(event));
}
const homes = sharedFolder('devices-homes');
/** The home of which each test begins with a copy; null: with none. */
let template: string | null = null;
const begin = () => template && cpSync(template, join(directory, 'home'), { recursive: true });

/**
 * From here on each test begins with a copy of the home in which `made` has been done; for a beforeAll.
 * @returns what goes back to the home before it
 */
export async function beginWith(made: () => Promise<unknown>): Promise<() => void> {
  const before = template;
  directory = mkdtempSync(join(homes, 'made-'));
  begin();
  await open();
  await made();
  await app.close();
  template = join(directory, 'home');
  return () => void (template = before);
}
/** Both devices have passed their self-tests. For a beforeAll. */
export const beginTested = () => beginWith(() => app.handle('system.testDevices', { provider: null, again: false }));

beforeEach(async () => {
  directory = testFolder('devices');
  begin();
  await open();
});
afterEach(async () => {
  await app.close();
  for (const name of Object.keys(process.env))
    if (/^(FAULT_\w+|FLOAT16|PATIENCE|STEP_MS)$/.test(name)) delete process.env[name];
});

export const theCard = (answer: { devices: Device[] }) => answer.devices.find(({ provider }) => provider === 'webgpu')!;
/** Who made the views, of each start since the application was opened. */
export const makers = () => events.flatMap((event) => (event.name === 'started' ? [event.config.viewsBy] : []));
/** Tests the card where that is needed. */
export const test = (again = false) => app.handle('system.testDevices', { provider: 'webgpu', again });

/** The smallest run: nine steps. */
export const patch = { ...tinyRun, epochs: 3 };
export async function start(more: Partial<AppParams<'runs.create'>> = {}) {
  datasetId = (await app.handle('library.add', { folder: photos, read: false })).id;
  return (
    await app.handle('runs.create', {
      datasetId,
      name: null,
      preset: null,
      patch: { ...patch, device: 'webgpu' },
      ...more,
    })
  ).id;
}
export const get = (runId: string) => app.handle('runs.get', { runId });
export const until = (runId: string, wanted: RunState) =>
  expect.poll(async () => (await get(runId)).state, { timeout: 120_000, interval: 100 }).toBe(wanted);
