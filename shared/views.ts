/**
 * Who makes the views of a run: worker threads of the processor, or the device that trains. Pure functions of the
 * configuration, of what is known of the device and of the photos' sizes, so that plan, application and trainer say the
 * same. On a graphics card the views have to come from the card or a machine with few cores starves it.
 */
import type { RunConfig } from './config.ts';
import type { Device, Provider } from './contract/devices.ts';
import { channelsOf, inputShape } from './input.ts';
import { reason } from './reason.ts';
import { viewsOf } from './methods/index.ts';

export type ViewsMaker = Exclude<RunConfig['viewsBy'], 'auto'>;

/** Why a device makes no views: its self-test has shown that it makes them wrongly or not at all, or TensorFlow computes for it. */
export type NoViews = 'wrong' | 'tensorFlow';

/** What is known of a device's views before a run; a device that was never tested is tested before it is used. */
export function noViews(
  provider: Provider,
  device: Pick<Device, 'test'> | undefined,
  tensorFlow: boolean,
): NoViews | undefined {
  if (provider === 'cuda' && tensorFlow) return 'tensorFlow';
  // Only WebGPU's views are tested; elsewhere they are made where a person asks for it.
  return provider === 'webgpu' && device?.test && device.test.views?.outcome !== 'passed' ? 'wrong' : undefined;
}

/** Why a run whose `viewsBy` is 'device' is refused on this device. */
export const viewsRefusal = (why: NoViews, device: string) =>
  why === 'tensorFlow' ? reason('cannot-start.views-tensorflow') : reason('cannot-start.views', { device });

/** What every photo of a run lies in, each in its upper left corner: the largest width by the largest height. */
export interface Field {
  width: number;
  height: number;
}

/** Where the photos' sizes are not known yet: 4:3, upright and lying, with 1.6 times the training side. */
export const usualField = ({ imageSize }: Pick<RunConfig, 'imageSize'>): Field => {
  const long = Math.ceil((4 / 3) * 1.6 * imageSize);
  return { width: long, height: long };
};

/** Bytes of the views on the device, as they are fed to a step. */
export const fedViewBytes = (config: RunConfig): number =>
  4 * config.batchSize * channelsOf(config) * viewsOf(config).reduce((sum, { size }) => sum + size ** 2, 0);

/**
 * Bytes that making views takes of a device, and of the largest tensor among them: the photos as bytes and as floats,
 * what the first product leaves, [V, N, S, 3 W], and that once more with its axes exchanged, the weights of the rows and
 * the views; with half as much again, as for activations (plan/memory.ts). Arithmetic, not a measurement.
 */
export function viewMemory(config: RunConfig, { width, height }: Field): { bytes: number; largest: number } {
  const sizes = viewsOf(config).map(({ size }) => size);
  const photo = 3 * width * height;
  const made = sizes.reduce((sum, size) => sum + size * (2 * 3 * width + height + 3 * size), 0);
  // Views of one size are made together.
  const rows = [...new Set(sizes)].map((size) => sizes.filter((other) => other === size).length * size * 3 * width);
  return {
    bytes: 1.5 * config.batchSize * (photo + 4 * photo + 4 * made),
    largest: 4 * config.batchSize * Math.max(photo, ...rows),
  };
}

/** Bytes of one tensor at most. Drivers take a buffer of 2 GiB with Direct3D 12 and most of Vulkan, less on some. */
const LARGEST_TENSOR = 2 ** 30;
/** Bytes that making views may always take, however little the step takes. */
const SMALL = 2 ** 30;

/**
 * Whether the photos of a batch may lie on the device in a field of this size. The field grows with the most extreme
 * photos: one panorama of 4:1 among upright photos makes it three times that of 4:3 alone, one across and one upright
 * nine times (41 times the area of a view), and every photo then takes as much. Making views may take as much memory as the
 * step itself, but not more: by these rules ResNet-18 at 128 px in batches of 256 takes 8.2 GB for its step, and for its
 * views 1.3 of 4:3, 3.5 with the one panorama, 6.3 with both, of which one tensor takes 2. Cutting the crops out before
 * would need no field, but their sizes differ from step to step, and a graph is compiled for one.
 */
function fieldFits(config: RunConfig, field: Field, stepBytes: number): boolean {
  const { bytes, largest } = viewMemory(config, field);
  return largest <= LARGEST_TENSOR && bytes <= Math.max(SMALL, stepBytes);
}

export interface ViewsFacts {
  device: string;
  noViews?: NoViews | undefined;
  /** Bytes of the step on the device, without its views. */
  stepBytes: number;
  /** The device's own memory, where it is known. */
  deviceMemoryBytes?: number | null | undefined;
  field: Field;
}

/**
 * Who makes the views of a run: what its settings say, else WebGPU where it makes views rightly and the photos of a
 * batch fit, for there state and views stay on the card. CUDA and DirectML would send the views back and forth, and on
 * the processor the workers' kernel is faster than a graph.
 */
export function viewsMaker(
  config: RunConfig,
  { device, noViews: why, stepBytes, deviceMemoryBytes, field }: ViewsFacts,
): ViewsMaker {
  if (!inputShape(config.input).colour) return 'processor';
  if (config.viewsBy !== 'auto') return config.viewsBy === 'device' ? 'device' : 'processor'; // a run older than the setting has none
  if (device !== 'webgpu' || why !== undefined || !fieldFits(config, field, stepBytes)) return 'processor';
  return stepBytes + viewMemory(config, field).bytes <= (deviceMemoryBytes ?? Infinity) ? 'device' : 'processor';
}
