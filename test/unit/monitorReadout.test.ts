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

it('fits a readout on the probe photos, and the last on those given for it', async () => {
  const names = Array.from({ length: 160 }, (_, i) => String(i));
  const images = names.map((id): JobImage => ({
    id,
    path: id,
    file: id,
    bytes: 1,
    modified: 1,
    label: null,
    heldOut: false,
  }));
  const cache = {
    ids: names,
    healed: <T>(read: () => T) => Promise.resolve(read()),
    evaluation: (ids: readonly string[]) => Float32Array.from(ids, Number),
  } as unknown as ImageCache;
  const set = { photos: names.slice(80), paired: 0, heldOut: [] };
  const fitted = names.filter((_, i) => i % 2 === 0);
  const monitor = new Monitor(config, { cache, set, fitted }, images, () =>
    Promise.resolve({
      embed: (photos) =>
        Promise.resolve({ features: ofAll(photos, d), projections: ofAll(photos, 16), predictions: ofAll(photos, 16) }),
      stages: (photos) => Promise.resolve(ofAll(photos, s)),
      update: () => Promise.resolve(),
      close: () => Promise.resolve(),
    }),
  );
  const of = (ids: readonly string[]) => fitReadout(ofAll(ids.map(Number), s), ids.length, d, edgeNumbers(config));
  const first = (await monitor.probe(new Map())).readout;
  const last = (await monitor.probe(new Map(), true)).readout;
  await monitor.close();
  expect(first).not.toBeNull();
  expect(first).toEqual(of(set.photos));
  expect(last).toEqual(of(fitted));
  expect(last).not.toEqual(first);
});
