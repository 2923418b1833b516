/** What the map's points send to the graphics card, against a card that writes down what it is given. */
import { expect, it } from 'vitest';
import { groupColors } from '../../../src-renderer/map/colors.ts';

interface Layer {
  setPositions(positions: Float32Array): void;
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
  const known: Record<string, unknown> = {
    getProgramParameter: () => true,
    getUniformLocation: (_: unknown, name: string) => name,
    getAttribLocation: () => 0,
    uniform1f: (name: string, value: number) => (uniforms[name] = value),
    bufferData: (_: number, data: Uint8Array | Float32Array) => {
      if (data instanceof Uint8Array) uploads.push({ at: 0, bytes: [...data] });
    },
    bufferSubData: (_: number, at: number, data: Uint8Array, from: number, length: number) =>
      uploads.push({ at, bytes: [...data.subarray(from, from + length)] }),
    drawArrays: (_: number, __: number, count: number) => drawn.push(count),
  };
  const gl = new Proxy(known, { get: (target, name: string) => target[name] ?? (() => ({})) });
  const layer = new PointLayer({ getContext: () => gl });
  /** The alphas that the card has. */
  const alphas = () => {
    const colors: number[] = [];
    for (const { at, bytes } of uploads) bytes.forEach((byte, i) => (colors[at + i] = byte));
    return colors.filter((_, i) => i % 4 === 3);
  };
  return { layer, uploads, uniforms, drawn, alphas };
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
