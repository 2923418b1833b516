/**
 * Opens sessions of the ONNX runtime on the device asked for.
 */
import { InferenceSession, listSupportedBackends } from 'onnxruntime-node';
import { DeviceError } from './errors.ts';
import type { Layout } from './onnx/layouts/index.ts';
import { wordsOf } from '../../shared/errors.ts';

export type Device = 'cpu' | 'webgpu' | 'dml' | 'cuda';
export const DEVICES: readonly Device[] = ['cpu', 'webgpu', 'dml', 'cuda'];

export interface SessionSettings {
  device?: Device;
  /** Threads of the computation on CPU; 0 or none: one for each core. */
  threads?: number;
  /** Layout of images between the operations of a training step; what the device computes fastest in unless told. */
  images?: Layout;
  /** Whether a training step is lowered as for a graphics card; by default where the device is one. */
  graphics?: boolean;
}

/**
 * The layout that a device computes fastest in. On CPU that is a step made of matrix products (onnx/layouts/pixels);
 * other providers have convolutions of their own, WebGPU's in another order.
 */
export const imageLayout = (device: Device = 'cpu'): Layout =>
  (({ cpu: 'pixels', webgpu: 'channelsLast', dml: 'plain', cuda: 'plain' }) as const)[device];

/**
 * A session for a model.
 * @throws DeviceError when the device is unknown or its provider cannot be started here.
 */
export async function openSession(
  model: Uint8Array,
  { device = 'cpu', threads = 0 }: SessionSettings,
  options: InferenceSession.SessionOptions = {},
): Promise<InferenceSession> {
  const { extra, ...others } = options;
  if (!DEVICES.includes(device)) throw new DeviceError('bad-device.unknown', { device, devices: DEVICES.join(', ') });
  // A provider that this build of the runtime lacks would be passed over in silence.
  if (!listSupportedBackends().some(({ name }) => name === device))
    throw new DeviceError(device === 'cuda' ? 'bad-device.platform-cuda' : 'bad-device.platform', {
      device,
      platform: `${process.platform} ${process.arch}`,
    });
  try {
    return await InferenceSession.create(model, {
      executionProviders: device === 'cpu' ? ['cpu'] : [device, 'cpu'],
      ...(threads > 0 ? { intraOpNumThreads: threads } : {}),
      executionMode: 'sequential',
      // The pattern of the second run is allocated beside what the first left in the arena: 3.1 GB for 1.8, and slower.
      enableMemPattern: false,
      logSeverityLevel: 3,
      ...others,
      extra: sleeping(extra),
    });
  } catch (error) {
    if (device === 'cpu') throw error;
    throw new DeviceError(device === 'cuda' ? 'bad-device.unusable-cuda' : 'bad-device.unusable', {
      device,
      detail: wordsOf(error),
    });
  }
}

/** Microseconds that an idle thread looks for work before it sleeps: as many as a step leaves between most operators. */
const SPIN = '300';

/**
 * The runtime's `extra` settings with which its threads sleep soon. By default they turn in a loop, a second and more, which
 * takes a third of the processor time of a busy machine from whatever makes the photos; threads that sleep at once are
 * a sixth slower by the clock (docs/performance/step.md).
 */
export function sleeping(extra: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const session = extra['session'] as Readonly<Record<string, unknown>> | undefined;
  return { ...extra, session: { ...session, 'intra_op.spin_duration_us': SPIN } };
}
