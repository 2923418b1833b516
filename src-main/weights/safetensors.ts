/** A safetensors file (shared/safetensors.ts), of which those tensors are read that are asked for. */
import { SafetensorsError, readHead } from '../../shared/safetensors.ts';
import { WeightsFileError } from './errors.ts';
import { toFloat32 } from './numbers.ts';
import type { Source } from './source.ts';
import type { Weights } from './torch.ts';

/** @throws WeightsFileError */
export async function openSafetensors(source: Source): Promise<Weights> {
  const { entries, start } = await readHead({
    stat: () => Promise.resolve({ size: source.size }),
    async read(into, offset, length, position) {
      const bytes = await source.read(position, Math.min(length, source.size - position));
      into.set(bytes, offset);
      return { bytesRead: bytes.length };
    },
  }).catch((error: unknown) => {
    throw error instanceof SafetensorsError ? new WeightsFileError(error.reason) : error;
  });
  const byName = new Map(entries.map((entry) => [entry.name, entry]));
  return {
    shapes: new Map(entries.map(({ name, shape }) => [name, shape])),
    async tensor(name) {
      const { dtype, shape, begin, end } = byName.get(name)!;
      return { shape, data: toFloat32(dtype, (await source.read(start + begin, end - begin)).buffer) };
    },
  };
}
