/** A short real training through the application, for tests that begin where one has ended. */
import { connect, serve } from '../../shared/client.ts';
import type { Served } from '../../shared/client.ts';
import { memoryPair } from '../../shared/transport.ts';

/** Adds `folder`, trains a few epochs and gives the run's id. */
export async function trainSmallRun(app: Served, folder: string, { epochs = 4, name = 'small' } = {}): Promise<string> {
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
