/**
 * Counted randomness: the value of element i of a named tensor is a pure function of (seed, name, i), so initial
 * weights do not depend on the order in which a network is built. Philox4x32-10 (Salmon et al. 2011), keyed by the
 * seed and a hash of the name; each block of the counter gives four 32-bit words.
 */
const M0 = 0xd2511f53;
const M1 = 0xcd9e8d57;
const W0 = 0x9e3779b9;
const W1 = 0xbb67ae85;

/** High 32 bits of the product of two unsigned 32-bit numbers. */
function high(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const carry = a0 * b1 + (middle & 0xffff);
  return (a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(carry / 0x10000)) >>> 0;
}

/** Philox4x32-10 of counter (c0, c1, c2, c3) under key (k0, k1): four words into `out`. */
export function philox(counter: readonly [number, number, number, number], key: readonly [number, number], out: Uint32Array): void {
  let [c0, c1, c2, c3] = counter;
  let [k0, k1] = key;
  for (let round = 0; round < 10; round++) {
    const h0 = high(M0, c0);
    const l0 = Math.imul(M0, c0) >>> 0;
    const h1 = high(M1, c2);
    const l1 = Math.imul(M1, c2) >>> 0;
    c0 = (h1 ^ c1 ^ k0) >>> 0;
    c1 = l1;
    c2 = (h0 ^ c3 ^ k1) >>> 0;
    c3 = l0;
    k0 = (k0 + W0) >>> 0;
    k1 = (k1 + W1) >>> 0;
  }
  out[0] = c0;
  out[1] = c1;
  out[2] = c2;
  out[3] = c3;
}

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
  const key = [seed >>> 0, hashName(name)] as const;
  for (let i = 0; i < count; i += 4) {
    philox([i / 4, 0, 0, 0], key, words);
    for (let j = 0; j < 4; j++) u[j] = (words[j]! + 0.5) / 2 ** 32;
    draw(u);
    for (let j = 0; j < 4 && i + j < count; j++) data[i + j] = u[j]!;
  }
  return data;
}

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
