/**
 * The classes of the sample photos. Each is a shape or a texture, drawn as SVG in paints it is given: what
 * colour, where, how large and in what light is scene.ts's business, and carries no information on the class.
 */
import type { Random } from './random.ts';

/** Three tones of one colour under the scene's light. */
export interface Paint {
  light: string;
  base: string;
  dark: string;
}

/** A shape fits the circle of radius 1 about the origin and is scattered over the picture. */
export interface Shape {
  kind: 'shape';
  draw(random: Random, paint: Paint): string;
}

/**
 * A texture covers the square of `side` units about the origin, one unit being the size of its grain. `paint`
 * gives each grain a colour of its own.
 */
export interface Texture {
  kind: 'texture';
  draw(random: Random, paint: () => Paint, side: number): string;
}

const point = (radius: number, turn: number): string => {
  const angle = turn * 2 * Math.PI;
  return `${(radius * Math.cos(angle)).toFixed(3)},${(radius * Math.sin(angle)).toFixed(3)}`;
};

const leaves: Shape = {
  kind: 'shape',
  draw(random, paint) {
    const w = random.between(0.38, 0.52);
    const veins = [-0.5, -0.2, 0.1, 0.4].map(
      (x) =>
        `<path d="M${x},0 l0.28,${w * 0.55} M${x},0 l0.28,${-w * 0.55}" stroke="${paint.dark}" stroke-width="0.05" fill="none"/>`,
    );
    return (
      `<path d="M-1,0 C-0.5,${-w * 1.6} 0.5,${-w * 1.4} 1,0 Z" fill="${paint.light}"/>` +
      `<path d="M-1,0 C-0.5,${w * 1.6} 0.5,${w * 1.4} 1,0 Z" fill="${paint.base}"/>` +
      veins.join('') +
      `<path d="M-1.15,0 L1,0" stroke="${paint.dark}" stroke-width="0.07"/>`
    );
  },
};

const stars: Shape = {
  kind: 'shape',
  draw(random, paint) {
    const inner = random.between(0.38, 0.45);
    const half = (i: number, side: 1 | -1) =>
      `<path d="M0,0 L${point(1, i / 5)} L${point(inner, (i + side * 0.5) / 5)} Z" fill="${side > 0 ? paint.dark : paint.light}"/>`;
    return Array.from({ length: 5 }, (_, i) => half(i, 1) + half(i, -1)).join('');
  },
};

const shells: Shape = {
  kind: 'shape',
  draw(random, paint) {
    const turns = random.between(2.6, 3.4);
    const steps = 70;
    const line = Array.from({ length: steps }, (_, i) => {
      const t = (i + 1) / steps;
      return `${i ? 'L' : 'M'}${point(0.86 * t, t * turns)}`;
    }).join(' ');
    return (
      `<circle r="0.98" fill="${paint.base}"/><circle r="0.98" fill="none" stroke="${paint.dark}" stroke-width="0.05"/>` +
      `<path d="${line}" fill="none" stroke="${paint.dark}" stroke-width="0.16" stroke-linecap="round"/>` +
      `<path d="${line}" fill="none" stroke="${paint.light}" stroke-width="0.05" stroke-linecap="round" transform="translate(-0.04,-0.04)"/>`
    );
  },
};

const cubes: Shape = {
  kind: 'shape',
  draw(_random, paint) {
    const face = (points: string[], fill: string) =>
      `<polygon points="${points.join(' ')}" fill="${fill}" stroke="${paint.dark}" stroke-width="0.03" stroke-linejoin="round"/>`;
    const corner = (i: number) => point(1, i / 6 + 1 / 12);
    return (
      face(['0,0', corner(3), corner(4), corner(5)], paint.light) +
      face(['0,0', corner(5), corner(0), corner(1)], paint.base) +
      face(['0,0', corner(1), corner(2), corner(3)], paint.dark)
    );
  },
};

/** Rows and columns of grains that cover a square of `side` units. */
function* grid(
  side: number,
  stepX: number,
  stepY: number,
): Generator<{ x: number; y: number; row: number; column: number }> {
  const columns = Math.ceil(side / stepX / 2) + 1;
  const rows = Math.ceil(side / stepY / 2) + 1;
  for (let row = -rows; row <= rows; row++)
    for (let column = -columns; column <= columns; column++) yield { x: column * stepX, y: row * stepY, row, column };
}

const bricks: Texture = {
  kind: 'texture',
  draw(random, paint, side) {
    const joint = random.between(0.08, 0.36);
    let out = '';
    for (const { x, y, row } of grid(side, 1.6, 0.8))
      out += `<rect x="${x + (row & 1 ? 0.8 : 0)}" y="${y}" width="${1.6 - joint}" height="${0.8 - joint}" rx="0.05" fill="${paint().base}"/>`;
    return out;
  },
};

const waves: Texture = {
  kind: 'texture',
  draw(random, paint, side) {
    let out = '';
    const height = random.between(0.5, 0.75);
    const thick = random.between(0.22, 0.5);
    for (let y = -side; y < side; y += 0.85) {
      const tone = paint();
      let line = `M${-side},${y}`;
      for (let x = -side; x < side; x += 1.6) line += ` q0.4,${-height} 0.8,0 q0.4,${height} 0.8,0`;
      out += `<path d="${line}" fill="none" stroke="${tone.dark}" stroke-width="${thick}"/><path d="${line}" fill="none" stroke="${tone.light}" stroke-width="${0.45 * thick}" transform="translate(0,-0.12)"/>`;
    }
    return out;
  },
};

const weave: Texture = {
  kind: 'texture',
  draw(random, paint, side) {
    const half = random.between(0.24, 0.4);
    let out = '';
    for (const { x, y, row, column } of grid(side, 1, 1))
      out +=
        (row + column) & 1
          ? `<rect x="${x - 0.62}" y="${y - half}" width="1.24" height="${2 * half}" rx="0.2" fill="${paint().base}"/>`
          : `<rect x="${x - half}" y="${y - 0.62}" width="${2 * half}" height="1.24" rx="0.2" fill="${paint().base}"/>`;
    return out;
  },
};

const pebbles: Texture = {
  kind: 'texture',
  draw(random, paint, side) {
    const fill = random.between(0.75, 1.2);
    let out = '';
    for (const { x, y, row } of grid(side, 1.1, 0.95)) {
      const cx = x + (row & 1 ? 0.55 : 0) + random.between(-0.14, 0.14);
      const cy = y + random.between(-0.14, 0.14);
      const r = fill * random.between(0.32, 0.52);
      const tone = paint();
      out += `<ellipse cx="${cx.toFixed(2)}" cy="${cy.toFixed(2)}" rx="${r.toFixed(2)}" ry="${(r * random.between(0.7, 1)).toFixed(2)}" fill="${tone.base}"/><circle cx="${(cx - 0.12).toFixed(2)}" cy="${(cy - 0.12).toFixed(2)}" r="${(r * 0.35).toFixed(2)}" fill="${tone.light}"/>`;
    }
    return out;
  },
};

/** Class name -> motif. The names are the folders of the sample set, and so its labels. */
export const motifs: Record<string, Shape | Texture> = { bricks, cubes, leaves, pebbles, shells, stars, waves, weave };
