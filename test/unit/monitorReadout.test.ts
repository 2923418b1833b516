/** What the monitor fits a readout on: the probe photos on the way, more of those trained on at the end. */
import { expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { JobImage } from '../../shared/contract/job.ts';
import { edgeNumbers, featureDim, stagesDim } from '../../src-main/engine/index.ts';
import { fitReadout } from '../../src-main/evaluate/index.ts';
import type { ImageCache } from '../../src-main/images/index.ts';
import { Monitor } from '../../src-main/trainer/monitor.ts';

const config = parseConfig({
  backbone: { width: 0.125, stem: 'small' },
  head: { hiddenDim: 16, outputDim: 16 },
  imageSize: 32,
  embedding: 'whitenedEdges',
});
const [d, s] = [featureDim(config), stagesDim(config)];

/** Numbers of a photo, by its own number alone. */
const numbers = (photo: number, length: number) =>
  Float32Array.from({ length }, (_, j) => Math.sin((photo + 1) * (j + 1) * 0.37) + Math.cos(photo * j * j));
const ofAll = (photos: ArrayLike<number>, length: number) =>
  Float32Array.from(Array.from(photos).flatMap((photo) => [...numbers(photo, length)]));

const names = Array.from({ length: 160 }, (_, i) => String(i));
const cache = {
  ids: names,
  healed: <T>(read: () => T) => Promise.resolve(read()),
  evaluation: (ids: readonly string[]) => Float32Array.from(ids, Number),
} as unknown as ImageCache;

/** A monitor of a network whose pooled features tell even numbers from odd ones. */
function monitorOf(photos: string[], fitted: string[]): Monitor {
  const labelOf = (i: number) => (i % 2 === 0 ? 'even' : 'odd');
  const images = names.map((id, i): JobImage => ({
    id,
    path: id,
    file: id,
    bytes: 1,
    modified: 1,
    label: labelOf(i),
    heldOut: false,
  }));
  return new Monitor(config, { cache, set: { photos, paired: 0, heldOut: [] }, fitted }, images, () =>
    Promise.resolve({
      embed: (of) => {
        const features = Float32Array.from(
          Array.from(of).flatMap((photo) => new Array<number>(d).fill(1 - 2 * (photo % 2))),
        );
        return Promise.resolve({ features, projections: ofAll(of, 16), predictions: ofAll(of, 16) });
      },
      stages: (of) => Promise.resolve(ofAll(of, s)),
      update: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  );
}

it('fits a readout on the probe photos, and the last on those given for it', async () => {
  const photos = names.slice(80);
  const fitted = names.filter((_, i) => i % 2 === 0);
  const monitor = monitorOf(photos, fitted);
  expect(monitor.lastProbe).toBe(1 + (1.5 ** 2 * 80) / (80 + 1.5 ** 2 * 80));
  expect(monitorOf(photos, photos).lastProbe).toBe(1);
  const of = (ids: readonly string[]) => fitReadout(ofAll(ids.map(Number), s), ids.length, d, edgeNumbers(config));
  const first = (await monitor.probe(new Map())).readout;
  const last = (await monitor.probe(new Map(), true)).readout;
  await monitor.close();
  expect(first).not.toBeNull();
  expect(first).toEqual(of(photos));
  expect(last).toEqual(of(fitted));
  expect(last).not.toEqual(first);
});

it('compares photos that are too few for a readout by pooled features', async () => {
  const few = names.slice(0, 40);
  const monitor = monitorOf(few, few);
  expect(await monitor.share(new Map())).toBe(1);
  expect(await monitor.probe(new Map())).toMatchObject({ readout: null, metrics: { knn: 1 } });
  await monitor.close();
});
