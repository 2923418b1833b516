/**
 * An application over a home of its own, with a double of the compute process (fakeTrainer.ts) and a folder of tiny
 * pictures: what tests of runs and of the Lab begin with.
 */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import sharp from 'sharp';
import { afterAll, afterEach, beforeAll, beforeEach } from 'vitest';
import type { AppEvent } from '../../shared/contract.ts';
import { createApp, forkLauncher } from '../../src-main/app/index.ts';
import type { App, AppOptions } from '../../src-main/app/index.ts';
import { sharedFolder, testFolder } from '../helpers/folders.ts';

export let app: App;
/** Of the home and of what a test makes. */
export let directory: string;
export let photos: string;
export let datasetId: string;
/** Since the application was opened. */
export let events: AppEvent[] = [];

export const launch = forkLauncher(new URL('../helpers/fakeTrainer.ts', import.meta.url));
export const home = () => join(directory, 'home');
let usual: Partial<AppOptions> = {};

export async function open(kind: AppOptions['host']['kind'] = 'test', more: Partial<AppOptions> = {}): Promise<void> {
  events = [];
  app = await createApp({
    home: home(),
    host: { kind, version: '0' },
    launch,
    compute: { silenceSeconds: 20 },
    checkResults: true,
    ...usual,
    ...more,
  });
  app.onEvent((event) => events.push(event));
}

export async function addPhotos(): Promise<void> {
  datasetId = (await app.handle('library.add', { folder: photos, read: false })).id;
}

/**
 * Opens one before each test, or before those of the file, and closes it after. `labels`: folders of the pictures, which
 * are sixteen; default: none.
 */
export function useApp({
  of = 'test',
  labels = [''],
  ...options
}: { of?: 'test' | 'file'; labels?: string[] } & Partial<AppOptions> = {}): void {
  usual = options;
  photos = sharedFolder('photos');
  beforeAll(async () => {
    for (let i = 0; i < 16; i++) {
      const folder = join(photos, labels[i % labels.length]!);
      mkdirSync(folder, { recursive: true });
      await sharp({ create: { width: 32, height: 32, channels: 3, background: `hsl(${i * 20},50%,50%)` } })
        .png()
        .toFile(join(folder, `${i}.png`));
    }
  });
  const shared = of === 'file' ? sharedFolder('runs') : null;
  const [before, after] = of === 'test' ? [beforeEach, afterEach] : [beforeAll, afterAll];
  before(async () => {
    directory = shared ?? testFolder('runs');
    await open();
    await addPhotos();
  });
  after(() => app.close());
}
