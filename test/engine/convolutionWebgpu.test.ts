/** The input gradient of strided convolutions on WebGPU, down to images as small as the filters of its phases. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { gradients } from '../../src-main/engine/gradient.ts';
import { elements, Graph } from '../../src-main/engine/graph.ts';
import { OnnxLowering } from '../../src-main/engine/onnx/lowering.ts';
import { conv, mul, sum } from '../../src-main/engine/ops/index.ts';
import { openSession } from '../../src-main/engine/session.ts';
import { useSoftwareVulkan } from '../helpers/vulkan.ts';
import { holdPrograms } from '../helpers/webgpu.ts';
import { counted, distance, norm } from './golden.ts';

async function inputGradient(size: number, kernel: number, device: 'cpu' | 'webgpu'): Promise<Float32Array> {
  const graph = new Graph();
  const x = graph.input('x', [2, 8, size, size]);
  const y = conv(x, graph.input('weight', [16, 8, kernel, kernel]), { stride: 2, padding: (kernel - 1) / 2 });
  const [dx] = gradients(sum(mul(y, graph.input('flow', y.shape))), [x]);
  const lowering = new OnnxLowering(device === 'cpu' ? {} : { images: 'channelsLast', graphics: true });
  const session = await openSession(lowering.model('test', new Map([['dx', dx!]])), { device });
  const feeds = [...graph.inputs].filter(([name]) => session.inputNames.includes(name));
  const results = await session.run(
    Object.fromEntries(
      feeds.map(([name, { shape }]) => [name, new OrtTensor('float32', counted(name, elements(shape), 1), shape)]),
    ),
  );
  const found = Float32Array.from(results['dx']!.data as Float32Array);
  await session.release();
  return found;
}

const available = useSoftwareVulkan();
holdPrograms(available);

describe.runIf(available)('a strided input gradient on WebGPU agrees with the CPU', () => {
  it.each([
    [4, 3], // dy has the size of the filters
    [3, 3],
    [16, 3],
    [4, 1],
  ])('images of %i px, filters of %i', async (size, kernel) => {
    const [expected, found] = [await inputGradient(size, kernel, 'cpu'), await inputGradient(size, kernel, 'webgpu')];
    expect(distance(found, expected)).toBeLessThan(1e-5 * norm(expected));
  });
});
