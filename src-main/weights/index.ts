/**
 * Files of weights from elsewhere: safetensors, what PyTorch saves, read without executing anything of it, and ONNX. What
 * the names in them mean is shared/givenWeights.ts.
 */
import { extname } from 'node:path';
import { KIND_BYTES, refuseOtherKind } from './otherKinds.ts';
import { openSafetensors } from './safetensors.ts';
import { openSource } from './source.ts';
import type { Source } from './source.ts';
import { openPickles, openZip } from './torch.ts';
import type { Tensor, Weights } from './torch.ts';

export { WeightsFileError } from './errors.ts';
export { toFloat32 } from './numbers.ts';

/** A pickle of the oldest protocols begins with any letter: these names say that a file is one. */
const pickleNames = new Set(['.pth', '.pt', '.tar', '.pkl', '.ckpt', '.bin', '.pyth']);

const PROTOCOL = 0x80;

async function opened(source: Source): Promise<Weights> {
  const first = await source.read(0, Math.min(source.size, KIND_BYTES));
  const begins = (...bytes: number[]) => bytes.every((byte, i) => first[i] === byte);
  if (begins(0x50, 0x4b, 3, 4)) return openZip(source);
  const isHead = first[8] === 0x7b; // safetensors: a length of eight bytes, then an object
  if (!isHead) refuseOtherKind(first);
  if (!isHead && (begins(PROTOCOL) || pickleNames.has(extname(source.path).toLowerCase()))) return openPickles(source);
  // its reader of protocol buffers is loaded by whoever has such a file, and not with every application
  if (extname(source.path).toLowerCase() === '.onnx') return (await import('./onnx.ts')).openOnnx(source);
  return openSafetensors(source);
}

/**
 * Names and shapes in a file of weights, the tensors that `wanted` names, and whether normalisation is folded into them.
 * @throws WeightsFileError, FileError, or the system's error where it cannot be opened
 */
export async function readWeights(
  path: string,
  wanted: (shapes: Weights['shapes']) => Iterable<string>,
): Promise<{ shapes: Weights['shapes']; tensors: Map<string, Tensor>; folded: boolean }> {
  const source = await openSource(path);
  try {
    const { shapes, tensor, folded = false } = await opened(source);
    const tensors = new Map<string, Tensor>();
    for (const name of wanted(shapes)) tensors.set(name, await tensor(name));
    return { shapes, tensors, folded };
  } finally {
    void source.close().catch(() => {}); // which may not answer
  }
}

/** Names and shapes in a file of weights. @throws as readWeights */
export const readShapes = async (path: string): Promise<Weights['shapes']> =>
  (await readWeights(path, () => [])).shapes;
