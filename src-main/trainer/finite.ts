/**
 * A network with NaN or infinity in it gives numbers that look like results: whatever is computed with a checkpoint is
 * looked at before it is written or counted, and the tensor that is to blame is named.
 */
import { KeyedError } from '../../shared/errors.ts';
import type { KeyOf } from '../../shared/errors.ts';
import type { State } from '../engine/index.ts';
import type { Embedder } from './backend.ts';

export class NotFiniteError<Key extends KeyOf<'not-finite'> = KeyOf<'not-finite'>> extends KeyedError<Key> {
  override readonly name = 'NotFiniteError';
}

/**
 * Index of the first NaN or infinity, -1 where there is none. A pass over all weights takes 10 ms a million numbers.
 */
export function firstNotFinite(values: Float32Array): number {
  for (let i = 0; i < values.length; i++) if (values[i]! - values[i]! !== 0) return i;
  return -1;
}

/** The name of the first tensor that holds NaN or infinity, or undefined. */
const notFiniteIn = (state: State): string | undefined =>
  [...state].find(([, { data }]) => firstNotFinite(data) >= 0)?.[0];

/** @throws NotFiniteError naming the first parameter that holds NaN or infinity */
export function checkParameters(state: State, epoch: number): void {
  const name = notFiniteIn(state);
  if (name !== undefined) throw new NotFiniteError('not-finite.parameter', { name, epoch: Math.floor(epoch) });
}

/** The encoder with a check that the features it gives are finite. @throws NotFiniteError */
export const finiteOnly = (encoder: Embedder): Embedder => ({
  update: (state) => encoder.update(state),
  close: () => encoder.close(),
  async embed(images, n) {
    const embedding = await encoder.embed(images, n);
    for (const [name, values] of Object.entries(embedding))
      if (values instanceof Float32Array && firstNotFinite(values) >= 0)
        throw new NotFiniteError('not-finite.output', { name });
    return embedding;
  },
});
