/**
 * Scalar fields over lists of points, the grain that textures are made of. All take coordinates [n] and give values [n],
 * about 0 to 1, so that one call draws a whole picture or one piece of it.
 */
import type { Random } from '../../src-main/app/sample/random.ts';
import { randomOf } from '../../src-main/app/sample/random.ts';

/** Points [n] of a texture, in its own coordinates: 1 is about the side of the picture. */
export interface Points {
  u: Float32Array;
  v: Float32Array;
}
export type Pattern = (points: Points) => Float32Array;

const TABLE = 256;
const table = ((): Float32Array => {
  const random = randomOf('noise');
  return Float32Array.from({ length: TABLE * TABLE }, () => random.between(0, 1));
})();
const cell = (x: number, y: number): number => table[((y & (TABLE - 1)) << 8) | (x & (TABLE - 1))]!;

/** Smooth noise of one point, 0 to 1. */
function smooth(x: number, y: number): number {
  const [ix, iy] = [Math.floor(x), Math.floor(y)];
  const [fx, fy] = [x - ix, y - iy];
  const a = fx * fx * (3 - 2 * fx);
  const b = fy * fy * (3 - 2 * fy);
  const top = cell(ix, iy) * (1 - a) + cell(ix + 1, iy) * a;
  const bottom = cell(ix, iy + 1) * (1 - a) + cell(ix + 1, iy + 1) * a;
  return top * (1 - b) + bottom * b;
}

export const logBetween = (random: Random, low: number, high: number): number =>
  Math.exp(random.between(Math.log(low), Math.log(high)));

const clamp = (x: number): number => Math.max(0, Math.min(1, x));

/** A random turn, stretch and shift of the plane, from its coordinates to those of a pattern. */
function placed(random: Random, frequency: number, stretch: number): (points: Points) => Points {
  const turn = random.between(0, 2 * Math.PI);
  const [dx, dy] = [random.between(0, 99), random.between(0, 99)];
  const [fx, fy] = [frequency * Math.sqrt(stretch), frequency / Math.sqrt(stretch)];
  const [c, s] = [Math.cos(turn), Math.sin(turn)];
  return ({ u, v }) => {
    const out = { u: new Float32Array(u.length), v: new Float32Array(u.length) };
    for (let i = 0; i < u.length; i++) {
      out.u[i] = fx * (c * u[i]! - s * v[i]!) + dx;
      out.v[i] = fy * (s * u[i]! + c * v[i]!) + dy;
    }
    return out;
  };
}

/** Noise of several octaves: clouds, ridges or grain. */
function clouds(random: Random): Pattern {
  const place = placed(random, logBetween(random, 1.5, 14), random.chance(0.3) ? logBetween(random, 1, 6) : 1);
  const octaves = random.integer(1, 5);
  const persistence = random.between(0.35, 0.75);
  const kind = random.integer(0, 3);
  const gain = random.between(1, 3);
  return (points) => {
    const { u, v } = place(points);
    const out = new Float32Array(u.length);
    for (let i = 0; i < u.length; i++) {
      let sum = 0;
      let weight = 0;
      let amplitude = 1;
      let [x, y] = [u[i]!, v[i]!];
      for (let o = 0; o < octaves; o++) {
        const noise = smooth(x, y);
        sum += amplitude * (kind === 1 ? 1 - Math.abs(2 * noise - 1) : noise);
        weight += amplitude;
        amplitude *= persistence;
        [x, y] = [1.6 * x - 1.2 * y + 17.3, 1.2 * x + 1.6 * y + 5.1];
      }
      const value = sum / weight;
      out[i] = clamp(0.5 + (kind === 2 ? 3 : 1) * gain * (value - (kind === 1 ? 0.65 : 0.5)));
    }
    return out;
  };
}

function stripes(random: Random): Pattern {
  const place = placed(random, logBetween(random, 2, 14), 1);
  const sharp = logBetween(random, 0.6, 8);
  const duty = random.between(-0.4, 0.4);
  const bend = random.chance(0.5) ? random.between(0, 0.8) : 0;
  const rings = random.chance(0.2);
  return (points) => {
    const { u, v } = place(points);
    return u.map((x, i) => {
      const y = v[i]!;
      const along = (rings ? Math.hypot(x - 50, y - 50) : x) + bend * smooth(0.7 * x, 0.7 * y) * 2;
      return clamp(0.5 + 0.5 * sharp * (Math.sin(2 * Math.PI * along) + duty));
    });
  };
}

/** Cells about scattered points: stones, scales, cracked earth. */
function cells(random: Random): Pattern {
  const place = placed(random, logBetween(random, 2.5, 12), random.chance(0.3) ? logBetween(random, 1, 3) : 1);
  const kind = random.integer(0, 3);
  const order = random.between(0.3, 1);
  const gain = random.between(1, 4);
  return (points) => {
    const { u, v } = place(points);
    return u.map((x, i) => {
      const y = v[i]!;
      const [ix, iy] = [Math.floor(x), Math.floor(y)];
      let [first, second, own] = [9, 9, 0];
      for (let cy = iy - 1; cy <= iy + 1; cy++)
        for (let cx = ix - 1; cx <= ix + 1; cx++) {
          const dx = cx + 0.5 + order * (cell(cx, cy) - 0.5) - x;
          const dy = cy + 0.5 + order * (cell(cx + 91, cy + 37) - 0.5) - y;
          const d = dx * dx + dy * dy;
          if (d < first) {
            second = first;
            first = d;
            own = cell(cx + 13, cy + 151);
          } else if (d < second) second = d;
        }
      const edge = Math.sqrt(second) - Math.sqrt(first);
      if (kind === 0) return clamp(1 - Math.sqrt(first));
      if (kind === 1) return clamp(gain * edge);
      return edge < 0.08 && kind === 2 ? 0 : own;
    });
  };
}

/** Bricks, tiles, checks and dots. */
function grid(random: Random): Pattern {
  const place = placed(random, logBetween(random, 2, 12), logBetween(random, 0.5, 2));
  const shift = random.chance(0.5) ? 0.5 : 0;
  const kind = random.integer(0, 2);
  const size = random.between(0.15, 0.48);
  const varied = random.between(0, 0.8);
  return (points) => {
    const { u, v } = place(points);
    return u.map((x, i) => {
      const y = v[i]!;
      const row = Math.floor(y);
      const moved = x + (row & 1 ? shift : 0);
      const column = Math.floor(moved);
      const [fx, fy] = [Math.abs(moved - column - 0.5), Math.abs(y - row - 0.5)];
      const tone = 1 - varied * cell(column, row);
      if (kind === 0) return (row + column) & 1 ? tone : 0.1;
      if (kind === 1) return Math.max(fx, fy) < size ? tone : 0;
      return Math.hypot(fx, fy) < size ? tone : 0;
    });
  };
}

type Operation = (a: Float32Array, b: Float32Array) => Float32Array;
const operations: Operation[] = [
  (a, b) => a.map((x, i) => x + b[i]!),
  (a, b) => a.map((x, i) => x * b[i]!),
  (a, b) => a.map((x, i) => Math.sin(2 * x + b[i]!)),
  (a, b) => a.map((x, i) => Math.max(x, b[i]!)),
  (a, b) => a.map((x, i) => Math.abs(x - b[i]!)),
  (a, b) => a.map((x, i) => Math.cos(3 * x * b[i]!)),
  (a, b) => a.map((x, i) => Math.atan2(x, b[i]! + 0.1)),
  (a, b) => a.map((x, i) => Math.tanh(3 * (x - b[i]!))),
];

/** A random expression of the coordinates. */
function expression(random: Random): Pattern {
  const place = placed(random, logBetween(random, 2, 7), 1);
  const build = (depth: number): Pattern => {
    if (depth === 0) {
      const kind = random.integer(0, 3);
      const [a, b] = [random.between(-2, 2), random.between(-2, 2)];
      const centre = [random.between(-1, 1), random.between(-1, 1)] as const;
      if (kind === 0) return ({ u }) => u.map((x) => a * x + b);
      if (kind === 1) return ({ v }) => v.map((y) => a * y + b);
      if (kind === 2) return ({ u, v }) => u.map((x, i) => Math.hypot(x - centre[0], v[i]! - centre[1]));
      return ({ u, v }) => u.map((x, i) => 2 * smooth(a * x + 40, a * v[i]! + 40) - 1);
    }
    const [left, right] = [build(depth - 1), build(random.integer(0, depth - 1))];
    const operation = operations[random.integer(0, operations.length - 1)]!;
    return (points) => operation(left(points), right(points));
  };
  const tree = build(random.integer(2, 4));
  const origin = [random.between(-3, 3), random.between(-3, 3)] as const;
  return (points) => {
    const { u, v } = place(points);
    // Its structure is about the origin: `placed` has moved it far away.
    const values = tree({ u: u.map((x) => (x % 7) - 3.5 + origin[0]), v: v.map((y) => (y % 7) - 3.5 + origin[1]) });
    return values.map((x) => 0.5 + 0.5 * Math.sin(2 * x));
  };
}

const kinds = [clouds, clouds, clouds, stripes, cells, grid, expression] as const;

/** A pattern of one kind, or two that are mixed, or one that another bends. */
export function patternOf(random: Random, depth = 1): Pattern {
  const plain = () => kinds[random.integer(0, kinds.length - 1)]!(random);
  const how = depth > 0 ? random.between(0, 1) : 1;
  if (how > 0.6) return plain();
  const [one, other] = [patternOf(random, depth - 1), plain()];
  const share = random.between(0.25, 0.75);
  if (how < 0.2) return mixed(one, other, (a, b) => share * a + (1 - share) * b);
  if (how < 0.35) return mixed(one, other, (a, b) => a * (1 - share + share * b));
  const bend = random.between(0.02, 0.2);
  return ({ u, v }) => {
    const by = other({ u, v });
    return one({ u: u.map((x, i) => x + bend * by[i]!), v: v.map((y, i) => y + bend * (1 - by[i]!)) });
  };
}

const mixed =
  (one: Pattern, other: Pattern, mix: (a: number, b: number) => number): Pattern =>
  (points) => {
    const [a, b] = [one(points), other(points)];
    return a.map((x, i) => mix(x, b[i]!));
  };
