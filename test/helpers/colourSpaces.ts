/**
 * Colours by their definitions, in double precision and apart from the product: what the same scene is in another space.
 * Levels are sRGB's, 0 to 255, pixel by pixel; light is 0 to 1.
 */
type Triple = readonly [number, number, number];
type Matrix = readonly [Triple, Triple, Triple];

const times = (m: Matrix, v: Triple): Triple =>
  m.map((row) => row[0] * v[0] + row[1] * v[1] + row[2] * v[2]) as unknown as Triple;
const column = (m: Matrix, c: 0 | 1 | 2): Triple => [m[0][c], m[1][c], m[2][c]];
const product = (a: Matrix, b: Matrix): Matrix => {
  const columns = ([0, 1, 2] as const).map((c) => times(a, column(b, c)));
  return [0, 1, 2].map((row) => columns.map((each) => each[row]!)) as unknown as Matrix;
};
function inverse(m: Matrix): Matrix {
  const minor = (r: number, c: number) => {
    const [a, b] = [0, 1, 2].filter((i) => i !== r);
    const [x, y] = [0, 1, 2].filter((i) => i !== c);
    return m[a!]![x!]! * m[b!]![y!]! - m[a!]![y!]! * m[b!]![x!]!;
  };
  const sign = (r: number, c: number) => ((r + c) % 2 ? -1 : 1);
  const determinant = [0, 1, 2].reduce((sum, c) => sum + sign(0, c) * m[0][c as 0]! * minor(0, c), 0);
  return [0, 1, 2].map((r) => [0, 1, 2].map((c) => (sign(r, c) * minor(c, r)) / determinant)) as unknown as Matrix;
}

/** Places of red, green, blue and white (x, y). */
const PLACES = {
  srgb: [0.64, 0.33, 0.3, 0.6, 0.15, 0.06, 0.3127, 0.329],
  displayP3: [0.68, 0.32, 0.265, 0.69, 0.15, 0.06, 0.3127, 0.329],
  adobeRgb: [0.64, 0.33, 0.21, 0.71, 0.15, 0.06, 0.3127, 0.329],
  bt2020: [0.708, 0.292, 0.17, 0.797, 0.131, 0.046, 0.3127, 0.329],
  proPhoto: [0.7347, 0.2653, 0.1596, 0.8404, 0.0366, 0.0001, 0.3457, 0.3585],
} as const;
export type Space = keyof typeof PLACES;

export const D50: Triple = [0.9642, 1, 0.8249];
const BRADFORD: Matrix = [
  [0.8951, 0.2664, -0.1614],
  [-0.7502, 1.7135, 0.0367],
  [0.0389, -0.0685, 1.0296],
];

/** Light of a space to XYZ beneath D50, as profiles have it. */
export function toXyz(space: Space): Matrix {
  const p = PLACES[space];
  const xyz = (i: number): Triple => [p[i]! / p[i + 1]!, 1, (1 - p[i]! - p[i + 1]!) / p[i + 1]!];
  const [r, g, b, white] = [xyz(0), xyz(2), xyz(4), xyz(6)];
  const bare = [0, 1, 2].map((row) => [r[row]!, g[row]!, b[row]!]) as unknown as Matrix;
  const scale = times(inverse(bare), white);
  const own = bare.map((row) => row.map((value, i) => value * scale[i]!)) as unknown as Matrix;
  const [from, to] = [times(BRADFORD, white), times(BRADFORD, D50)];
  const adapted = BRADFORD.map((row, i) => row.map((value) => (value * to[i]!) / from[i]!)) as unknown as Matrix;
  return product(product(inverse(BRADFORD), adapted), own);
}

/** Light of an sRGB level. */
export const lightOf = (level: number): number =>
  level / 255 <= 0.04045 ? level / 255 / 12.92 : ((level / 255 + 0.055) / 1.055) ** 2.4;

/** sRGB's curve, light to 0 to 1. */
export const srgbCurve = (light: number): number =>
  light <= 0.0031308 ? 12.92 * light : 1.055 * light ** (1 / 2.4) - 0.055;

/** PQ (SMPTE ST 2084) of light whose white is 203 nits. */
export function pqCurve(light: number): number {
  const y = (Math.max(0, light) * 0.0203) ** 0.1593017578125;
  return ((0.8359375 + 18.8515625 * y) / (1 + 18.6875 * y)) ** 78.84375;
}

/** The same colours in another space, by a curve from light to 0 to 1. */
export function coloursIn(space: Space, curve: (light: number) => number, levels: readonly number[]): number[] {
  const change = product(inverse(toXyz(space)), toXyz('srgb'));
  return pixelwise(levels, (pixel) => times(change, pixel).map((light) => curve(Math.min(1, Math.max(0, light)))));
}

/** CIELab beneath D50, as TIFF has it: L of 255, a and b with a sign. */
export function labOf(levels: readonly number[]): number[] {
  const f = (t: number) => (t > (6 / 29) ** 3 ? Math.cbrt(t) : t / (3 * (6 / 29) ** 2) + 4 / 29);
  const change = toXyz('srgb');
  return pixelwise(levels, (pixel) => {
    const [x, y, z] = times(change, pixel).map((value, i) => f(value / D50[i]!)) as unknown as Triple;
    return [(116 * y - 16) * 2.55, 500 * (x - y), 200 * (y - z)].map(Math.round);
  });
}

/** Each pixel's light through a function. */
function pixelwise(levels: readonly number[], of: (light: Triple) => number[]): number[] {
  return Array.from({ length: levels.length / 3 }, (_, i) =>
    of(levels.slice(3 * i, 3 * i + 3).map(lightOf) as unknown as Triple),
  ).flat();
}
