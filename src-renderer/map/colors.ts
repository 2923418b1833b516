/**
 * Colours of groups on the map, on white and on black: six of Okabe and Ito, then each the one farthest from all before
 * it to who sees every colour and to who sees no red or no green. By turns of hue after.
 */
const first = [
  ...['#0072b2', '#e69f00', '#009e73', '#cc79a7', '#56b4e9', '#d55e00'],
  ...['#a00040', '#2020f0', '#30e0b0', '#8080f0', '#505070', '#b0d070'],
];

export type Rgb = readonly [number, number, number];

const parseHex = (hex: string): Rgb => [1, 3, 5].map((at) => parseInt(hex.slice(at, at + 2), 16)) as unknown as Rgb;

function hsl(hue: number, saturation: number, lightness: number): Rgb {
  const a = saturation * Math.min(lightness, 1 - lightness);
  const channel = (n: number) => {
    const k = (n + hue * 12) % 12;
    return Math.round(255 * (lightness - a * Math.max(-1, Math.min(k - 3, 9 - k, 1))));
  };
  return [channel(0), channel(8), channel(4)];
}

/** The colour of group `index`; -1 (no label) is grey. */
export function groupColor(index: number): Rgb {
  if (index < 0) return [140, 146, 144];
  const hex = first[index];
  return hex ? parseHex(hex) : hsl((index * 0.618034) % 1, 0.55, index % 2 ? 0.45 : 0.6);
}

/** Red, green, blue and alpha by turns for each of `count` points; those without a group are grey. */
export function groupColors(groups: ArrayLike<number>, count: number, alpha: number): Uint8Array<ArrayBuffer> {
  const colors = new Uint8Array(4 * count);
  const known = new Map<number, Rgb>();
  for (let i = 0; i < count; i++) {
    const group = groups[i] ?? -1;
    let rgb = known.get(group);
    if (!rgb) known.set(group, (rgb = groupColor(group)));
    colors[4 * i] = rgb[0];
    colors[4 * i + 1] = rgb[1];
    colors[4 * i + 2] = rgb[2];
    colors[4 * i + 3] = alpha;
  }
  return colors;
}
