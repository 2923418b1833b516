/** Edges beside the network's features, against a computation by angles, pixel by pixel. */
import { describe, expect, it } from 'vitest';
import { lateStagesDim } from '../../shared/backbone.ts';
import { parseConfig } from '../../shared/config.ts';
import { Encoder, initialState, stagesDim } from '../../src-main/engine/index.ts';

const DIRECTIONS = 9;
const wave = (i: number) => Math.sin(i * 0.61) + Math.cos(i * i * 0.013);

/** One picture [C, side, side] at 32 px: each pixel the mean of what it covers, by a triangle (Pillow's and PyTorch's antialias). */
function shrunk(plane: Float32Array, side: number): number[][] {
  const reach = Math.max(1, side / 32);
  const weights = Array.from({ length: 32 }, (_, i) => {
    const row = Array.from({ length: side }, (_, j) =>
      Math.max(0, reach - Math.abs(j + 0.5 - ((i + 0.5) * side) / 32)),
    );
    const total = row.reduce((a, b) => a + b);
    return row.map((weight) => weight / total);
  });
  return weights.map((down) =>
    weights.map((across) => {
      let sum = 0;
      down.forEach((v, y) => across.forEach((u, x) => (sum += v * u * plane[y * side + x]!)));
      return sum;
    }),
  );
}

/** [9][5][5]: gradients by direction and cell, 8 px wide and one every 6 px, each cell brought to about one length. */
function edgesOf(picture: Float32Array, channels: number, side: number): number[] {
  const planes = Array.from({ length: channels }, (_, c) =>
    shrunk(picture.subarray(c * side * side, (c + 1) * side * side), side),
  );
  const grey = (y: number, x: number) => planes.reduce((sum, plane) => sum + plane[y]![x]!, 0) / channels;
  const cells = Array.from({ length: DIRECTIONS }, () => new Array<number>(25).fill(0));
  for (let y = 1; y < 31; y++)
    for (let x = 1; x < 31; x++) {
      const [right, down] = [grey(y, x + 1) - grey(y, x - 1), grey(y + 1, x) - grey(y - 1, x)];
      const [length, angle] = [Math.hypot(right, down), Math.atan2(down, right)];
      for (let cell = 0; cell < 25; cell++) {
        const [top, left] = [6 * Math.floor(cell / 5), 6 * (cell % 5)];
        if (y < top || y >= top + 8 || x < left || x >= left + 8) continue;
        cells.forEach((of, k) => (of[cell]! += (length / 64) * Math.cos(angle - (Math.PI * k) / DIRECTIONS) ** 16));
      }
    }
  const lengths = Array.from({ length: 25 }, (_, cell) => Math.hypot(...cells.map((of) => of[cell]!)));
  return cells.flatMap((of) => of.map((value, cell) => value / (lengths[cell]! + 0.1)));
}

const configOf = (imageSize: number, channels: 3 | 2) =>
  parseConfig({
    backbone: { width: 0.125, stem: 'small' },
    head: { hiddenDim: 16, outputDim: 16 },
    predictor: { hiddenDim: 8 },
    imageSize,
    embedding: 'whitenedEdges',
    ...(channels === 2 && { input: { channels } }),
  });

describe('edges of a photo', () => {
  it.each([
    [32, 3],
    [48, 3],
    [24, 3],
    [32, 2],
  ] as const)('of %s px and %s channels stand behind the stages', async (side, channels) => {
    const config = configOf(side, channels);
    const size = channels * side * side;
    // Fine and coarse waves, then half of a picture without any edge.
    const images = Float32Array.from({ length: 2 * size }, (_, i) =>
      i < size ? wave(i) : i % side < side / 2 ? 0.5 : Math.sin(i * 0.02),
    );
    const encoder = await Encoder.create(config, initialState(config), { device: 'cpu', threads: 1 });
    const stages = await encoder.stages(images, 2);
    await encoder.close();
    const [s, before] = [stagesDim(config), lateStagesDim(config.backbone)];
    expect(s - before).toBe(DIRECTIONS * 25);
    for (const i of [0, 1]) {
      const expected = edgesOf(images.subarray(i * size, (i + 1) * size), channels, side);
      expect(Math.max(...expected)).toBeGreaterThan(0.3);
      expected.forEach((value, k) => expect(stages[i * s + before + k]).toBeCloseTo(value, 3));
    }
  });
});
