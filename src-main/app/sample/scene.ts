/**
 * One sample photo as SVG: a motif in random colours, position, scale, turn and light. Everything here is
 * nuisance: drawn alike for every class, so that neither colours nor pixels at fixed places tell the class.
 * Colours vary within a photo too: two crops of it share its shape or texture and little else, which is what
 * a network without labels can find.
 */
import type { Paint } from './motifs.ts';
import { motifs } from './motifs.ts';
import type { Random } from './random.ts';
import { randomOf } from './random.ts';

/** Side of a sample photo, px. */
const SAMPLE_SIZE = 160;

/** Hue in degrees, saturation and lightness in percent. */
interface Colour {
  hue: number;
  saturation: number;
  lightness: number;
}

const css = ({ hue, saturation, lightness }: Colour): string =>
  `hsl(${hue.toFixed(0)},${saturation.toFixed(0)}%,${Math.max(3, Math.min(97, lightness)).toFixed(0)}%)`;

const randomColour = (random: Random): Colour => ({
  hue: random.between(0, 360),
  saturation: random.between(15, 85),
  lightness: random.between(28, 72),
});

/** Lighter and darker than the colour by the contrast of the scene. */
function tones(colour: Colour, contrast: number): Paint {
  const at = (shift: number) => css({ ...colour, lightness: colour.lightness + shift });
  return { light: at(contrast), base: at(0), dark: at(-contrast) };
}

/** A colour that can be told from `from` in lightness, so that a shape is seen on its ground. */
function apartFrom(random: Random, from: Colour): Colour {
  const colour = randomColour(random);
  const gap = random.between(26, 40);
  return { ...colour, lightness: from.lightness + gap };
}

function scatter(random: Random, draw: (paint: Paint) => string, paint: () => Paint): string {
  const size = random.between(0.17, 0.25) * SAMPLE_SIZE;
  const step = size * random.between(1.6, 2.4);
  const gaps = random.between(0, 0.3);
  const shift = { x: random.between(0, step), y: random.between(0, step) };
  let out = '';
  for (let y = -step; y < SAMPLE_SIZE + step; y += step)
    for (let x = -step; x < SAMPLE_SIZE + step; x += step) {
      if (random.chance(gaps)) continue;
      const place = {
        x: x + shift.x + random.between(-0.15, 0.15) * step - step / 2,
        y: y + shift.y + random.between(-0.15, 0.15) * step - step / 2,
      };
      const scale = size * random.between(0.8, 1.1);
      const transform = (dx: number, dy: number) =>
        `translate(${(place.x + dx).toFixed(1)},${(place.y + dy).toFixed(1)}) scale(${scale.toFixed(1)}) rotate(${random.between(-14, 14).toFixed(1)})`;
      const at = transform(0, 0);
      out += `<circle cx="${(place.x + size * 0.14).toFixed(1)}" cy="${(place.y + size * 0.18).toFixed(1)}" r="${(scale * 0.86).toFixed(1)}" fill="#000" opacity="0.13"/><g transform="${at}">${draw(paint())}</g>`;
    }
  return out;
}

/** The photo `index` of the class as an SVG document, SAMPLE_SIZE px square. */
export function sampleScene(className: string, index: number): string {
  const random = randomOf(`${className}/${index}`);
  const motif = motifs[className]!;
  const ground = { ...randomColour(random), lightness: random.between(18, 42) };
  const far = {
    ...ground,
    hue: ground.hue + random.between(90, 270),
    lightness: ground.lightness + random.between(-12, 12),
  };
  const S = SAMPLE_SIZE;

  const contrast = random.between(12, 24);
  const palette = Array.from({ length: 6 }, () => tones(apartFrom(random, ground), contrast));
  const paint = () => palette[random.integer(0, palette.length - 1)]!;

  let content: string;
  if (motif.kind === 'shape') content = scatter(random, (tone) => motif.draw(random, tone), paint);
  else {
    const grain = random.between(0.12, 0.17) * S;
    const turn = random.between(-8, 8);
    const side = (S * 0.8) / grain + 1;
    const move = `translate(${S / 2 + random.between(0, grain)},${S / 2 + random.between(0, grain)}) rotate(${turn.toFixed(1)}) scale(${grain.toFixed(2)})`;
    content = `<g transform="${move}">${motif.draw(random, paint, side)}</g>`;
  }

  const lamp = { x: random.between(-0.1, 1.1), y: random.between(-0.1, 1.1) };
  const warm = random.between(20, 60);
  // Fog, dusk or glare that changes across the photo: it spreads every class over all colours and exposures.
  const haze = (at: number) =>
    `<stop offset="${at}" stop-color="${css({ hue: random.between(0, 360), saturation: random.between(0, 70), lightness: random.between(0, 100) })}" stop-opacity="${random.between(0.05, 0.55).toFixed(2)}"/>`;
  return (
    `<svg xmlns="http://www.w3.org/2000/svg" width="${S}" height="${S}"><defs>` +
    `<linearGradient id="g" gradientTransform="rotate(${random.integer(0, 90)})"><stop offset="0" stop-color="${css(ground)}"/><stop offset="1" stop-color="${css(far)}"/></linearGradient>` +
    `<radialGradient id="l" cx="${lamp.x.toFixed(2)}" cy="${lamp.y.toFixed(2)}" r="1"><stop offset="0" stop-color="hsl(${warm.toFixed(0)},80%,92%)" stop-opacity="${random.between(0.1, 0.4).toFixed(2)}"/><stop offset="0.45" stop-color="#fff" stop-opacity="0"/><stop offset="1" stop-color="#000" stop-opacity="${random.between(0.25, 0.6).toFixed(2)}"/></radialGradient>` +
    `<linearGradient id="h" gradientTransform="rotate(${random.integer(0, 90)},0.5,0.5)">${haze(0)}${haze(0.5)}${haze(1)}</linearGradient>` +
    `</defs><rect width="${S}" height="${S}" fill="url(#g)"/>${content}<rect width="${S}" height="${S}" fill="url(#l)"/>` +
    `<rect width="${S}" height="${S}" fill="url(#h)"/></svg>`
  );
}
