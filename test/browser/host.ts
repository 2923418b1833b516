/** The real application and trainer in a home of their own, behind the real browser host: what the browser tests open. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from '@playwright/test';
import type { Page } from '@playwright/test';
import { createApp } from '../../src-main/app/index.ts';
import type { App, AppOptions } from '../../src-main/app/index.ts';
import { startServer } from '../../src-main/server/index.ts';

export interface RunningHost {
  app: App;
  home: string;
  /** Each time for a browser that was not here before. */
  readonly url: string;
  close(): Promise<void>;
}

export interface HostOptions {
  /** One to open again; a new one is taken away at the end. */
  home?: string;
  port?: number;
  /** Where another trainer or other devices are wanted. */
  app?: Partial<AppOptions>;
  /** What the windows see of it. */
  seen?: (app: App) => App;
}

export async function startHost({
  home,
  port = 0,
  app: more = {},
  seen = (app) => app,
}: HostOptions = {}): Promise<RunningHost> {
  const folder = home ?? mkdtempSync(join(tmpdir(), 'lookalike-browser-'));
  const app = await createApp({ home: folder, host: { kind: 'test', version: '0.0.0' }, ...more });
  const server = await startServer({ app: seen(app), port });
  return {
    app,
    home: folder,
    get url() {
      return server.url;
    },
    async close() {
      await server.close();
      await app.close();
      if (!home) rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Opens a place of the window as a browser that was not here before. @param hash from '#' on */
export async function openAt(page: Page, host: RunningHost, hash: string): Promise<void> {
  await page.goto(host.url);
  await page.goto(new URL(hash, page.url()).href);
}

/** Waits until a folder is read to its end: listed (`scannedAt`) is not yet read, and a photo may still turn out to be none. */
export async function photosRead({ app }: RunningHost, datasetId: string): Promise<void> {
  const library = async () => (await app.handle('library.get', { datasetId })).state;
  await expect.poll(library, { timeout: 120_000 }).toBe('ready');
}

/** The application on a seeded home (seed.ts) whose photos were read. */
export async function startRead(home: string): Promise<RunningHost> {
  const host = await startHost({ home });
  await host.app.handle('library.rescan', { datasetId: 'd' });
  await photosRead(host, 'd');
  return host;
}
