/** Which device is offered and which is automatic; what a failure's words mean; how long a device is waited for. */
import { describe, expect, it } from 'vitest';
import { SelfTest } from '../../../shared/contract.ts';
import type { Device } from '../../../shared/contract.ts';
import { parseConfig } from '../../../shared/config.ts';
import { deviceFailure } from '../../../shared/deviceFailure.ts';
import { chooseAuto, isOffered, isSlow, speedup } from '../../../shared/devices.ts';
import { presetPatch } from '../../../shared/presets.ts';
import { crashOf, restartNotice } from '../../../src-main/app/runs/deviceErrors.ts';
import { ShapeError } from '../../../src-main/engine/index.ts';
import { Guard } from '../../../src-main/trainer/backend.ts';
import { worstDifference } from '../../../src-main/trainer/selfTest.ts';
import { CallWatch } from '../../../src-main/trainer/watch.ts';

const tested = (speedMilliseconds: number | null, outcome: SelfTest['outcome'] = 'passed'): SelfTest => ({
  outcome,
  at: 1,
  stepMilliseconds: 10,
  speedMilliseconds,
  values: {},
  views: null,
});
const device = (provider: Device['provider'], test: SelfTest | null, more: Partial<Device> = {}): Device => ({
  provider,
  name: provider,
  kind: provider === 'cpu' ? 'processor' : 'discrete',
  memoryBytes: null,
  driver: null,
  test,
  testing: false,
  ...more,
});

describe('automatic', () => {
  const cpu = device('cpu', tested(500));
  it('is the fastest that passed', () => {
    expect(chooseAuto([cpu, device('webgpu', tested(50)), device('cuda', tested(20))])).toBe('cuda');
    expect(chooseAuto([cpu, device('webgpu', tested(50)), device('cuda', tested(20, 'wrongNumbers'))])).toBe('webgpu');
  });
  it('is the processor where nothing else passed, was measured, or is faster', () => {
    expect(chooseAuto([cpu])).toBe('cpu');
    expect(chooseAuto([cpu, device('webgpu', null)])).toBe('cpu');
    expect(chooseAuto([cpu, device('webgpu', tested(null))])).toBe('cpu');
    expect(chooseAuto([cpu, device('webgpu', tested(501))])).toBe('cpu');
    expect(chooseAuto([device('cpu', null), device('webgpu', tested(50))])).toBe('cpu');
  });
  it('is never software, however fast', () => {
    expect(chooseAuto([cpu, device('webgpu', tested(1), { kind: 'software' })])).toBe('cpu');
  });
  it('offers the processor untested, a card only when it passed', () => {
    expect(isOffered(device('cpu', null))).toBe(true);
    expect(isOffered(device('cpu', tested(null, 'wrongNumbers')))).toBe(false);
    expect(isOffered(device('webgpu', null))).toBe(false);
    for (const outcome of SelfTest.shape.outcome.options.filter((one) => one !== 'passed'))
      expect(isOffered(device('webgpu', tested(1, outcome)))).toBe(false);
  });
  it('presets give a fast card the whole network, and a slow one what a processor gets', () => {
    const fast = device('webgpu', tested(50));
    const slow = device('webgpu', tested(450));
    expect(speedup(fast, [cpu, fast])).toBe(10);
    expect([
      isSlow('cpu', [cpu]),
      isSlow('webgpu', [cpu, fast]),
      isSlow('webgpu', [cpu, slow]),
      isSlow('webgpu', [cpu]),
    ]).toEqual([true, false, true, true]);
    const width = (slowly: boolean) =>
      presetPatch('quick', { images: 1000, device: 'webgpu', slow: slowly }).backbone!.width!;
    expect(width(false)).toBeGreaterThan(width(true));
  });
});

describe('the words of a device that gives up', () => {
  const out = [
    '\u001b[1;31m2026-11-24 03:27:11.349733315 [E:onnxruntime:onnxruntime-node, webgpu_context.cc:171 operator()] WebGPU device error(3): vkAllocateMemory failed with VK_ERROR_OUT_OF_DEVICE_MEMORY\n - While calling [Device].CreateBuffer([BufferDescriptor]).',
    'WebGPU validation failed. [Invalid Buffer (unlabeled)] is invalid due to a previous error.\n - While validating entries[1] against { binding: 1 }.',
    'WebGPU validation failed. Buffer size (2048000000) exceeds the max buffer size limit (1073741824).\n - While calling [Device].CreateBuffer([BufferDescriptor]).',
    'WebGPU device error(3): Allocation size too large\n - While calling [Device].CreateBuffer([BufferDescriptor]).',
    "Non-zero status code returned while running Conv node. Name:'c' Status Message: /onnxruntime_src/onnxruntime/core/framework/bfc_arena.cc:376 void* onnxruntime::BFCArena::AllocateRawInternal(size_t) Failed to allocate memory for requested buffer of size 939524096",
    'CUDA failure 2: out of memory ; GPU=0 ; hostname=box ; file=/onnxruntime_src/onnxruntime/core/providers/cuda/cuda_allocator.cc ; line=47 ; expr=cudaMalloc((void**)&p, size);',
    'D:\\a\\_work\\1\\s\\onnxruntime\\core\\providers\\dml\\DmlExecutionProvider\\src\\BucketizedBufferAllocator.cpp(122)\\onnxruntime.dll!00007FFA82D145C8: Exception(1) tid(4790) 8007000E Not enough memory resources are available to complete this operation.',
  ];
  const lost = [
    'Failed to download data from buffer. wgpu::MapAsyncStatus value: 4, message: [Device] is lost.',
    '[E:onnxruntime:Default, webgpu_context.cc:165 operator()] WebGPU device lost (1): vkQueueSubmit failed with VK_ERROR_DEVICE_LOST',
    'CUDA failure 719: unspecified launch failure ; GPU=0 ; hostname=box',
    'CUDA failure 700: an illegal memory access was encountered ; GPU=0',
    'D:\\a\\_work\\1\\s\\onnxruntime\\core\\providers\\dml\\ExecutionProvider.cpp(962)\\onnxruntime.dll!00007FFABA30B0B1: Exception(3) tid(5a68) 887A0005 The GPU device instance has been suspended. Use GetDeviceRemovedReason to determine the appropriate action.',
    'DXGI_ERROR_DEVICE_HUNG',
  ];
  it.each(out)('are of memory: %s', (text) => expect(deviceFailure(text)).toBe('memory'));
  it.each(lost)('are of a loss: %s', (text) => expect(deviceFailure(text)).toBe('lost'));
  it.each([
    'Too many storage buffers in shader. Current: 16, Max is 12',
    'the loss became infinite',
    'the photos have changed since the checkpoint',
    'webgpu cannot be used here (Failed to get a WebGPU adapter: No supported adapters): choose device cpu',
    'ENOSPC: no space left on device, write',
  ])('are not: %s', (text) => expect(deviceFailure(text)).toBeNull());

  it('make a crash on a card its doing, and leave one on other matters alone', () => {
    const crash = (message: string, failure: 'memory' | null = null) => ({
      name: 'ComputeError',
      code: 'compute-failed',
      message,
      details: { code: null, signal: 'SIGABRT', failure },
    });
    expect(crashOf(crash('the computing process crashed (SIGABRT)'), 'cuda', 64)).toMatchObject({
      code: 'device-crashed',
      details: { device: 'cuda', how: 'SIGABRT' },
    });
    const memory = crashOf(crash('the computing process crashed (SIGABRT): what()', 'memory'), 'webgpu', 64);
    expect(memory).toMatchObject({ code: 'out-of-device-memory', details: { suggestion: 32 } });
    expect(restartNotice(memory, 2.5)).toMatchObject({
      code: 'restarted-after-memory',
      details: { epoch: 2.5, suggestion: 32 },
    });
    const other = { name: 'TrainerError', code: 'no-images', message: 'there are no photos' };
    expect(crashOf(other, 'webgpu', 64)).toBe(other);
  });
});

describe('waiting for a device', () => {
  it('ends once the limit is passed, and begins anew with each call', () => {
    const said: number[] = [];
    const watch = new CallWatch((seconds) => said.push(seconds));
    watch.tick(100);
    watch.set(3);
    watch.tick(1);
    watch.tick(1);
    watch.set(null);
    watch.tick(5);
    watch.set(3);
    for (let i = 0; i < 2; i++) watch.tick(1);
    expect(said).toEqual([]);
    for (let i = 0; i < 5; i++) watch.tick(1);
    expect(said).toEqual([3]);
  });

  const config = parseConfig({ batchSize: 48 });
  it('names what fails and releases nothing any more', async () => {
    const limits: (number | null)[] = [];
    const guard = new Guard(config, 'webgpu', { patience: { first: 600, least: 120, factor: 20 } }, (seconds) =>
      limits.push(seconds),
    );
    for (const cold of [true, true, false]) await guard.call(async () => {}, cold);
    expect(limits).toEqual([600, null, 600, null, 120, null]);
    let closed = 0;
    const close = async () => void closed++;
    await guard.close(close);
    await expect(guard.call(() => Promise.reject(new ShapeError('step', [], 'a bad shape')), false)).rejects.toThrow(
      'a bad shape',
    );
    await expect(
      guard.call(() => Promise.reject(new Error('exceeds max compute workgroups')), false),
    ).rejects.toMatchObject({
      code: 'device-failed',
      details: { suggestion: 16, reason: 'exceeds max compute workgroups' },
    });
    await guard.close(close);
    await expect(guard.call(() => Promise.reject(new Error('[Device] is lost.')), false)).rejects.toMatchObject({
      code: 'device-lost',
      details: { device: 'webgpu' },
    });
    await expect(
      guard.call(() => Promise.reject(new Error('CUDA failure 2: out of memory')), false),
    ).rejects.toMatchObject({ code: 'out-of-device-memory', details: { batchSize: 48, suggestion: 16 } });
    await guard.close(close);
    expect(closed).toBe(2);
  });
  it('passes the processor’s calls as they are', async () => {
    const guard = new Guard(config, 'cpu', { patience: { first: 1, least: 1, factor: 1 } }, () => expect.unreachable());
    await expect(guard.call(() => Promise.reject(new Error('out of memory')), false)).rejects.toThrow('out of memory');
  });
});

describe('the difference of a step', () => {
  const state = (values: Record<string, number[]>) =>
    new Map(
      Object.entries(values).map(([name, data]) => [name, { shape: [data.length], data: Float32Array.from(data) }]),
    );
  const before = state({ a: [1, 1], b: [2, 2] });
  it('is of the tensor whose change is furthest off', () => {
    const { difference, tensor } = worstDifference(
      before,
      state({ a: [2, 2], b: [3, 3] }),
      state({ a: [2, 2], b: [3, 3.5] }),
    );
    expect(tensor).toBe('b');
    expect(difference).toBeCloseTo(0.5 / Math.SQRT2, 6);
  });
  it('is endless for numbers that are none, and for tensors that are missing', () => {
    expect(worstDifference(before, state({ a: [2, 2] }), state({ a: [2, NaN] })).difference).toBe(Infinity);
    expect(worstDifference(before, state({ a: [2, 2] }), state({})).difference).toBe(Infinity);
  });
  it('passes over the rounding of what stands still', () => {
    expect(worstDifference(state({}), state({ a: [1e-9, 0] }), state({ a: [-1e-9, 0] })).difference).toBeLessThan(0.01);
  });
});
