/** Who makes the views of a run: what is chosen, what refused, what it takes of a card; and how views are compared. */
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../shared/config.ts';
import type { ConfigPatch } from '../../../shared/config.ts';
import { SelfTest } from '../../../shared/contract.ts';
import { selfTestSentence } from '../../../shared/messages/selfTest.ts';
import { planRun } from '../../../shared/plan.ts';
import { viewsBy } from '../../../shared/plan/memory.ts';
import type { Machine } from '../../../shared/plan/machine.ts';
import { noViews, usualField, viewMemory } from '../../../shared/views.ts';
import type { Field } from '../../../shared/views.ts';
import { viewsAfter } from '../../../src-main/trainer/start.ts';
import { compare } from '../../../src-main/trainer/viewTest.ts';
import { ampleMachine } from '../../helpers/machine.ts';

const tested = (views: SelfTest['views']) => ({
  test: { outcome: 'passed', at: 1, stepMilliseconds: 1, speedMilliseconds: 1, values: {}, views } as const,
});
const passed = tested({ outcome: 'passed', values: {} });
const config = (patch: ConfigPatch = {}) => parseConfig({ imageSize: 128, batchSize: 256, epochs: 1, ...patch });

describe('what is known of a device’s views', () => {
  it('is what its self-test has shown', () => {
    expect(noViews('webgpu', passed, false)).toBeUndefined();
    expect(noViews('webgpu', { test: null }, false)).toBeUndefined(); // is tested before it is used
    for (const outcome of ['wrong', 'failed'] as const)
      expect(noViews('webgpu', tested({ outcome, values: {} }), false)).toBe('wrong');
    expect(noViews('webgpu', tested(null), false)).toBe('wrong');
  });
  it('is of WebGPU alone, and of CUDA that it is TensorFlow’s', () => {
    for (const provider of ['cpu', 'dml', 'cuda'] as const)
      expect(noViews(provider, tested(null), false)).toBeUndefined();
    expect(noViews('cuda', tested(null), true)).toBe('tensorFlow');
  });
  it('is said in words, and an outcome that an earlier version remembered is not read', () => {
    const { test } = tested({ outcome: 'wrong', values: { difference: '3 %' } });
    expect(selfTestSentence({ ...test, values: { difference: '0.1 %', milliseconds: 5 } })).toMatch(
      /^works: .*; the views that it makes are wrong \(up to 3 % .*processor makes them$/,
    );
    const { views: _views, ...earlier } = passed.test;
    expect(SelfTest.safeParse(passed.test).success).toBe(true);
    expect(SelfTest.safeParse(earlier).success).toBe(false);
  });
});

describe('the maker of views', () => {
  it('is by itself the device where that is WebGPU, else the processor', () => {
    expect(parseConfig({}).viewsBy).toBe('auto');
    expect(viewsBy(config(), { device: 'webgpu' })).toBe('device');
    for (const device of ['cpu', 'auto', 'dml', 'cuda']) expect(viewsBy(config(), { device })).toBe('processor');
    expect(viewsBy(config(), { device: 'webgpu', noViews: 'wrong' })).toBe('processor');
  });
  it('is what a run is told', () => {
    expect(viewsBy(config({ viewsBy: 'processor' }), { device: 'webgpu' })).toBe('processor');
    expect(viewsBy(config({ viewsBy: 'device' }), { device: 'cuda' })).toBe('device');
  });
  it('stays the processor in a run that was saved before there was a choice', () => {
    const { viewsBy: _none, ...saved } = config();
    expect(viewsBy(saved as ReturnType<typeof config>, { device: 'webgpu' })).toBe('processor');
  });

  const across: Field = { width: 819, height: 273 }; // 4:1 among 3:4
  const both: Field = { width: 819, height: 819 };
  it('is by itself the processor where photos of very different sizes would fill the card', () => {
    const by = (field: Field, patch: ConfigPatch = {}) => viewsBy(config(patch), { device: 'webgpu' }, field);
    expect(by(across)).toBe('device');
    expect(by(both)).toBe('processor');
    // narrow networks leave less beside which photos count as little
    expect(by(across, { backbone: { width: 0.25 } })).toBe('processor');
    expect(by(usualField(config()), { backbone: { width: 0.25 } })).toBe('device');
    // small images are never much
    expect(by({ width: 205, height: 205 }, { imageSize: 32, backbone: { width: 0.125, stem: 'cifar' } })).toBe(
      'device',
    );
    // whatever the step takes, a tensor has to be one buffer
    const large = { imageSize: 224, batchSize: 512, backbone: { name: 'resnet50' } } as const;
    expect(by({ width: 1434, height: 478 }, large)).toBe('processor');
    expect(viewsBy(config({ viewsBy: 'device' }), { device: 'webgpu' }, both)).toBe('device');
  });
  it('is by itself the processor where the card holds the step but not its photos', () => {
    const machine = (deviceMemoryBytes: number) => ({ device: 'webgpu', deviceMemoryBytes });
    const needs = plan(config({ viewsBy: 'processor' }), 'webgpu').estimate.deviceMemoryBytes!;
    expect(viewsBy(config(), machine(needs + 2e8))).toBe('processor');
    expect(viewsBy(config(), machine(2 * needs))).toBe('device');
    expect(plan(config(), 'webgpu', { deviceMemoryBytes: needs + 2e8 }).refusals).toEqual([]);
  });
});

describe('a resumed run', () => {
  const after = (now: ConfigPatch, then: ConfigPatch) =>
    viewsAfter(config({ device: 'webgpu', ...now }), config({ device: 'webgpu', ...then }));
  it('keeps the processor as the maker of its views on the device that it began on', () => {
    expect(after({}, { viewsBy: 'processor' })).toBe('processor');
    expect(after({}, { viewsBy: 'device' })).toBe('auto'); // if the photos still allow it
  });
  it('decides anew on another device, and does what it is told', () => {
    expect(after({}, { device: 'cpu', viewsBy: 'processor' })).toBe('auto');
    expect(after({ device: 'cpu' }, { viewsBy: 'device' })).toBe('auto');
    expect(viewsBy(config({ device: 'cpu' }), { device: 'cpu' })).toBe('processor');
    expect(after({ viewsBy: 'device' }, { viewsBy: 'processor' })).toBe('device');
    expect(after({ viewsBy: 'processor' }, { viewsBy: 'device' })).toBe('processor');
  });
});

const plan = (of: ReturnType<typeof config>, device: string, more: Partial<Machine> = {}, field?: Field) =>
  planRun({ config: of, images: 10_000, field, machine: { ...ampleMachine, device, ...more } });

describe('a plan', () => {
  it('counts photos and views on the card, and photos instead of views beside it', () => {
    const byDevice = plan(config({ viewsBy: 'device' }), 'webgpu').estimate;
    const byProcessor = plan(config({ viewsBy: 'processor' }), 'webgpu').estimate;
    const { bytes } = viewMemory(config(), usualField(config()));
    const fed = 256 * 2 * 3 * 128 ** 2 * 4;
    expect(byDevice.deviceMemoryBytes! - byProcessor.deviceMemoryBytes!).toBeCloseTo(bytes - fed, -1);
    expect(byDevice.memoryBytes).toBeLessThan(byProcessor.memoryBytes);
    expect(plan(config(), 'webgpu').estimate).toEqual(byDevice);
    const wider = plan(config(), 'webgpu', {}, { width: 819, height: 273 }).estimate;
    expect(wider.deviceMemoryBytes).toBeGreaterThan(byDevice.deviceMemoryBytes!);
  });
  it('counts every view of multi-crop', () => {
    const crops = { method: 'swav', swav: { smallCrops: 6, smallCropSize: 96 }, imageSize: 224 } as const;
    const two = viewMemory(config({ ...crops, swav: { smallCrops: 0 } }), usualField({ imageSize: 224 }));
    const eight = viewMemory(config(crops), usualField({ imageSize: 224 }));
    expect(eight.bytes / two.bytes).toBeGreaterThan(1.5);
    expect(eight.largest).toBeGreaterThan(two.largest); // the six are made together
  });
  it('refuses a device that is told to make views and cannot', () => {
    const refusals = (why: Machine['noViews'], of: 'auto' | 'device') =>
      plan(config({ viewsBy: of }), 'cuda', { noViews: why, deviceName: 'Card' }).refusals;
    expect(refusals('tensorFlow', 'device')).toMatchObject([
      {
        setting: 'viewsBy',
        suggestion: 'auto',
        key: 'cannot-start.views-tensorflow',
        message: 'TensorFlow makes no views: set viewsBy to auto or processor',
      },
    ]);
    expect(refusals('wrong', 'device')).toMatchObject([
      { setting: 'viewsBy', key: 'cannot-start.views', values: { device: 'Card' } },
    ]);
    expect(refusals(undefined, 'device')).toEqual([]);
    expect(refusals('wrong', 'auto')).toEqual([]);
  });
});

describe('views are compared', () => {
  const expected = [Float32Array.from({ length: 2 * 300 }, (_, i) => Math.sin(i))];
  const changed = (change: (view: Float32Array) => void) => {
    const own = expected[0]!.slice();
    change(own);
    return compare(expected, [own], 2).passed;
  };
  it('pixel by pixel and photo by photo', () => {
    expect(changed(() => {})).toBe(true);
    expect(changed((view) => (view[599]! += 4e-3))).toBe(true);
    expect(changed((view) => (view[599]! += 6e-3))).toBe(false);
    expect(changed((view) => view.subarray(300).forEach((x, i) => (view[300 + i] = x + 1.5e-4)))).toBe(false);
  });
  it('and nothing passes that is no number or is not there', () => {
    expect(changed((view) => (view[0] = NaN))).toBe(false);
    expect(compare(expected, [new Float32Array(0)], 2)).toEqual({ passed: false, difference: Infinity });
    expect(compare(expected, [], 2).passed).toBe(false);
  });
});
