/** What the self-test makes of devices, doubles and the processor itself, and what is remembered of it. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Device } from '../../shared/contract.ts';
import { homePaths } from '../../src-main/app/index.ts';
import { selfTestVersion } from '../../src-main/app/devices/selfTest.ts';
import { openStore } from '../../src-main/db/index.ts';
import {
  app,
  beginTested,
  directory,
  events,
  makers,
  open,
  patch,
  photos,
  start,
  test,
  theCard,
  until,
} from '../helpers/deviceApp.ts';
import { card, processor } from '../helpers/machine.ts';

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

  describe('of a device that passed it', () => {
    beforeAll(beginTested, 300_000);

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

    it('that never ended, as when the machine froze, counts as a crash and is not tried again by itself', async () => {
      await app.close();
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
