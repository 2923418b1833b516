/**
 * Counted randomness: the value of element i of a named tensor is a pure function of (seed, name, i), so initial
 * weights do not depend on the order in which a network is built. Philox, keyed by the seed and a hash of the name;
 * each block of the counter gives four words.
 */
import { philox } from '../../shared/philox.ts';

/** FNV-1a of the name's UTF-8 bytes. */
function hashName(name: string): number {
  let hash = 0x811c9dc5;
  for (const byte of new TextEncoder().encode(name)) hash = Math.imul(hash ^ byte, 0x01000193) >>> 0;
  return hash;
}

/** Fills four at a time: `draw` turns four words in (0, 1) into four values. */
function fill(seed: number, name: string, count: number, draw: (u: Float64Array) => void): Float32Array {
  const data = new Float32Array(count);
  const words = new Uint32Array(4);
  const u = new Float64Array(4);
  const key = hashName(name);
  for (let i = 0; i < count; i += 4) {
    philox([i / 4, 0, 0, 0], seed >>> 0, key, words);
    for (let j = 0; j < 4; j++) u[j] = (words[j]! + 0.5) / 2 ** 32;
    draw(u);
    for (let j = 0; j < 4 && i + j < count; j++) data[i + j] = u[j]!;
  }
  return data;
}

/** Values between -0.5 and 0.5 by which kernels are tried, the same everywhere: no two neighbours are alike. */
export const probeValues = (count: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => ((i * 37) % 101) / 101 - 0.5);

/** `count` values uniform in (-bound, bound). */
export const uniform = (seed: number, name: string, count: number, bound: number): Float32Array =>
  fill(seed, name, count, (u) => {
    for (let j = 0; j < 4; j++) u[j] = (2 * u[j]! - 1) * bound;
  });

/** `count` normal values of mean 0, by Box and Muller's transform. */
export const normal = (seed: number, name: string, count: number, deviation: number): Float32Array =>
  fill(seed, name, count, (u) => {
    for (let j = 0; j < 4; j += 2) {
      const radius = deviation * Math.sqrt(-2 * Math.log(u[j]!));
      const angle = 2 * Math.PI * u[j + 1]!;
      u[j] = radius * Math.cos(angle);
      u[j + 1] = radius * Math.sin(angle);
    }
  });
