/** Places of a map as they are drawn: in one square, whatever the layout's own units. */
import type { Work } from '../../../shared/work.ts';

/** Points that say where the edges lie: sorting a million would hold the thread. */
const SAMPLED = 50_000;
/** Points that are placed before others may have the thread: a millisecond or two. */
const PLACED = 50_000;

/**
 * Centred and scaled into [-1, 1], both axes alike; the outermost hundredth is drawn in to the edge.
 *
 * @param places [n, 2]
 */
export function* fitted(places: Float32Array): Work<Float32Array<ArrayBuffer>> {
  const axes = [];
  for (const offset of [0, 1]) {
    axes.push(spread(places, offset));
    yield;
  }
  const half = Math.max(axes[0]!.half, axes[1]!.half) || 1;
  const out = new Float32Array(places.length);
  for (let at = 0; at < places.length; at += 2 * PLACED) {
    const end = Math.min(places.length, at + 2 * PLACED);
    for (const [offset, { middle }] of axes.entries())
      for (let i = at + offset; i < end; i += 2)
        out[i] = Math.max(-1, Math.min(1, (0.96 * (places[i]! - middle)) / half));
    yield;
  }
  return out;
}

/** Where the inner 99 of 100 points lie along an axis. */
function spread(places: Float32Array, offset: number): { middle: number; half: number } {
  const step = 2 * Math.max(1, Math.floor(places.length / 2 / SAMPLED));
  const values = new Float32Array(Math.ceil(places.length / step));
  for (let i = 0; i < values.length; i++) values[i] = places[i * step + offset]!;
  values.sort();
  const at = (share: number) => values[Math.min(values.length - 1, Math.floor(share * values.length))] ?? 0;
  const [low, high] = [at(0.005), at(0.995)];
  return { middle: (low + high) / 2, half: (high - low) / 2 };
}
