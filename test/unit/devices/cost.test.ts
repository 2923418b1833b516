/** What a run costs on a card: memory, time and float16, as the plan and the command line say it. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import { planRun } from '../../../shared/plan.ts';
import { stepSeconds, timedNetwork } from '../../../shared/plan/speed.ts';
import type { Machine } from '../../../shared/plan/machine.ts';
import { costLine, estimateOf } from '../../../src-main/cli/output.ts';
import { measuredFlops, rememberSpeed } from '../../../src-main/trainer/calibration.ts';
import { testFolder } from '../../helpers/folders.ts';
import { ampleMachine } from '../../helpers/machine.ts';

describe('memory of a card', () => {
  const machine: Machine = {
    ...ampleMachine,
    device: 'cuda',
    deviceName: 'Card',
    deviceMemoryBytes: 8e9,
    freeMemoryBytes: 4e9,
  };
  const plan = (batchSize: number, more: Partial<Machine> = {}) =>
    planRun({
      config: parseConfig({ imageSize: 128, batchSize, epochs: 1 }),
      images: 10_000,
      machine: { ...machine, ...more },
    });
  it('is estimated, and a batch that does not fit refused with one that does', () => {
    const { estimate, refusals } = plan(1024);
    expect(estimate.deviceMemoryBytes).toBeGreaterThan(8e9);
    const [refusal] = refusals;
    expect(refusal).toMatchObject({
      key: 'cannot-start.device-memory-batch',
      setting: 'batchSize',
      values: { device: 'Card' },
    });
    expect(plan(refusal!.suggestion as number).refusals).toEqual([]);
    expect(plan(2 * (refusal!.suggestion as number)).refusals.length).toBe(1);
  });
  it('is told by the command line', () => {
    const { estimate } = plan(64);
    expect(costLine(estimate)).toMatch(/ of memory, \d.* of the graphics card’s, /);
    expect(estimateOf(estimate)).toEqual({
      seconds: estimate.seconds,
      memoryBytes: estimate.memoryBytes,
      deviceMemoryBytes: estimate.deviceMemoryBytes,
      diskBytes: estimate.diskBytes,
    });
  });
  it('is the computer’s where a card has none of its own, and said where it is not known', () => {
    const { refusals, notes } = plan(512, { deviceMemoryBytes: null });
    expect(refusals.map(({ key }) => key)).toEqual(['cannot-start.memory-batch']);
    expect(notes.map(({ key }) => key)).toContain('deviceMemoryUnknown');
  });
  it('is none of a processor’s', () => {
    expect(plan(64, { device: 'cpu', freeMemoryBytes: 1e12 }).estimate.deviceMemoryBytes).toBeUndefined();
  });
});

describe('time on a card', () => {
  const machine: Machine = { ...ampleMachine, device: 'webgpu' };
  const seconds = (more: Partial<Machine>) =>
    planRun({
      config: parseConfig({ imageSize: 32, batchSize: 64, epochs: 1 }),
      images: 1000,
      machine: { ...machine, ...more },
    }).estimate.seconds;
  it('starts from its self-test, and is what was measured where a run was', () => {
    expect(seconds({ selfTestMilliseconds: 100 }) / seconds({ selfTestMilliseconds: 10 })).toBeCloseTo(10);
    expect(seconds({ selfTestMilliseconds: 100, flopsPerSecond: 1e12 })).toBe(seconds({ flopsPerSecond: 1e12 }));
  });
  it('is predicted as the self-test took for the network that it timed', () => {
    const { batchSize } = timedNetwork;
    const { estimate } = planRun({
      config: timedNetwork,
      images: 10 * batchSize,
      machine: { ...machine, selfTestMilliseconds: 100 },
    });
    expect(stepSeconds(estimate)).toBeCloseTo(0.1);
  });
  it('is remembered by card and precision', async () => {
    const folder = testFolder('speed');
    const own = parseConfig({ device: 'webgpu', batchSize: 64, epochs: 1 });
    await rememberSpeed(folder, own, 'Card A', 4, 0.5);
    const flops = await measuredFlops(folder, own, 'Card A', 4);
    expect(flops).toBeGreaterThan(0);
    expect(await measuredFlops(folder, own, 'Card B', 4)).toBeNull();
    expect(await measuredFlops(folder, { ...own, precision: 'float16' }, 'Card A', 4)).toBeNull();
    await rememberSpeed(folder, own, 'Card B', 4, 0.1);
    expect(await measuredFlops(folder, own, 'Card A', 4)).toBe(flops);
  });
});

describe('float16', () => {
  const refusals = (device: string) =>
    planRun({
      config: parseConfig({ precision: 'float16', imageSize: 32, batchSize: 8, epochs: 1 }),
      images: 1000,
      machine: { ...ampleMachine, device },
    }).refusals.map(({ setting, suggestion }) => [setting, suggestion]);
  it('is refused on the processor, which has none', () => {
    expect(refusals('cpu')).toEqual([['precision', 'float32']]);
    expect(refusals('cuda')).toEqual([]);
  });
});
