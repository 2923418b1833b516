/**
 * Square grey pictures in which photos are compared: whatever the shape of a photo, its sides are -1 to 1. Leaves
 * reading them from files to the pool's jobs and what they say of two photos to fit.ts.
 */

/** Brightness, 0 to 255, and the colours that it is made of. */
export interface Grey {
  size: number;
  data: Float32Array; // [size, size]
  /** Red and blue, for what a brighter copy has clipped; green follows. */
  red: Float32Array; // [size, size]
  blue: Float32Array; // [size, size]
  /** Mean of the squares of brightness, which says how much it varies within a place: of a bright one, what clips. */
  squares: Float32Array; // [size, size]
}

/** ITU-R 601. */
export const weights = { red: 0.299, green: 0.587, blue: 0.114 } as const;

/** Sides in pixels, all twice the one before. */
const smallest = 16;
const largest = 128;

/** The side in which a photo of these sides is looked at; its own detail is what counts. */
export function sideFor(width: number, height: number): number {
  let side = smallest;
  while (side < largest && 2 * side <= Math.min(width, height)) side *= 2;
  return side;
}

/** Of pixels in colour, by the mean over each place. @param rgb [height, width, 3] */
export function greyOf(rgb: Uint8Array, width: number, height: number, size: number): Grey {
  const data = new Float32Array(size * size);
  const [red, blue, squares] = [1, 2, 3].map(() => new Float32Array(size * size)) as [
    Float32Array,
    Float32Array,
    Float32Array,
  ];
  const columns = shares(width, size);
  const rows = shares(height, size);
  const line = new Float32Array(4 * size);
  for (let y = 0; y < size; y++) {
    const { first, parts } = rows[y]!;
    parts.forEach((weight, dy) => {
      const at = (first + dy) * width;
      line.fill(0);
      for (let x = 0; x < size; x++) {
        const column = columns[x]!;
        for (let dx = 0; dx < column.parts.length; dx++) {
          const from = 3 * (at + column.first + dx);
          const share = column.parts[dx]!;
          const [r, g, b] = [rgb[from]!, rgb[from + 1]!, rgb[from + 2]!];
          line[4 * x]! += share * r;
          line[4 * x + 1]! += share * g;
          line[4 * x + 2]! += share * b;
          line[4 * x + 3]! += share * (weights.red * r + weights.green * g + weights.blue * b) ** 2;
        }
      }
      for (let x = 0; x < size; x++) {
        const [r, g, b] = [weight * line[4 * x]!, weight * line[4 * x + 1]!, weight * line[4 * x + 2]!];
        data[y * size + x]! += weights.red * r + weights.green * g + weights.blue * b;
        red[y * size + x]! += r;
        blue[y * size + x]! += b;
        squares[y * size + x]! += weight * line[4 * x + 3]!;
      }
    });
  }
  return { size, data, red, blue, squares };
}

/** Which of `from` pixels each of `to` places covers, and how much of each, summing to one. */
function shares(from: number, to: number): { first: number; parts: number[] }[] {
  return Array.from({ length: to }, (_, i) => {
    const [start, end] = [(i * from) / to, ((i + 1) * from) / to];
    const first = Math.min(from - 1, Math.floor(start));
    const last = Math.max(first, Math.min(from - 1, Math.ceil(end) - 1));
    const parts = Array.from({ length: last - first + 1 }, (__, k) =>
      Math.max(0, Math.min(end, first + k + 1) - Math.max(start, first + k)),
    );
    const sum = parts.reduce((a, b) => a + b, 0) || 1;
    return { first, parts: parts.map((part) => part / sum) };
  });
}

/** The eight ways to lay a square: bit 0 flips left and right, bit 1 up and down, bit 2 first swaps the axes. */
export const orientations = 8;

/** Laid as `orientation` says. */
export const turned = (grey: Grey, orientation: number): Grey =>
  planes(grey, grey.size, (plane) => laid(plane, grey.size, orientation));

/** The way that takes back: swapped axes exchange the flips. */
export const inverse = (way: number): number => (way & 4 ? 4 | ((way & 1) << 1) | ((way & 2) >> 1) : way);

/** Of brightness alone: the colours are the same array. @param data [size, size] */
export const plain = (size: number, data: Float32Array): Grey => ({
  size,
  data,
  red: data,
  blue: data,
  squares: data.map((value) => value * value),
});

const planes = (
  { data, red, blue, squares }: Grey,
  size: number,
  made: (plane: Float32Array) => Float32Array,
): Grey => {
  const brightness = made(data);
  const colour = (plane: Float32Array) => (plane === data ? brightness : made(plane));
  return { size, data: brightness, red: colour(red), blue: colour(blue), squares: made(squares) };
};

function laid(data: Float32Array, size: number, orientation: number): Float32Array {
  const out = new Float32Array(size * size);
  for (let y = 0; y < size; y++)
    for (let x = 0; x < size; x++) {
      let [from, line] = orientation & 4 ? [y, x] : [x, y];
      if (orientation & 1) from = size - 1 - from;
      if (orientation & 2) line = size - 1 - line;
      out[y * size + x] = data[line * size + from]!;
    }
  return out;
}

/** Half the size, each place the mean of four. */
export function halved(grey: Grey): Grey {
  const { size } = grey;
  const half = size >> 1;
  const mean = (of: Float32Array) => {
    const out = new Float32Array(half * half);
    for (let y = 0; y < half; y++)
      for (let x = 0; x < half; x++) {
        const at = 2 * y * size + 2 * x;
        out[y * half + x] = (of[at]! + of[at + 1]! + of[at + size]! + of[at + size + 1]!) / 4;
      }
    return out;
  };
  return planes(grey, half, mean);
}

/** Softened by 1 2 1 along both axes: what resizing and compression leave alike. */
export function softened(grey: Grey): Grey {
  const { size } = grey;
  const pass = (source: Float32Array, step: number, across: number) => {
    const out = new Float32Array(size * size);
    for (let line = 0; line < size; line++)
      for (let i = 0; i < size; i++) {
        const at = line * across + i * step;
        const before = i > 0 ? source[at - step]! : source[at]!;
        const after = i + 1 < size ? source[at + step]! : source[at]!;
        out[at] = (before + 2 * source[at]! + after) / 4;
      }
    return out;
  };
  return planes(grey, size, (plane) => pass(pass(plane, 1, size), size, 1));
}
