/** Numbers of [0, 1) that follow from a seed (mulberry32), so that what fails or is measured can be had again. */
export function random(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Numbers [n, d] from -0.5 to 0.5, the same for the same seed. */
export function matrix(n: number, d: number, seed: number): Float32Array {
  const next = random(seed);
  return Float32Array.from({ length: n * d }, () => next() - 0.5);
}
