/**
 * What becomes of a run beside what devices.test.ts has: how it is let go of, resumed and finished with where its device
 * is gone, hangs in its release, dies of memory or has no float16. The trainer is the real one, its card a double.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it, vi } from 'vitest';
import type { AppParams, Task } from '../../shared/contract.ts';
import {
  app,
  beginTested,
  beginWith,
  events,
  get,
  open,
  patch,
  photos,
  start,
  test,
  theCard,
  until,
} from '../helpers/deviceApp.ts';
import { processor } from '../helpers/machine.ts';
import { taskEnd } from '../helpers/tasks.ts';

const ended = (task: Task) => taskEnd(app, task);

beforeAll(beginTested, 300_000);

describe('a finished run', () => {
  let id: string;
  beforeAll(
    () =>
      beginWith(async () => {
        id = await start();
        await vi.waitFor(async () => expect((await get(id)).state).toBe('finished'), {
          timeout: 240_000,
          interval: 100,
        });
      }),
    300_000,
  );
  const instead = { message: 'the device webgpu cannot be used here: the photos are embedded on the processor' };
  const embedded = (runId: string) => app.handle('explore.embed', { runId, checkpointId: null, datasetId: null });
  const exported = (runId: string, formats: AppParams<'exports.start'>['formats']) =>
    app.handle('exports.start', { runId, checkpointId: null, formats, folder: null, datasetId: null });

  it('is embedded, searched and exported where its device is gone', async () => {
    await app.close();
    await open({ find: async () => [processor] });
    const set = await ended(await embedded(id));
    expect(set).toMatchObject({ state: 'done', notice: instead });
    // what is embedded already needs no device
    expect(await ended(await exported(id, ['onnx', 'npy']))).toMatchObject({ state: 'done', notice: null });
    expect(await ended(await exported(id, ['onnx']))).toMatchObject({ state: 'done', notice: null });
    const image = readFileSync(join(photos, '3.png')).toString('base64');
    const { neighbours } = await app.handle('explore.query', { embeddingSetId: set.resultId!, image, k: 3 });
    expect(neighbours.length).toBe(3);
  });

  it.each([
    ['lost', 'device-lost'],
    ['hang', 'device-hung'],
    ['crash', 'compute-failed'],
  ])('is embedded on its device, and on the processor once that has failed (%s)', async (fault, code) => {
    Object.assign(process.env, { FAULT_IN_EMBEDDING: fault, PATIENCE: '3' });
    expect(await ended(await embedded(id))).toMatchObject({ state: 'failed', error: { code } });
    expect(theCard(await app.handle('system.devices', null)).test).toBeNull();
    expect(await ended(await embedded(id))).toMatchObject({ state: 'done', notice: instead });
  });
});

describe('a run', () => {
  it('whose device never lets go is finished all the same, and the application closes', async () => {
    process.env['FAULT_IN_RUN'] = 'close';
    const id = await start();
    await until(id, 'finished');
    expect(await get(id)).toMatchObject({ step: 9, error: null });
    const began = Date.now();
    await app.close();
    expect(Date.now() - began).toBeLessThan(15_000);
  });

  it('whose process dies of device memory is told so, whatever it says last', async () => {
    process.env['FAULT_IN_RUN'] = 'burst@6';
    const id = await start();
    await until(id, 'interrupted');
    expect((await get(id)).error).toMatchObject({ code: 'out-of-device-memory', details: { suggestion: 4 } });
    expect(events.filter((event) => event.name === 'started' && event.runId === id).length).toBe(2);
  });

  it('is not given a device that is not there, and another only when it has stopped', async () => {
    process.env['FAULT_IN_RUN'] = 'lost@6';
    const id = await start({ patch });
    await until(id, 'interrupted');
    const before = await get(id);
    await expect(app.handle('runs.resume', { runId: id, device: 'cuda' })).rejects.toMatchObject({
      code: 'device-unavailable',
    });
    expect(await get(id)).toEqual(before);

    delete process.env['FAULT_IN_RUN'];
    await app.handle('runs.resume', { runId: id, device: 'auto' });
    await expect(app.handle('runs.resume', { runId: id, device: 'cpu' })).rejects.toMatchObject({
      code: 'wrong-state',
      message: expect.stringMatching(/stop it first/) as string,
    });
    await until(id, 'finished');
    expect(await get(id)).toMatchObject({ device: 'webgpu', config: { device: 'auto' } });
  });

  it('in float16 is refused where the device has none, before it is created', async () => {
    await test();
    const half = { ...patch, device: 'webgpu' as const, precision: 'float16' as const };
    await expect(start({ patch: half })).rejects.toMatchObject({
      code: 'cannot-start',
      message: 'the device webgpu has no float16: set precision to float32',
      details: { setting: 'precision', suggestion: 'float32' },
    });
    expect(await app.handle('runs.list', null)).toEqual([]);
  });

  it('in float16 goes on in float32 where the device has none any more, and says so', async () => {
    Object.assign(process.env, { FLOAT16: 'yes', FAULT_IN_RUN: 'lost@6' });
    await test(true);
    const id = await start({ patch: { ...patch, device: 'webgpu', precision: 'float16' } });
    await until(id, 'interrupted');
    expect(await get(id)).toMatchObject({ error: { code: 'device-lost' }, config: { precision: 'float16' } });
    for (const name of ['FLOAT16', 'FAULT_IN_RUN']) delete process.env[name];
    await app.handle('runs.resume', { runId: id });
    await until(id, 'finished');
    expect(await get(id)).toMatchObject({ device: 'webgpu', error: null, config: { precision: 'float32' } });
    const told = events.some(
      (event) => event.name === 'run' && event.run.state === 'running' && event.run.error?.code === 'float32-instead',
    );
    expect(told).toBe(true);
  });
});
