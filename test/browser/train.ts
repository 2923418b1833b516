/** A short real training through the application, for tests that begin where one has ended. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect, serve } from '../../shared/client.ts';
import type { Served } from '../../shared/client.ts';
import { memoryPair } from '../../shared/transport.ts';
import { startHost } from './host.ts';
import type { HostOptions, RunningHost } from './host.ts';
import { renderPhotos } from './photos.ts';

/** Adds `folder`, trains a few epochs and gives the run's id. */
async function trainSmallRun(app: Served, folder: string, { epochs = 4, name = 'small' } = {}): Promise<string> {
  const [here, there] = memoryPair();
  serve(there, app);
  const client = connect(here);
  const scanned = new Promise<void>((resolve) => {
    client.on('scan', ({ progress }) => progress.phase === 'done' && resolve());
  });
  const dataset = await client.call('library.add', { folder });
  await scanned;
  const ended = new Promise<void>((resolve, reject) => {
    client.on('run', ({ run }) => {
      if (run.state === 'finished') resolve();
      else if (run.state === 'failed') reject(new Error(run.error?.message));
    });
  });
  const run = await client.call('runs.create', {
    datasetId: dataset.id,
    name,
    preset: 'quick',
    patch: { imageSize: 32, batchSize: 16, epochs, minutes: null },
  });
  await ended;
  client.close();
  return run.id;
}

export interface Trained {
  host: RunningHost;
  /** Of the photos. */
  folder: string;
  datasetId: string;
  runId: string;
  close(): Promise<void>;
}

/**
 * A host with a folder of rendered photos and a run that was trained on it.
 * @param photos of each shape; none where `prepare` writes its own
 * @param prepare what is done to the folder before it is added
 */
export async function startTrained({
  photos = 12,
  epochs = 1,
  prepare = () => undefined,
  ...options
}: { photos?: number; epochs?: number; prepare?: (folder: string) => unknown } & HostOptions = {}): Promise<Trained> {
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-photos-'));
  if (photos > 0) await renderPhotos(folder, photos);
  await prepare(folder);
  const host = await startHost(options);
  const runId = await trainSmallRun(host.app, folder, { epochs });
  const { datasetId } = await host.app.handle('runs.get', { runId });
  const close = async () => {
    await host.close();
    rmSync(folder, { recursive: true, force: true });
  };
  return { host, folder, datasetId, runId, close };
}
