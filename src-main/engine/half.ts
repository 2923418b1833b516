/** Finds out, by trying, whether a device computes in float16. */
import { Tensor as OrtTensor } from 'onnxruntime-node';
import type { InferenceSession } from 'onnxruntime-node';
import { Graph } from './graph.ts';
import { OnnxLowering } from './onnx/lowering.ts';
import { linear } from './ops/index.ts';
import { openSession } from './session.ts';
import type { Device, SessionSettings } from './session.ts';
import { probeValues } from './random.ts';

const SIZE = 16;
const found = new Map<Device, Promise<boolean>>();

/** Whether float16 has been seen to work on the device: a product of counted values, to a hundredth. */
export function computesHalf({ device = 'cpu' }: Pick<SessionSettings, 'device'>): Promise<boolean> {
  if (device === 'cpu') return Promise.resolve(false); // it would cast back and forth and compute in float32
  let answer = found.get(device);
  if (!answer) found.set(device, (answer = probe(device)));
  return answer;
}

async function probe(device: Device): Promise<boolean> {
  const graph = new Graph();
  const [x, weight] = ['x', 'weight'].map((name) => graph.input(name, [SIZE, SIZE]));
  const model = new OnnxLowering({ half: true, graphics: true }).model('probe', new Map([['y', linear(x!, weight!)]]));
  let session: InferenceSession | undefined;
  try {
    session = await openSession(
      model,
      { device },
      { logSeverityLevel: 4, extra: { session: { disable_cpu_ep_fallback: '1' } } },
    );
    const values = probeValues(SIZE * SIZE);
    const operand = new OrtTensor('float32', values, [SIZE, SIZE]);
    const { y } = await session.run({ x: operand, weight: operand });
    return (y!.data as Float32Array).every((value, i) => {
      const [row, column] = [SIZE * Math.floor(i / SIZE), SIZE * (i % SIZE)];
      let exact = 0;
      for (let k = 0; k < SIZE; k++) exact += values[row + k]! * values[column + k]!;
      return Math.abs(value - exact) < 1e-2; // false of NaN too
    });
  } catch {
    return false; // the shader or the kernel does not exist here
  } finally {
    await session?.release();
  }
}
