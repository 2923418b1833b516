/**
 * A network of twice the width that computes the same features, each twice: Net2Net's widening (Chen et al.,
 * arXiv 1511.05641). Every channel becomes two. What comes in through a pair is shared among the two by drawn shares,
 * so that a gradient tells them apart and training goes on from there.
 */
import { uniform } from '../../src-main/engine/random.ts';

interface FloatTensor {
  shape: number[];
  data: Float32Array;
}

/** Channels of a photo, which are not doubled. */
const COLOURS = 3;
/** The shares of two are 0.5 off by up to this. */
const APART = 0.3;

/** Tensors of a backbone by name, convolutions [O, I, k, k] and vectors [C], for one of [2 O, 2 I, k, k] and [2 C]. */
export function widened(tensors: ReadonlyMap<string, FloatTensor>, seed: number): Map<string, FloatTensor> {
  return new Map([...tensors].map(([name, tensor]) => [name, widenedTensor(name, tensor, seed)]));
}

function widenedTensor(name: string, { shape, data }: FloatTensor, seed: number): FloatTensor {
  const twice = (values: Float32Array): Float32Array => Float32Array.from([...values, ...values]);
  const [outputs, inputs, ...kernel] = shape as [number, number, ...number[]];
  if (shape.length === 1 || inputs === COLOURS) return { shape: [2 * outputs, ...shape.slice(1)], data: twice(data) };
  const taps = kernel.reduce((a, b) => a * b, 1);
  const off = uniform(seed, `widening.${name}`, 2 * outputs * inputs, APART);
  const wide = new Float32Array(4 * data.length);
  for (let o = 0; o < 2 * outputs; o++)
    for (let i = 0; i < inputs; i++) {
      const share = 0.5 + off[o * inputs + i]!;
      const from = ((o % outputs) * inputs + i) * taps;
      const to = (2 * o * inputs + i) * taps;
      for (let tap = 0; tap < taps; tap++) {
        wide[to + tap] = share * data[from + tap]!;
        wide[to + inputs * taps + tap] = (1 - share) * data[from + tap]!;
      }
    }
  return { shape: [2 * outputs, 2 * inputs, ...kernel], data: wide };
}
