/**
 * Solid bodies of a few parts, as animals, vehicles and tools are: a trunk and what is fixed to it, often on both sides
 * of it. What a body is is drawn once for its program; each picture bends it a little, turns it and lights it.
 */
import type { Random } from '../../src-main/app/sample/random.ts';
import type { Palette } from './colour.ts';
import { coloured, paletteOf, varied } from './colour.ts';
import { logBetween, patternOf } from './noise.ts';
import type { Pattern } from './noise.ts';
import type { Canvas } from './canvas.ts';

type Vector = readonly [number, number, number];
/** Rows of a rotation. */
type Turn = readonly [Vector, Vector, Vector];
const forms = ['ball', 'box', 'tube', 'cone'] as const;
type Form = (typeof forms)[number];

interface Part {
  form: Form;
  centre: Vector;
  half: Vector;
  turn: Turn;
  material: number;
}
interface Material {
  pattern: Pattern;
  palette: Palette;
  plain: boolean;
}
export interface Body {
  parts: Part[];
  materials: Material[];
  /** Whether it stands on a ground or hangs in the air. */
  stands: boolean;
}

const dot = (a: Vector, b: Vector): number => a[0] * b[0] + a[1] * b[1] + a[2] * b[2];
const times = (turn: Turn, v: Vector): Vector => [dot(turn[0], v), dot(turn[1], v), dot(turn[2], v)];
const transposed = (t: Turn): Turn => [
  [t[0][0], t[1][0], t[2][0]],
  [t[0][1], t[1][1], t[2][1]],
  [t[0][2], t[1][2], t[2][2]],
];
const product = (a: Turn, b: Turn): Turn => {
  const columns = transposed(b);
  return [times(columns, a[0]), times(columns, a[1]), times(columns, a[2])];
};
const about = (axis: 0 | 1 | 2, angle: number): Turn => {
  const [c, s] = [Math.cos(angle), Math.sin(angle)];
  if (axis === 0)
    return [
      [1, 0, 0],
      [0, c, -s],
      [0, s, c],
    ];
  if (axis === 1)
    return [
      [c, 0, s],
      [0, 1, 0],
      [-s, 0, c],
    ];
  return [
    [c, -s, 0],
    [s, c, 0],
    [0, 0, 1],
  ];
};

export function bodyOf(random: Random): Body {
  const materials = Array.from({ length: random.integer(1, 3) }, () => ({
    pattern: patternOf(random),
    palette: paletteOf(random),
    plain: random.chance(0.4),
  }));
  const form = () => forms[random.integer(0, 6) % 4]!;
  const material = () => random.integer(0, materials.length - 1);
  const half = (scale: number): Vector => [
    scale * logBetween(random, 0.35, 1),
    scale * logBetween(random, 0.35, 1),
    scale * logBetween(random, 0.4, 1.3),
  ];
  const straight = about(0, 0);
  const trunk: Part = { form: form(), centre: [0, 0, 0], half: half(0.5), turn: straight, material: 0 };
  const parts = [trunk];
  const count = random.integer(2, 6);
  for (let i = 0; i < count; i++) {
    const on = parts[random.integer(0, Math.min(parts.length - 1, 2))]!;
    const size = logBetween(random, 0.12, 0.55);
    const direction: Vector = [random.between(-1, 1), random.between(-1, 1), random.between(-1, 1)];
    const length = Math.max(0.2, Math.hypot(...direction));
    const long = random.chance(0.5) ? logBetween(random, 1.5, 5) : 1;
    const own = half(size);
    const part: Part = {
      form: form(),
      half: [own[0] / long, own[1], own[2] / (long > 1 ? long : 1)],
      centre: [0, 1, 2].map(
        (c) => on.centre[c]! + (direction[c]! / length) * (0.85 * on.half[c]! + 0.4 * own[c]!),
      ) as unknown as Vector,
      turn: product(about(2, random.between(-1, 1)), about(0, random.between(-1, 1))),
      material: material(),
    };
    const repeats = random.chance(0.3) ? random.integer(2, 3) : 1;
    const step = random.between(0.2, 0.5);
    for (let r = 0; r < repeats; r++) {
      const moved: Part = { ...part, centre: [part.centre[0], part.centre[1], part.centre[2] - r * step] };
      parts.push(moved);
      if (random.chance(0.1)) continue;
      const [x, y, z] = moved.centre;
      if (Math.abs(x) > 0.05) parts.push({ ...moved, centre: [-x, y, z], turn: product(moved.turn, about(2, 0.6)) });
    }
  }
  return { parts: parts.slice(0, 14), materials, stands: random.chance(0.65) };
}

export interface Pose {
  view: Turn;
  light: Vector;
  scale: number;
  x: number;
  y: number;
}

export function poseOf(random: Random): Pose {
  const view = product(
    product(about(2, random.between(-0.15, 0.15)), about(0, random.between(-0.1, 0.7))),
    about(1, random.between(0, 2 * Math.PI)),
  );
  const light: Vector = [random.between(-0.8, 0.8), random.between(0.2, 1), random.between(0.2, 1)];
  const length = Math.hypot(...light);
  return {
    view,
    light: [light[0] / length, light[1] / length, light[2] / length],
    scale: logBetween(random, 0.32, 0.8),
    x: random.between(-0.12, 0.12),
    y: random.between(-0.1, 0.1),
  };
}

/** Where a ray from the viewer first meets a unit form: local point, or null. Origin and direction are local too. */
function meet(form: Form, o: Vector, d: Vector, normal: number[]): number | null {
  if (form === 'box') {
    let [near, far, axis, sign] = [-1e9, 1e9, 0, 1];
    for (let c = 0; c < 3; c++) {
      if (Math.abs(d[c]!) < 1e-9) {
        if (Math.abs(o[c]!) > 1) return null;
        continue;
      }
      const [a, b] = [(-1 - o[c]!) / d[c]!, (1 - o[c]!) / d[c]!];
      const low = Math.min(a, b);
      if (low > near) {
        near = low;
        axis = c;
        sign = d[c]! > 0 ? -1 : 1;
      }
      far = Math.min(far, Math.max(a, b));
    }
    if (near > far) return null;
    normal.fill(0);
    normal[axis] = sign;
    return near;
  }
  if (form === 'ball') {
    const [a, b, c] = [dot(d, d), dot(o, d), dot(o, o) - 1];
    const under = b * b - a * c;
    if (under < 0) return null;
    const t = (-b - Math.sqrt(under)) / a;
    for (let k = 0; k < 3; k++) normal[k] = o[k]! + t * d[k]!;
    return t;
  }
  // Tube and cone: around the second axis, from -1 to 1, the cone to a point at the top.
  const slope = form === 'cone' ? 0.5 : 0;
  const [ro, rd] = [form === 'cone' ? 0.5 * (1 - o[1]) : 1, -slope * d[1]];
  const a = d[0] * d[0] + d[2] * d[2] - rd * rd;
  const b = o[0] * d[0] + o[2] * d[2] - ro * rd;
  const c = o[0] * o[0] + o[2] * o[2] - ro * ro;
  let best: number | null = null;
  const under = b * b - a * c;
  if (under >= 0 && Math.abs(a) > 1e-9) {
    for (const root of [(-b - Math.sqrt(under)) / a, (-b + Math.sqrt(under)) / a]) {
      const y = o[1] + root * d[1];
      if (Math.abs(y) <= 1 && (best === null || root < best)) {
        best = root;
        const radius = form === 'cone' ? 0.5 * (1 - y) : 1;
        normal[0] = o[0] + root * d[0];
        normal[1] = slope * radius;
        normal[2] = o[2] + root * d[2];
      }
    }
  }
  if (Math.abs(d[1]) > 1e-9)
    for (const end of form === 'cone' ? [-1] : [-1, 1]) {
      const t = (end - o[1]) / d[1];
      const [x, z] = [o[0] + t * d[0], o[2] + t * d[2]];
      if (x * x + z * z <= 1 && (best === null || t < best)) {
        best = t;
        normal[0] = 0;
        normal[1] = end;
        normal[2] = 0;
      }
    }
  return best;
}

/** Draws the body in a pose, with a shadow under it where it stands. `change` is how much its form and colours vary. */
export function drawBody(random: Random, canvas: Canvas, body: Body, pose: Pose, change: number): void {
  const { side, pixels } = canvas;
  const n = side * side;
  const depth = new Float32Array(n).fill(-1e9);
  const [shade, gloss] = [new Float32Array(n), new Float32Array(n)];
  const [u, v] = [new Float32Array(n), new Float32Array(n)];
  const owner = new Int8Array(n).fill(-1);
  const shiny = random.chance(0.4) ? random.between(0.1, 0.5) : 0;
  const ambient = random.between(0.25, 0.6);
  let [low, left, right] = [1, 1, -1];
  const normal = [0, 0, 0];
  for (const part of body.parts) {
    const bend = (x: number): number => x * Math.exp(random.between(-change, change));
    const half: Vector = [bend(part.half[0]), bend(part.half[1]), bend(part.half[2])];
    const turn = product(pose.view, product(part.turn, about(0, random.between(-change, change))));
    const back = transposed(turn);
    const centre = times(pose.view, part.centre);
    const reach = Math.hypot(...half) * pose.scale;
    const [cx, cy] = [pose.x + pose.scale * centre[0], pose.y + pose.scale * centre[1]];
    const ray = times(back, [0, 0, -1]);
    const d: Vector = [ray[0] / half[0], ray[1] / half[1], ray[2] / half[2]];
    const column = (x: number): number => Math.max(0, Math.min(side, Math.round((x + 0.5) * side)));
    for (let py = column(-cy - reach); py < column(-cy + reach); py++)
      for (let px = column(cx - reach); px < column(cx + reach); px++) {
        const x = ((px + 0.5) / side - 0.5 - pose.x) / pose.scale - centre[0];
        const y = (0.5 - (py + 0.5) / side - pose.y) / pose.scale - centre[1];
        const p = times(back, [x, y, 4]);
        const o: Vector = [p[0] / half[0], p[1] / half[1], p[2] / half[2]];
        const t = meet(part.form, o, d, normal);
        if (t === null) continue;
        const z = centre[2] + 4 - t;
        const at = py * side + px;
        if (z <= depth[at]!) continue;
        depth[at] = z;
        owner[at] = part.material;
        const local: Vector = [p[0] + t * ray[0], p[1] + t * ray[1], p[2] + t * ray[2]];
        u[at] = 0.6 * (local[0] + 0.6 * local[2]);
        v[at] = 0.6 * (local[1] + 0.35 * local[2]);
        const out = times(turn, [normal[0]! / half[0], normal[1]! / half[1], normal[2]! / half[2]]);
        const facing = dot(out, pose.light) / Math.hypot(...out);
        shade[at] = ambient + (1.15 - ambient) * Math.max(0, facing);
        gloss[at] = shiny * Math.max(0, facing) ** 12;
        low = Math.min(low, 0.5 - py / side);
        left = Math.min(left, px / side - 0.5);
        right = Math.max(right, px / side - 0.5);
      }
  }
  if (body.stands && right > left)
    shadow(canvas, {
      x: (left + right) / 2 - 0.1 * pose.light[0],
      y: low + 0.03,
      wide: 0.6 * (right - left),
      high: 0.12 * (right - left),
    });
  body.materials.forEach(({ pattern, palette, plain }, m) => {
    const where: number[] = [];
    for (let i = 0; i < n; i++) if (owner[i] === m) where.push(i);
    const points = { u: Float32Array.from(where, (i) => u[i]!), v: Float32Array.from(where, (i) => v[i]!) };
    const tones = varied(random, palette, change);
    const colours = plain ? null : coloured(pattern, tones, points);
    for (let k = 0; k < where.length; k++)
      for (let c = 0; c < 3; c++) {
        const at = where[k]!;
        pixels[3 * at + c] = (colours ? colours[3 * k + c]! : tones[0]![c]!) * shade[at]! + gloss[at]!;
      }
  });
}

function shadow(
  { side, pixels }: Canvas,
  { x, y, wide, high }: { x: number; y: number; wide: number; high: number },
): void {
  for (let py = 0; py < side; py++)
    for (let px = 0; px < side; px++) {
      const dx = ((px + 0.5) / side - 0.5 - x) / wide;
      const dy = (0.5 - (py + 0.5) / side - y) / high;
      const dark = 1 - 0.55 * Math.exp(-1.5 * (dx * dx + dy * dy));
      for (let c = 0; c < 3; c++) pixels[3 * (py * side + px) + c]! *= dark;
    }
}
