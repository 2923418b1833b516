/**
 * Devices that do not work as they should: what a run makes of one that fails at work, and what a person is told. The
 * trainer is the real one; its graphics card is a double (test/helpers/deviceDouble.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import {
  app,
  beginTested,
  datasetId,
  directory,
  events,
  get,
  launch,
  makers,
  open,
  patch,
  start,
  test,
  theCard,
  until,
} from '../helpers/deviceApp.ts';

beforeAll(beginTested, 300_000);

describe('a run', () => {
  it('and self-tests wait for each other', async () => {
    await app.close();
    /** What computed: its kind, when it was started and when its process had ended. */
    const computed: { kind: string; from: number; to: number }[] = [];
    await open({}, (listeners) => {
      const own = { kind: '', from: Date.now(), to: Infinity };
      computed.push(own);
      const exit: typeof listeners.exit = (how) => {
        own.to = Date.now();
        listeners.exit(how);
      };
      const { send, kill } = launch({ ...listeners, exit });
      return { kill, send: (c) => (c.type === 'job' && (own.kind = c.job.kind), send(c)) };
    });
    const testing = app.handle('system.testDevices', { provider: null, again: true });
    const id = await start();
    await testing;
    await until(id, 'finished');
    expect(computed.map(({ kind }) => kind).sort()).toEqual(['selfTest', 'selfTest', 'train', 'viewTest']);
    for (const a of computed) for (const b of computed) expect(a === b || a.to <= b.from || b.to <= a.from).toBe(true);
  });

  it.each([
    ['lost@6', 'device-lost', /was lost/],
    ['hang@6', 'device-hung', /did not answer for 6 seconds/],
    ['crash@6', 'device-crashed', /crashed \(SIGSEGV\)/],
    ['unread@4', 'device-lost', /was lost/],
    ['odd@6', 'device-failed', /a step failed .*batchSize 4/],
  ])(
    'whose device fails (%s) is interrupted with the advice, and goes on where it is told to',
    async (fault, code, says) => {
      process.env['FAULT_IN_RUN'] = fault;
      const id = await start();
      await until(id, 'interrupted');
      const { error, device, checkpoints } = await get(id);
      expect(error).toMatchObject({ code, message: expect.stringMatching(says) as string });
      expect(error!.message).toContain('go on with device cpu');
      expect(device).toBe('webgpu');
      expect(checkpoints.at(-1)!.step).toBeGreaterThanOrEqual(3);
      // it has to pass its self-test again before it is used again
      expect(theCard(await app.handle('system.devices', null)).test).toBeNull();
      await app.handle('runs.resume', { runId: id, device: 'cpu' });
      await until(id, 'finished');
      expect(await get(id)).toMatchObject({ step: 9, device: 'cpu', error: null, config: { device: 'cpu' } });
      const resumed = events.findLast((event) => event.name === 'started');
      expect(resumed!.startStep).toBeGreaterThanOrEqual(3);
      expect(makers()).toEqual(['device', 'processor']);
      expect((await get(id)).config.viewsBy).toBe('auto');
    },
  );

  it('whose device is told to make the views is not told so of the processor', async () => {
    process.env['FAULT_IN_RUN'] = 'lost@6';
    const id = await start({ patch: { ...patch, device: 'webgpu', viewsBy: 'device' } });
    await until(id, 'interrupted');
    await app.handle('runs.resume', { runId: id, device: 'cpu' });
    await until(id, 'finished');
    expect(makers()).toEqual(['device', 'processor']);
  });

  it('that started well is what the next begins with, until Settings says otherwise or it no longer passes', async () => {
    const chosen = async () => {
      const { config, notes, refusals } = await app.handle('runs.plan', { datasetId, preset: null, patch });
      expect(refusals).toEqual([]);
      return [config.device, ...notes.flatMap(({ key, message }) => (key === 'deviceLost' ? [message] : []))];
    };
    await until(await start(), 'finished');
    expect(await chosen()).toEqual(['webgpu']);
    await app.handle('system.setSettings', { device: 'cpu' });
    expect(await chosen()).toEqual(['cpu']);
    await app.handle('system.setSettings', { device: 'auto' });
    expect(await chosen()).toEqual(['auto']);
    await until(await start(), 'finished');
    expect(await chosen()).toEqual(['webgpu']);

    process.env['FAULT_IN_SELF_TEST'] = 'wrong';
    await test(true);
    expect(await chosen()).toEqual([
      'auto',
      expect.stringMatching(/webgpu, which was chosen before.*wrong numbers.*auto now/),
    ]);
    const id = await start({ patch });
    await until(id, 'finished');
    expect(await get(id)).toMatchObject({ device: 'cpu', config: { device: 'auto' } });
  });

  it('that runs out of device memory once goes on from its last checkpoint, and says so', async () => {
    const marker = join(directory, 'ran-out');
    process.env['FAULT_IN_RUN'] = `memory@6 once ${marker}`;
    const id = await start();
    await until(id, 'finished');
    expect(existsSync(marker)).toBe(true);
    const told = events.find(
      (event) => event.name === 'run' && event.run.id === id && event.run.error?.code === 'restarted-after-memory',
    );
    expect(told).toMatchObject({ run: { state: 'running', error: { details: { batchSize: 8, suggestion: 4 } } } });
    const starts = events.filter((event) => event.name === 'started' && event.runId === id);
    expect(starts.map((event) => event.name === 'started' && event.startStep > 0)).toEqual([false, true]);
    expect(await get(id)).toMatchObject({ step: 9, device: 'webgpu', error: null });
    expect(makers()).toEqual(['device', 'device']);
  });

  it('that runs out of device memory again, or at once, is interrupted with a smaller batch as the advice', async () => {
    process.env['FAULT_IN_RUN'] = 'memory@6';
    const again = await start();
    await until(again, 'interrupted');
    expect((await get(again)).error).toMatchObject({
      code: 'out-of-device-memory',
      details: { batchSize: 8, suggestion: 4, setting: 'batchSize' },
    });
    expect(events.filter((event) => event.name === 'started' && event.runId === again).length).toBe(2);

    process.env['FAULT_IN_RUN'] = 'memory@1';
    const atOnce = await start();
    await until(atOnce, 'interrupted');
    expect(events.filter((event) => event.name === 'started' && event.runId === atOnce).length).toBe(1);
    await app.handle('runs.resume', { runId: atOnce, device: 'cpu' });
    await until(atOnce, 'finished');
  });

  it('on automatic stays on the device it began on, and does not fall back by itself', async () => {
    process.env['FAULT_IN_RUN'] = 'lost@6';
    const id = await start({ patch });
    await until(id, 'interrupted');
    expect(await get(id)).toMatchObject({
      device: 'webgpu',
      config: { device: 'auto' },
      error: { code: 'device-lost' },
    });
    process.env['FAULT_IN_SELF_TEST'] = 'wrong';
    await app.handle('runs.resume', { runId: id });
    await until(id, 'interrupted');
    expect((await get(id)).error).toMatchObject({
      code: 'device-unavailable',
      message: expect.stringContaining('wrong numbers') as string,
    });
  });
});
