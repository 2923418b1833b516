/** What the map's points send to the graphics card, against a card that writes down what it is given. */
import { expect, it } from 'vitest';
import { groupColors } from '../../../src-renderer/map/colors.ts';
import { densityPicture } from '../../../src-renderer/map/density.ts';
import { PointIndex } from '../../../src-renderer/map/geometry.ts';

interface Layer {
  setPositions(positions: Float32Array, index?: PointIndex): void;
  setColors(colors: Uint8Array): void;
  setMarked(points: readonly number[], dimmed: boolean): void;
  draw(view: { x: number; y: number; scale: number }, width: number, height: number, ratio: number, size: number): void;
}

/** By a name that the types do not follow: these tests are compiled without a browser's. */
const pointsModule: string = '../../../src-renderer/map/points.ts';
const { plainAlpha, PointLayer } = (await import(pointsModule)) as {
  plainAlpha: number;
  PointLayer: new (canvas: object) => Layer;
};

function card() {
  const uploads: { at: number; bytes: number[] }[] = [];
  const uniforms: Record<string, number> = {};
  const drawn: number[] = [];
  const begun: number[] = [];
  const marks: number[][] = [];
  const known: Record<string, unknown> = {
    getProgramParameter: () => true,
    getUniformLocation: (_: unknown, name: string) => name,
    getAttribLocation: () => 0,
    uniform1f: (name: string, value: number) => (uniforms[name] = value),
    bufferData: (_: number, data: Uint8Array | Float32Array | Uint32Array) => {
      if (data instanceof Uint32Array) marks.push([...data]);
      if (data instanceof Uint8Array) uploads.push({ at: 0, bytes: [...data] });
    },
    bufferSubData: (_: number, at: number, data: Uint8Array, from: number, length: number) =>
      uploads.push({ at, bytes: [...data.subarray(from, from + length)] }),
    drawArrays: (_: number, first: number, count: number) => {
      begun.push(first);
      drawn.push(count);
    },
    drawElements: (_: number, count: number) => drawn.push(-count),
  };
  const gl = new Proxy(known, { get: (target, name: string) => target[name] ?? (() => ({})) });
  const layer = new PointLayer({ getContext: () => gl });
  /** The alphas that the card has. */
  const alphas = () => {
    const colors: number[] = [];
    for (const { at, bytes } of uploads) bytes.forEach((byte, i) => (colors[at + i] = byte));
    return colors.filter((_, i) => i % 4 === 3);
  };
  return { layer, uploads, uniforms, drawn, begun, marks, alphas };
}

it('marks points by a few bytes, and dims the others by one number', () => {
  const { layer, uploads, uniforms, drawn, alphas } = card();
  const count = 10_000;
  layer.setPositions(new Float32Array(2 * count));
  layer.setColors(groupColors([0, 1], count, plainAlpha));
  expect(new Set(alphas())).toEqual(new Set([plainAlpha]));
  const draw = () => layer.draw({ x: 0, y: 0, scale: 1 }, 100, 100, 1, 4);
  draw();
  expect(uniforms['dim']).toBe(1);

  uploads.splice(1);
  layer.setMarked([7, 9000], true);
  expect(uploads.slice(1).map(({ bytes }) => bytes.length)).toEqual([4, 4]);
  draw();
  expect(uniforms['dim']).toBeLessThan(0.3);
  expect(alphas().flatMap((alpha, i) => (alpha === 255 ? [i] : []))).toEqual([7, 9000]);

  layer.setMarked([9000, 3], true); // the first is plain again
  expect(alphas().flatMap((alpha, i) => (alpha === 255 ? [i] : []))).toEqual([3, 9000]);
  layer.setMarked([], false);
  expect(new Set(alphas())).toEqual(new Set([plainAlpha]));
  draw();
  expect(uniforms['dim']).toBe(1);

  const before = uploads.length;
  const most = Array.from({ length: 5000 }, (_, i) => i);
  layer.setMarked(most, true); // so many go at once
  expect(uploads.length).toBe(before + 1);
  expect(alphas().filter((alpha) => alpha === 255)).toHaveLength(5000);

  layer.setColors(groupColors([1], count, plainAlpha)); // other colours mark nothing
  layer.setMarked([2], true);
  expect(alphas().flatMap((alpha, i) => (alpha === 255 ? [i] : []))).toEqual([2]);
  expect(drawn).toEqual([count, count, count]);
});

it('draws the density of very many points, those that are marked above it, and where few are in sight the points', async () => {
  const { layer, drawn, begun, marks, alphas } = card();
  const count = 300_000;
  // half of them on the left, in an order that is not that of places
  const positions = Float32Array.from({ length: 2 * count }, (_, i) =>
    i % 2 ? 2 * ((i * 0.618034) % 1) - 1 : (i / 2) % 2 ? -0.9 : 2 * ((i * 0.414214) % 1) - 1,
  );
  const index = await PointIndex.make(positions, () => Promise.resolve());
  layer.setPositions(positions, index);
  layer.setColors(groupColors([0], count, plainAlpha));
  layer.draw({ x: 0, y: 0, scale: 50 }, 100, 100, 1, 4);
  expect(drawn.splice(0)).toEqual([4]); // the picture
  layer.setMarked([12, 299_999], true);
  const placeOf = (point: number) => index.points.indexOf(point);
  expect(marks).toEqual([[placeOf(12), placeOf(299_999)]]);
  expect(alphas().flatMap((alpha, i) => (alpha === 255 ? [i] : []))).toEqual(
    [placeOf(12), placeOf(299_999)].sort((a, b) => a - b),
  );
  layer.draw({ x: 0, y: 0, scale: 50 }, 100, 100, 1, 4);
  expect(drawn.splice(0)).toEqual([4, -2]);
  begun.length = 0;
  layer.draw({ x: 0, y: 0.5, scale: 1000 }, 100, 100, 1, 4);
  const { from, to, inSight } = index.rowsBetween(-0.05, 0.45, 0.05, 0.55);
  expect([begun, drawn]).toEqual([[from], [to - from]]);
  expect(inSight).toBeLessThan((to - from) / 10);
  const rows = index.points.subarray(from, to);
  for (let point = 0; point < count; point += 997)
    if (Math.abs(positions[2 * point + 1]! - 0.5) <= 0.05) expect(rows.includes(point)).toBe(true);
});

it('pictures each cell in the mean colour of its points, the fuller the stronger', async () => {
  const positions = Float32Array.from([-0.9, -0.9, ...Array.from({ length: 30 }, () => 0.9)]);
  const index = await PointIndex.make(positions, () => Promise.resolve());
  const colors = new Uint8Array(64);
  [200, 100, 50].forEach((value, channel) => (colors[channel] = value));
  for (let point = 1; point < 16; point++) colors[4 * point] = 2 * point;
  const picture = densityPicture(index, colors);
  expect(picture.length).toBe(4 * index.side ** 2);
  expect([...picture.subarray(0, 4)]).toEqual([50, 25, 13, 64]);
  expect([...picture.subarray(-4)]).toEqual([16, 0, 0, 255]);
});
