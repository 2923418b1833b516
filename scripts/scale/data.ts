/** Made-up collections: the same for everybody who measures. */
import { sketchSide } from '../../src-main/images/index.ts';
import { plain, turned } from '../../src-main/images/same/grey.ts';
import { random } from '../../test/helpers/random.ts';

/** Vectors [n, d] in 2,000 unequal clusters with 12 latent dimensions and 1 % bursts. */
export function embeddings(n: number, d: number): Float32Array {
  const [latent, kinds] = [12, 2000];
  const uniform = random(1);
  const normal = () => Math.sqrt(-2 * Math.log(uniform() || 1e-9)) * Math.cos(2 * Math.PI * uniform());
  const centres = Float32Array.from({ length: kinds * latent }, normal);
  const map = Float32Array.from({ length: latent * d }, normal);
  const out = new Float32Array(n * d);
  const z = new Float64Array(latent);
  for (let i = 0; i < n; i++) {
    const isBurst = i > 0 && uniform() < 0.01;
    const kind = Math.floor(kinds * uniform() ** 3);
    for (let l = 0; l < latent; l++) z[l] = centres[kind * latent + l]! + 0.3 * normal();
    for (let j = 0; j < d; j++) {
      let sum = 0;
      for (let l = 0; l < latent; l++) sum += z[l]! * map[l * d + j]!;
      out[i * d + j] = (isBurst ? out[(i - 1) * d + j]! : Math.tanh(0.5 * sum)) + 0.02 * normal();
    }
  }
  return out;
}

/**
 * Sketches of look-alikes, a few hundred kinds of scene with their own lights and details, and 200 copies among them,
 * each laid otherwise and compressed.
 */
export function sketches(n: number): { sketches: Uint8Array; planted: [number, number][] } {
  const uniform = random(5);
  const cells = sketchSide ** 2;
  const out = new Uint8Array(new SharedArrayBuffer(n * cells));
  const kinds = Array.from({ length: 400 }, () => waves(uniform, 5, 60));
  const at = (row: number) => out.subarray(row * cells, (row + 1) * cells);
  for (let row = 0; row < n; row++) {
    const kind = kinds[Math.floor(kinds.length * uniform())]!;
    const own = waves(uniform, 12, 30);
    const into = at(row);
    for (let i = 0; i < cells; i++)
      into[i] = Math.max(0, Math.min(255, 128 + kind[i]! + own[i]! + 8 * (uniform() - 0.5)));
  }
  const planted = Array.from({ length: 200 }, (_, p): [number, number] => [7 * p, n - 1 - 5 * p]);
  planted.forEach(([from, to], p) => {
    const data = Float32Array.from(at(from), (value) => value + 4 * (uniform() - 0.5));
    at(to).set(turned(plain(sketchSide, data), p % 8).data.map(Math.round));
  });
  return { sketches: out, planted };
}

/** A sum of waves [16, 16] of chance direction, the finer the fainter. */
function waves(uniform: () => number, count: number, strength: number): Float32Array {
  const out = new Float32Array(sketchSide ** 2);
  for (let wave = 0; wave < count; wave++) {
    const [u, v, phase] = [8 * uniform() - 4, 8 * uniform() - 4, 6.28 * uniform()];
    const by = (strength * uniform()) / (1 + 0.5 * Math.hypot(u, v));
    for (let i = 0; i < out.length; i++)
      out[i]! += by * Math.cos((6.28 * (u * (i % sketchSide) + v * Math.floor(i / sketchSide))) / sketchSide + phase);
  }
  return out;
}
