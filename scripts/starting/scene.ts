/**
 * Pictures that no camera took, for encoders that are to know something of pictures before they see one. A program is
 * what a picture is of: a body, a heap of shapes, a texture or a fractal; its instances are pictures of it, in other
 * poses, light and surroundings. Everything is a function of the two numbers.
 */
import type { Random } from '../../src-main/app/sample/random.ts';
import { randomOf } from '../../src-main/app/sample/random.ts';
import { blur, developed, emptyCanvas, planeOf } from './canvas.ts';
import type { Canvas } from './canvas.ts';
import { coloured, naturalColour, paletteOf, varied } from './colour.ts';
import type { Palette } from './colour.ts';
import { logBetween, patternOf } from './noise.ts';
import type { Pattern, Points } from './noise.ts';
import { bodyOf, drawBody, poseOf } from './solids.ts';

/** Side of a finished picture, px; it is drawn at twice that. */
export const SIDE = 48;
const DRAWN = 2 * SIDE;

export type Kind = 'body' | 'heap' | 'texture' | 'fractal';
/** Draws an instance. */
type Program = (random: Random, canvas: Canvas) => void;

const window = (random: Random) => ({
  zoom: logBetween(random, 0.6, 1.4),
  turn: random.between(-0.4, 0.4),
  x: random.between(-2, 2),
  y: random.between(-2, 2),
});

const fill = (canvas: Canvas, pattern: Pattern, palette: Palette, points: Points): void =>
  canvas.pixels.set(coloured(pattern, palette, points));

/** Sky above and ground below, which runs to the horizon. */
function horizon(random: Random, canvas: Canvas): void {
  const { side, pixels } = canvas;
  const height = random.between(0.25, 0.7);
  const [top, bottom] = [naturalColour(random), naturalColour(random)];
  const clouds = patternOf(random, 0);
  const cloudy = random.between(0, 0.5);
  const sky = clouds(planeOf(side, { zoom: 1.5, turn: 0, x: random.between(-2, 2), y: 0 }));
  const [u, v] = [new Float32Array(side * side), new Float32Array(side * side)];
  const [shift, depth] = [random.between(-2, 2), random.between(0.1, 0.5)];
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const below = Math.max(0.01, (y + 0.5) / side - height);
      u[y * side + x] = (depth * ((x + 0.5) / side - 0.5)) / (below + 0.08) + shift;
      v[y * side + x] = depth / (below + 0.08);
    }
  const ground = coloured(patternOf(random), paletteOf(random), { u, v });
  for (let i = 0; i < side * side; i++) {
    const at = (Math.floor(i / side) + 0.5) / side;
    const part = Math.min(1, at / height);
    for (let c = 0; c < 3; c++) {
      const air = top[c]! * (1 - part) + bottom[c]! * part;
      pixels[3 * i + c] = at < height ? air + cloudy * (sky[i]! - 0.5) : ground[3 * i + c]!;
    }
  }
}

/** What is behind a body: nothing in particular. */
function surroundings(random: Random, canvas: Canvas): void {
  const kind = random.between(0, 1);
  if (kind < 0.3) {
    horizon(random, canvas);
    blur(canvas, random.integer(0, 2));
  } else if (kind < 0.45) {
    heapOf(random)(random, canvas);
    blur(canvas, random.integer(2, 8));
  } else {
    const [palette, at] = [paletteOf(random), window(random)];
    const points = planeOf(DRAWN, kind < 0.6 ? { ...at, zoom: 0.15 } : at);
    fill(canvas, patternOf(random, kind < 0.6 ? 0 : 1), palette, points);
    blur(canvas, random.integer(0, 4));
  }
}

function bodyProgram(random: Random): Program {
  const body = bodyOf(random);
  const front = random.chance(0.4);
  return (instance, canvas) => {
    surroundings(instance, canvas);
    const change = instance.between(0.05, 0.2);
    const pose = poseOf(instance);
    if (front && instance.chance(0.3))
      drawBody(
        instance,
        canvas,
        body,
        { ...poseOf(instance), scale: 0.6 * pose.scale, x: instance.between(-0.4, 0.4) },
        change,
      );
    drawBody(instance, canvas, body, pose, change);
  };
}

/** A closed curve about the origin: its radius by the angle. */
function outline(random: Random): (angle: number) => number {
  const corners = random.integer(3, 7);
  if (random.chance(0.35)) {
    const step = (2 * Math.PI) / corners;
    return (angle) => Math.cos(step / 2) / Math.cos((((angle % step) + step) % step) - step / 2);
  }
  const waves = Array.from({ length: random.integer(0, 3) }, () => ({
    k: random.integer(2, 7),
    a: random.between(0.05, 0.3),
    phase: random.between(0, 6.3),
  }));
  return (angle) => waves.reduce((r, { k, a, phase }) => r + a * Math.cos(k * angle + phase), 0.8);
}

/** Dead leaves: shapes that hide one another, each with a texture of its own. */
function heapOf(random: Random): Program {
  const kinds = Array.from({ length: random.integer(1, 3) }, () => ({
    shape: outline(random),
    pattern: patternOf(random, 0),
    palette: paletteOf(random),
    long: random.chance(0.4) ? logBetween(random, 1, 4) : 1,
    plain: random.chance(0.4),
  }));
  const [ground, groundPalette] = [patternOf(random), paletteOf(random)];
  const [least, most] = [logBetween(random, 0.04, 0.12), logBetween(random, 0.2, 0.5)];
  const density = random.between(0.4, 2);
  const stays = random.between(0.05, 0.4);
  return (instance, canvas) => {
    const { side, pixels } = canvas;
    fill(canvas, ground, varied(instance, groundPalette, 0.1), planeOf(side, window(instance)));
    const tones = kinds.map(({ palette }) => varied(instance, palette, 0.12));
    const light = instance.between(0, 2 * Math.PI);
    let area = 0;
    for (let count = 0; area < density && count < 60; count++) {
      const which = instance.integer(0, kinds.length - 1);
      const { shape, pattern, long, plain } = kinds[which]!;
      // Small ones are many: as many of each size as keep the picture the same at every scale.
      const size = 1 / Math.sqrt(instance.between(1 / most ** 2, 1 / least ** 2));
      const [cx, cy, turn] = [instance.between(0, 1), instance.between(0, 1), instance.between(0, 2 * Math.PI)];
      area += 2 * size * size;
      const [c, s] = [Math.cos(turn), Math.sin(turn)];
      const [where, us, vs]: [number[], number[], number[]] = [[], [], []];
      const reach = 1.7 * size * Math.sqrt(long);
      const from = (x: number) => Math.max(0, Math.floor((x - reach) * side));
      const to = (x: number) => Math.min(side, Math.ceil((x + reach) * side));
      for (let py = from(cy); py < to(cy); py++)
        for (let px = from(cx); px < to(cx); px++) {
          const [dx, dy] = [((px + 0.5) / side - cx) / size, ((py + 0.5) / side - cy) / size];
          const [x, y] = [(c * dx - s * dy) / Math.sqrt(long), (s * dx + c * dy) * Math.sqrt(long)];
          if (Math.hypot(x, y) > shape(Math.atan2(y, x))) continue;
          where.push(py * side + px);
          us.push(size * x + cx);
          vs.push(size * y + cy);
        }
      const tone = varied(instance, tones[which]!, stays * 0.5);
      const colours = plain ? null : coloured(pattern, tone, { u: Float32Array.from(us), v: Float32Array.from(vs) });
      const [lx, ly, slope] = [Math.cos(light), Math.sin(light), instance.between(0, 0.5)];
      where.forEach((at, k) => {
        const lit = 1 + (slope * ((us[k]! - cx) * lx + (vs[k]! - cy) * ly)) / size;
        for (let ch = 0; ch < 3; ch++) pixels[3 * at + ch] = lit * (colours ? colours[3 * k + ch]! : tone[0]![ch]!);
      });
    }
  };
}

function textureProgram(random: Random): Program {
  const [pattern, palette] = [patternOf(random, 2), paletteOf(random)];
  return (instance, canvas) => {
    const tones = instance.chance(0.3) ? paletteOf(instance) : varied(instance, palette, 0.15);
    fill(canvas, pattern, tones, planeOf(DRAWN, window(instance)));
  };
}

/** A fractal of a few contracting maps (an iterated function system), over whatever surroundings. */
function fractalProgram(random: Random): Program {
  const maps = Array.from({ length: random.integer(2, 5) }, () => {
    const [turn, shear] = [random.between(0, 6.3), random.between(0, 6.3)];
    const [large, little] = [random.between(0.5, 0.95), random.between(0.15, 0.8)];
    const [c, s, e, f] = [Math.cos(turn), Math.sin(turn), Math.cos(shear), Math.sin(shear)];
    return {
      a: large * c * e - little * s * f,
      b: -large * c * f - little * s * e,
      c: large * s * e + little * c * f,
      d: -large * s * f + little * c * e,
      x: random.between(-1, 1),
      y: random.between(-1, 1),
    };
  });
  const weights = maps.map(({ a, b, c, d }) => Math.max(0.05, Math.abs(a * d - b * c)));
  const total = weights.reduce((sum, w) => sum + w, 0);
  const palette = paletteOf(random);
  return (instance, canvas) => {
    surroundings(instance, canvas);
    const { side, pixels } = canvas;
    const count = 12_000;
    const [xs, ys, ages] = [new Float32Array(count), new Float32Array(count), new Float32Array(count)];
    let [x, y, age] = [0, 0, 0];
    for (let i = -30; i < count; i++) {
      let pick = instance.between(0, total);
      let m = 0;
      while (m < maps.length - 1 && (pick -= weights[m]!) > 0) m++;
      const map = maps[m]!;
      [x, y] = [map.a * x + map.b * y + map.x, map.c * x + map.d * y + map.y];
      age = 0.5 * age + 0.5 * (m / Math.max(1, maps.length - 1));
      if (i < 0) continue;
      [xs[i], ys[i], ages[i]] = [x, y, age];
    }
    let [mx, my, spread] = [0, 0, 0];
    for (let i = 0; i < count; i++) [mx, my] = [mx + xs[i]! / count, my + ys[i]! / count];
    for (let i = 0; i < count; i++) spread += ((xs[i]! - mx) ** 2 + (ys[i]! - my) ** 2) / count;
    if (!Number.isFinite(spread) || spread < 1e-9) return;
    const scale = logBetween(instance, 0.18, 0.35) / Math.sqrt(spread);
    const turn = instance.between(-0.5, 0.5);
    const [c, s] = [Math.cos(turn) * scale, Math.sin(turn) * scale];
    const [ox, oy] = [instance.between(0.35, 0.65), instance.between(0.35, 0.65)];
    const tones = varied(instance, palette, 0.12);
    const colours = coloured(({ u }) => u, tones, { u: ages, v: ages });
    for (let i = 0; i < count; i++) {
      const px = Math.floor(side * (ox + c * (xs[i]! - mx) - s * (ys[i]! - my)));
      const py = Math.floor(side * (oy + s * (xs[i]! - mx) + c * (ys[i]! - my)));
      if (px < 0 || py < 0 || px >= side || py >= side) continue;
      for (let ch = 0; ch < 3; ch++) pixels[3 * (py * side + px) + ch] = colours[3 * i + ch]!;
    }
  };
}

const kinds: Record<Kind, { share: number; make(random: Random): Program }> = {
  body: { share: 0.5, make: bodyProgram },
  heap: { share: 0.2, make: heapOf },
  texture: { share: 0.2, make: textureProgram },
  fractal: { share: 0.1, make: fractalProgram },
};

export function kindOf(program: number): Kind {
  let at = randomOf(`kind/${program}`).between(0, 1);
  for (const [name, { share }] of Object.entries(kinds)) if ((at -= share) < 0) return name as Kind;
  return 'body';
}

/** Picture `instance` of the program, [SIDE, SIDE, 3]. */
export function picture(program: number, instance: number): Uint8Array {
  const make = kinds[kindOf(program)].make(randomOf(`program/${program}`));
  const random = randomOf(`instance/${program}/${instance}`);
  const canvas = emptyCanvas(DRAWN);
  make(random, canvas);
  if (random.chance(0.4)) blur(canvas, random.integer(1, 4));
  return developed(random, canvas);
}
