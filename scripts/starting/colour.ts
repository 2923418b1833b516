/** Colours as photos have them: many dull ones, few bright, more brown, green and blue than the rest. */
import type { Random } from '../../src-main/app/sample/random.ts';
import type { Pattern, Points } from './noise.ts';

/** Red, green and blue, 0 to 1. */
export type Colour = readonly [number, number, number];

function fromHsl(hue: number, saturation: number, lightness: number): Colour {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number): number => {
    const k = (n + hue / 30) % 12;
    return lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1));
  };
  return [channel(0), channel(8), channel(4)];
}

export function naturalColour(random: Random): Colour {
  const group = random.between(0, 1);
  const hue =
    group < 0.35
      ? random.between(15, 50)
      : group < 0.55
        ? random.between(70, 140)
        : group < 0.75
          ? random.between(195, 235)
          : random.between(0, 360);
  const saturation = random.between(0, 1) ** 2;
  return fromHsl(hue, 0.9 * saturation, random.between(0.05, 0.95));
}

/** Two to four colours, evenly spaced from 0 to 1; values between two of them mix both. */
export type Palette = readonly Colour[];

export function paletteOf(random: Random): Palette {
  const first = naturalColour(random);
  const count = random.integer(2, 4);
  const near = random.chance(0.5);
  return Array.from({ length: count }, (_, i) => {
    if (i === 0) return first;
    if (!near) return naturalColour(random);
    const shift = random.between(-0.45, 0.45);
    return first.map((x) => Math.max(0, Math.min(1, x + shift + random.between(-0.12, 0.12)))) as unknown as Colour;
  });
}

/** The same palette in a somewhat other light. */
export const varied = (random: Random, palette: Palette, by: number): Palette => {
  const common = [0, 0, 0].map(() => random.between(-by, by));
  return palette.map(
    (colour) =>
      colour.map((x, c) =>
        Math.max(0, Math.min(1, x + common[c]! + random.between(-by / 2, by / 2))),
      ) as unknown as Colour,
  );
};

/** Colours [n, 3] of a pattern at its points. */
export function coloured(pattern: Pattern, palette: Palette, points: Points): Float32Array {
  const values = pattern(points);
  const out = new Float32Array(3 * values.length);
  const last = palette.length - 1;
  for (let i = 0; i < values.length; i++) {
    const x = Math.max(0, Math.min(0.9999, values[i]!)) * last;
    const at = Math.floor(x);
    const part = x - at;
    const [a, b] = [palette[at]!, palette[at + 1]!];
    for (let c = 0; c < 3; c++) out[3 * i + c] = a[c]! * (1 - part) + b[c]! * part;
  }
  return out;
}
