/**
 * Devices that do not work as they should: what their self-test makes of them, what a run makes of one that fails at
 * work, and what a person is told. The trainer is the real one; its graphics card is a double (test/helpers/deviceDouble.ts).
 */
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import type { Device } from '../../shared/contract.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { selfTestVersion } from '../../src-main/app/devices/selfTest.ts';
import { openStore } from '../../src-main/db/index.ts';
import {
  app,
  card,
  datasetId,
  directory,
  events,
  get,
  launch,
  open,
  patch,
  photos,
  processor,
  start,
  test,
  theCard,
  until,
} from '../helpers/deviceApp.ts';

/** How often the card has been tested since the application was opened. */
const tests = () => events.filter((event) => event.name === 'devices' && theCard(event).testing).length;

describe('self-test', () => {
  it('passes what agrees with the processor, and is remembered', async () => {
    const { test: passed } = theCard(await test());
    expect(passed).toMatchObject({ outcome: 'passed', speedMilliseconds: expect.any(Number) as number });
    expect(passed!.views).toEqual({
      outcome: 'passed',
      values: { difference: expect.stringMatching(/^0\.0\d+ %$/) as string },
    });
    await app.close();
    await open();
    expect(theCard(await test()).test).toEqual(passed);
    expect(tests()).toBe(0);
    expect(theCard(await test(true)).test!.at).toBeGreaterThan(passed!.at);
  });

  it('is run anew for another driver', async () => {
    await test();
    await app.close();
    await open({ find: async () => [processor, { ...card, driver: '2.0' }] });
    expect(theCard(await app.handle('system.devices', null)).test).toBeNull();
  });

  it('that an earlier version remembered, without a word on views, is not read: the device is tested anew', async () => {
    const { views: _views, ...earlier } = theCard(await test()).test!;
    await app.close();
    const { version } = (await import('onnxruntime-node/package.json', { with: { type: 'json' } })).default;
    const store = openStore(homePaths(join(directory, 'home')).database);
    const key = {
      provider: 'webgpu',
      device: card.name,
      driver: card.driver,
      runtime: `${version}, test ${selfTestVersion}`,
    };
    store.selfTests.end(key, { ...earlier, at: 1 } as never);
    store.close();
    await open();
    expect(theCard(await app.handle('system.devices', null)).test).toBeNull();
    expect(theCard(await test()).test).toMatchObject({ outcome: 'passed', views: { outcome: 'passed' } });
    expect(tests()).toBe(1);
  });

  it.each([
    ['wrong', 'wrong', { difference: /%/ }],
    ['crash', 'failed', { reason: /SIGSEGV/ }],
    ['lost', 'failed', { reason: /was lost/ }],
    ['hang', 'failed', { reason: /no answer within 6 seconds/ }],
  ] as const)(
    'a device whose step is right and whose views are not (%s) is offered, and the processor makes them',
    async (fault, outcome, values) => {
      process.env['FAULT_IN_VIEWS'] = fault;
      if (fault === 'hang') {
        await app.close();
        await open({ find: async () => [processor, card], selfTestSeconds: 6 });
      }
      const { test: tested } = theCard(await test());
      expect(tested).toMatchObject({ outcome: 'passed', speedMilliseconds: expect.any(Number) as number });
      expect(tested!.views!.outcome).toBe(outcome);
      for (const [name, pattern] of Object.entries(values)) expect(tested!.views!.values[name]).toMatch(pattern);
      if (fault !== 'wrong') return;
      const id = await start({ patch: { ...patch, device: 'webgpu', epochs: 1 } });
      await until(id, 'finished');
      expect(makers()).toEqual(['processor']);
      await expect(start({ patch: { ...patch, device: 'webgpu', viewsBy: 'device' } })).rejects.toMatchObject({
        code: 'cannot-start',
        message: 'the self-test of Test card has shown that it makes no right views: set viewsBy to auto or processor',
        details: { setting: 'viewsBy', suggestion: 'auto' },
      });
    },
  );

  it.each([
    ['wrong', 'wrongNumbers', { difference: /%/ }],
    ['crash', 'crashed', { how: /SIGSEGV/ }],
    ['missing', 'noDriver', {}],
    ['memory', 'failed', { reason: /ran out of memory/ }],
    ['lost', 'failed', { reason: /was lost/ }],
    ['odd', 'failed', { reason: /exceeds max compute workgroups/ }],
    ['hang', 'timedOut', { seconds: 6 }],
  ] as const)('a device with the fault %s is not offered: %s', async (fault, outcome, values) => {
    process.env['FAULT_IN_SELF_TEST'] = fault;
    if (fault === 'hang') {
      await app.close();
      await open({ find: async () => [processor, card], selfTestSeconds: 6 });
    }
    const answer = await test();
    expect(answer.auto).toBe('cpu');
    expect(theCard(answer).test).toMatchObject({ outcome, speedMilliseconds: null });
    for (const [name, value] of Object.entries(values)) {
      const said = theCard(answer).test!.values[name];
      if (typeof value === 'number') expect(said).toBe(value);
      else expect(String(said)).toMatch(value as RegExp);
    }
    const { id } = await app.handle('library.add', { folder: photos, read: false });
    await expect(
      app.handle('runs.create', { datasetId: id, name: null, preset: null, patch: { device: 'webgpu', batchSize: 8 } }),
    ).rejects.toMatchObject({ code: 'cannot-start', message: expect.stringContaining('cannot be used') as string });
    expect(theCard(await test()).test!.outcome).toBe(outcome);
    expect(tests()).toBe(1); // not tried again by itself
  });

  it('that never ended, as when the machine froze, counts as a crash and is not tried again by itself', async () => {
    const runtime = await test().then(() => app.close());
    expect(runtime).toBeUndefined();
    const store = openStore(homePaths(join(directory, 'home')).database);
    const { version } = (await import('onnxruntime-node/package.json', { with: { type: 'json' } })).default;
    store.selfTests.begin({
      provider: 'webgpu',
      device: card.name,
      driver: card.driver,
      runtime: `${version}, test ${selfTestVersion}`,
    });
    store.close();
    await open();
    expect(theCard(await test()).test!.outcome).toBe('crashed');
    expect(tests()).toBe(0);
    expect(theCard(await test(true)).test!.outcome).toBe('passed');
  });

  it('decides what automatic is: the fastest that passed, never software', async () => {
    expect((await app.handle('system.doctor', { retest: false })).auto).toBe('webgpu');
    process.env['STEP_MS'] = '200';
    expect((await test(true)).auto).toBe('cpu');
    delete process.env['STEP_MS'];
    await app.close();
    await open({ find: async () => [processor, { ...card, name: 'SwiftShader', kind: 'software' }] });
    const { auto, devices } = await app.handle('system.doctor', { retest: true });
    expect(theCard({ devices }).test!.outcome).toBe('passed');
    expect(auto).toBe('cpu');
  });
});

describe('a processor', () => {
  const testIt = () => app.handle('system.testDevices', { provider: 'cpu', again: false });
  const plan = async () => {
    const { id } = await app.handle('library.add', { folder: photos, read: false });
    return app.handle('runs.plan', { datasetId: id, preset: null, patch: { device: 'cpu', batchSize: 8 } });
  };
  const outcomeOf = ({ devices }: { devices: Device[] }) =>
    devices.find(({ provider }) => provider === 'cpu')!.test!.outcome;

  it.each([
    ['hang', 'timedOut'],
    ['crash', 'crashed'],
  ] as const)(
    'that was too busy for its self-test (%s) is used with a note, and tested at the next start',
    async (fault, outcome) => {
      await app.close();
      process.env['FAULT_OF_PROCESSOR'] = fault;
      await open({ selfTestSeconds: 6 });
      expect(outcomeOf(await testIt())).toBe(outcome);
      const { refusals, notes } = await plan();
      expect(refusals).toEqual([]);
      expect(notes.map(({ key }) => key)).toContain('processorUntested');
      await app.close();
      delete process.env['FAULT_OF_PROCESSOR'];
      await open();
      expect(outcomeOf(await testIt())).toBe('passed');
      expect((await plan()).notes.map(({ key }) => key)).not.toContain('processorUntested');
    },
  );

  it('that computes wrong is refused, with a remedy other than itself', async () => {
    process.env['FAULT_OF_PROCESSOR'] = 'wrong@5'; // the referee takes four steps before
    await testIt();
    const { refusals } = await plan();
    expect(refusals).toMatchObject([{ setting: 'device', key: 'cannot-start.processor' }]);
    expect(refusals[0]!.message).toMatch(/wrong numbers.*doctor --retest/);
    expect(refusals[0]).not.toHaveProperty('suggestion');
  });
});

/** Who made the views, of each start so far. */
const makers = () => events.flatMap((event) => (event.name === 'started' ? [event.config.viewsBy] : []));

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
    await app.handle('system.testDevices', { provider: null, again: false });
    computed.length = 0;
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
