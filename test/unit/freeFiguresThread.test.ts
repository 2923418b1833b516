/** The thread that measures what costs nothing ends by itself when it has told of a damaged photo. */
import { once } from 'node:events';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { expect, it, onTestFinished } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import { buildCache } from '../../src-main/images/index.ts';
import type { FreeFiguresTask } from '../../src-main/trainer/baselines.ts';
import { testFolder } from '../helpers/folders.ts';
import { texture } from '../helpers/pictures.ts';

it('ends when it has told of a damaged photo, though nobody tells it to go on', async () => {
  const scratch = testFolder('free-figures');
  const files = [1, 2].map((i) => ({ id: `photo ${i}`, path: join(scratch, `${i}.png`) }));
  for (const [i, { path }] of files.entries()) await texture(i, 40, 40).png().toFile(path);
  const config = parseConfig({ imageSize: 32 });
  const { cache } = await buildCache({ files, directory: join(scratch, 'cache'), imageSize: config.imageSize });
  const { descriptor } = cache;
  cache.close();
  const pack = descriptor.packs[descriptor.pack[1]!]!;
  const bytes = readFileSync(pack);
  bytes[descriptor.offset[1]! + 40]! ^= 1;
  writeFileSync(pack, bytes);
  const workerData: FreeFiguresTask = {
    config,
    descriptor,
    labels: new Map(),
    set: { photos: [...descriptor.ids], paired: 0, heldOut: [] },
  };
  const worker = new Worker(new URL('../../src-main/trainer/freeFiguresThread.ts', import.meta.url), { workerData });
  onTestFinished(() => void worker.terminate());
  const ended = once(worker, 'exit');
  const [report] = (await once(worker, 'message')) as unknown[];
  expect(report).toMatchObject({ damaged: { index: 1 } });
  expect(await ended).toEqual([0]);
});
