/** Runs sessions and counts the bytes that cross between the computer's memory and the device on the way. */
import type { InferenceSession, Tensor as OrtTensor } from 'onnxruntime-node';
import { isUncopied, runInto } from './onnx/uncopied.ts';

export interface Traffic {
  /** Bytes copied so far. */
  toDevice: number;
  fromDevice: number;
}

export const noTraffic = (): Traffic => ({ toDevice: 0, fromDevice: 0 });

type Tensors = Readonly<Record<string, OrtTensor>>;

/**
 * Runs `session` once; what is fed from, or left in, the computer's memory is added to `traffic`. An uncopied model
 * (onnx/uncopied.ts) writes into `fetches`, of which each must be a tensor.
 */
export async function runCounted(
  session: InferenceSession,
  feeds: Tensors,
  fetches: Record<string, OrtTensor | null>,
  traffic: Traffic,
): Promise<Tensors> {
  for (const tensor of Object.values(feeds)) traffic.toDevice += bytesHere(tensor);
  const results = isUncopied(session)
    ? await runInto(session, feeds, fetches as Tensors)
    : await session.run(feeds, fetches);
  for (const tensor of Object.values(results as Tensors)) traffic.fromDevice += bytesHere(tensor);
  return results as Tensors;
}

/** Bytes of a tensor that lies in the computer's memory; 0 of one on the device. */
const bytesHere = (tensor: OrtTensor): number =>
  tensor.location === 'gpu-buffer' ? 0 : (tensor.data as Float32Array).byteLength;
