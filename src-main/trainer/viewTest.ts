/**
 * Whether a device makes views as the processor does: those of a few counted photos of different sizes, large and small
 * crops, everything that a run draws switched on. Runs in a process that may be thrown away, as the self-test of the step.
 */
import { parseConfig } from '../../shared/config.ts';
import type { ViewTestJob } from '../../shared/contract/job.ts';
import type { JobResult } from '../../shared/contract/report.ts';
import { VIEW_PARAMETERS } from '../../shared/viewParameters.ts';
import { augmentView, drawParameters, encodeParameters, imagenetNormalisation } from '../images/index.ts';
import type { RgbImage } from '../images/index.ts';
import { Guard } from './backend.ts';
import type { JobContext } from './control.ts';

/** Tolerances as in test/engine/views.test.ts, after normalisation, where a 255th of the brightness is 0.017. */
const MEAN_TOLERANCE = 1e-4;
const WORST_TOLERANCE = 5e-3;

/** Sizes of the test photos in pixels: odd, upright and lying, one smaller than the views. */
const SIZES = [
  [43, 32],
  [31, 42],
  [33, 33],
  [18, 13],
  [40, 29],
  [24, 37],
] as const;
/** Sides of the views in pixels: two views and a small crop. */
const VIEWS = [32, 32, 16] as const;
const config = parseConfig({ epochs: 1, augment: { verticalFlip: 0.5, jitter: 1, blur: 0.8 } });

/** @throws DeviceError, OutOfDeviceMemoryError, DeviceLostError */
export async function viewTest(
  { device }: ViewTestJob,
  { backend, watch }: JobContext,
): Promise<Extract<JobResult, { kind: 'viewTest' }>> {
  const photos = SIZES.map(([width, height], n): RgbImage => ({ data: pixels(n, width, height), width, height }));
  const [width, height] = [Math.max(...SIZES.map(([w]) => w)), Math.max(...SIZES.map(([, h]) => h))];
  const count = photos.length;
  const batch = {
    photos: new Uint8Array(3 * count * width * height).fill(200),
    parameters: new Float32Array(VIEWS.length * count * VIEW_PARAMETERS),
  };
  const expected = VIEWS.map((size) => new Float32Array(count * 3 * size ** 2));
  for (const [n, photo] of photos.entries()) {
    for (let y = 0; y < photo.height; y++)
      batch.photos.set(
        photo.data.subarray(3 * y * photo.width, 3 * (y + 1) * photo.width),
        3 * width * (n * height + y),
      );
    for (const [v, size] of VIEWS.entries()) {
      const drawn = drawParameters(config.augment, config.seed, 0, `photo ${n}`, v, photo.width, photo.height);
      encodeParameters(drawn, size, batch.parameters, (v * count + n) * VIEW_PARAMETERS);
      augmentView(photo, drawn, size, expected[v]!, n * 3 * size ** 2, imagenetNormalisation);
    }
  }
  const guard = new Guard(config, device, backend, watch);
  const made = await guard.call(
    () => backend.views({ count, width, height, sizes: VIEWS, ...imagenetNormalisation }, batch, { device }),
    true,
  );
  return { kind: 'viewTest', ...compare(expected, made, count) };
}

/** Pixels of a test photo, the same on every machine: waves of a channel and a photo of their own, and grain. */
function pixels(photo: number, width: number, height: number): Uint8Array {
  return Uint8Array.from({ length: 3 * width * height }, (_, i) => {
    const [c, x, y] = [i % 3, Math.floor(i / 3) % width, Math.floor(i / (3 * width))];
    const wave = Math.sin(0.31 * x * (1 + 0.2 * c) + 0.7 * photo) * Math.cos(0.23 * y * (1.3 - 0.3 * c) + photo * c);
    return 128 + 96 * wave + 31 * Math.sin(12.9898 * i);
  });
}

/** Compares views photo by photo, so that one that is wrong is not lost among others; NaN counts as furthest of all. */
export function compare(
  expected: readonly Float32Array[],
  made: readonly Float32Array[],
  count: number,
): { difference: number; passed: boolean } {
  let [furthest, passed] = [0, true];
  for (const [v, views] of expected.entries()) {
    const length = views.length / count;
    for (let n = 0; n < count; n++) {
      let [sum, worst] = [0, 0];
      for (let i = n * length; i < (n + 1) * length; i++) {
        const off = Math.abs((made[v]?.[i] ?? NaN) - views[i]!);
        const difference = Number.isFinite(off) ? off : Infinity;
        sum += difference;
        worst = Math.max(worst, difference);
      }
      passed &&= sum / length <= MEAN_TOLERANCE && worst <= WORST_TOLERANCE;
      furthest = Math.max(furthest, worst);
    }
  }
  return { difference: furthest * Math.max(...imagenetNormalisation.std), passed };
}
