/**
 * Views made on a device against the same views made by the processor's WebAssembly, which test/golden/augment.py
 * compares with torchvision; on the CPU provider and on WebGPU (software Vulkan).
 */
import type { Tensor as OrtTensor } from 'onnxruntime-node';
import { beforeAll, describe, expect, it } from 'vitest';
import { RunConfig } from '../../shared/config.ts';
import { VIEW_PARAMETERS } from '../../shared/viewParameters.ts';
import { Graph } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { openSession } from '../../src-main/engine/session.ts';
import { noTraffic } from '../../src-main/engine/traffic.ts';
import { ViewMaker } from '../../src-main/engine/views/maker.ts';
import {
  augmentView,
  drawParameters,
  encodeParameters,
  imagenetNormalisation,
} from '../../src-main/images/augment/index.ts';
import type { ViewParameters } from '../../src-main/images/augment/index.ts';
import type { RgbImage } from '../../src-main/images/resize.ts';
import { cases, photos } from '../helpers/augmentGolden.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';

const [width, height] = [Math.max(...photos.map((i) => i.width)), Math.max(...photos.map((i) => i.height))];

const { augment } = RunConfig.parse({});
/** Every case of torchvision's, then what a run would draw, with everything switched on. */
const drawn = (size: number): { image: RgbImage; parameters: ViewParameters }[] => [
  ...cases.filter((c) => c.size === size).map(({ image, parameters }) => ({ image: photos[image]!, parameters })),
  ...Array.from({ length: 12 }, (_, i) => {
    const image = photos[i % photos.length]!;
    return {
      image,
      parameters: drawParameters(
        { ...augment, verticalFlip: 0.5, jitter: 0.9 },
        5,
        i,
        `photo ${i}`,
        0,
        image.width,
        image.height,
      ),
    };
  }),
];

/** The runtime has no download of its own in Node: a session copies. */
async function download(tensor: OrtTensor): Promise<Float32Array> {
  const graph = new Graph();
  const model = new OnnxLowering().model('copy', new Map([['copy', graph.input('given', [...tensor.dims])]]));
  const session = await openSession(model, { device: 'webgpu' });
  const { copy } = await session.run({ given: tensor });
  await session.release();
  return copy!.data as Float32Array;
}

const devices = [
  ['cpu', true],
  ['webgpu', useSoftwareVulkan()],
] as const;

describe.each(devices.filter(([, here]) => here))('views made on %s', (device) => {
  const size = 32;
  const cases = drawn(size);
  let views: Float32Array[];
  const values = 3 * size * size;
  const traffic = noTraffic();

  beforeAll(async () => {
    const count = cases.length;
    const photos = new Uint8Array(count * height * width * 3).fill(200); // what lies outside a photo must not be seen
    const parameters = new Float32Array(2 * count * VIEW_PARAMETERS);
    for (const [n, { image, parameters: view }] of cases.entries()) {
      for (let y = 0; y < image.height; y++)
        photos.set(image.data.subarray(3 * y * image.width, 3 * (y + 1) * image.width), 3 * width * (n * height + y));
      encodeParameters(view, size, parameters, n * VIEW_PARAMETERS);
      // the second view: the first mirrored, with another blur
      encodeParameters({ ...view, flip: !view.flip, blurSigma: 1.5 }, size, parameters, (count + n) * VIEW_PARAMETERS);
    }
    const maker = await ViewMaker.create(
      { count, width, height, sizes: [size, size], ...imagenetNormalisation },
      { device },
    );
    const made = await maker.make({ photos, parameters }, traffic);
    if (device === 'webgpu') expect(Object.values(made).map((t) => t.location)).toEqual(['gpu-buffer', 'gpu-buffer']);
    views = await Promise.all(
      ['view1', 'view2'].map(async (name) =>
        device === 'webgpu' ? download(made[name]!) : (made[name]!.data as Float32Array),
      ),
    );
    for (const tensor of Object.values(made)) tensor.dispose();
    await maker.close();
  }, 300_000);

  it.each([0, 1])('are those of the processor: view %i', (v) => {
    for (const [n, { image, parameters }] of cases.entries()) {
      const expected = new Float32Array(values);
      augmentView(
        image,
        v === 0 ? parameters : { ...parameters, flip: !parameters.flip, blurSigma: 1.5 },
        size,
        expected,
        0,
        imagenetNormalisation,
      );
      const actual = views[v]!.subarray(n * values, (n + 1) * values);
      let [sum, worst] = [0, 0];
      for (let i = 0; i < values; i++) {
        const difference = Math.abs(actual[i]! - expected[i]!);
        expect(Number.isFinite(difference)).toBe(true);
        sum += difference;
        worst = Math.max(worst, difference);
      }
      // 1 / 255 is 0.017 after the normalisation.
      expect(sum / values, `mean error of case ${n}`).toBeLessThan(1e-4);
      expect(worst, `worst error of case ${n}`).toBeLessThan(5e-3);
    }
  });

  it('cost the device the photos and the numbers alone', () => {
    expect(traffic.toDevice).toBe(cases.length * (3 * width * height + 2 * 4 * VIEW_PARAMETERS));
    if (device === 'webgpu') expect(traffic.fromDevice).toBe(0);
  });
});
