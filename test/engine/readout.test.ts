/** The readout: whitened features by what their covariance has to be, and the same numbers from the encoder and from ONNX. */
import { InferenceSession, Tensor } from 'onnxruntime-node';
import { describe, expect, it } from 'vitest';
import { lateStagesDim } from '../../shared/backbone.ts';
import { parseConfig } from '../../shared/config.ts';
import {
  edgeNumbers,
  Encoder,
  encoderModel,
  featureDim,
  initialState,
  stagesDim,
} from '../../src-main/engine/index.ts';
import { sleeping } from '../../src-main/engine/session.ts';
import { fitReadout, readOut } from '../../src-main/evaluate/index.ts';
import { readoutOf, withReadout } from '../../src-main/trainer/readout.ts';

const wave = (length: number) => Float32Array.from({ length }, (_, i) => Math.sin(i * 0.61) + Math.cos(i * i * 0.013));

/** Photos whose numbers vary by falling amounts and depend on each other, about a mean far from 0. */
function spread(n: number, s: number): Float32Array {
  const drawn = wave(n * s);
  const rows = new Float32Array(n * s);
  for (let i = 0; i < n; i++)
    for (let j = 0; j < s; j++) rows[i * s + j] = 5 + j + drawn[i * s + j]! / (1 + j) + drawn[i * s]! / 2;
  return rows;
}

/** One plane of 32 x 32, bilinear with the centres of pixels at halves, as PyTorch's interpolate: https://pytorch.org/docs */
function enlarged(plane: Float32Array, side: number): Float32Array {
  const at = (y: number, x: number) => plane[32 * Math.min(31, Math.max(0, y)) + Math.min(31, Math.max(0, x))]!;
  const out = new Float32Array(side * side);
  for (let y = 0; y < side; y++)
    for (let x = 0; x < side; x++) {
      const [v, u] = [y, x].map((i) => Math.max(0, ((i + 0.5) * 32) / side - 0.5)) as [number, number];
      const [top, left] = [Math.floor(v), Math.floor(u)];
      const [b, r] = [v - top, u - left];
      const row = (i: number) => (1 - r) * at(i, left) + r * at(i, left + 1);
      out[y * side + x] = (1 - b) * row(top) + b * row(top + 1);
    }
  return out;
}

function moments(rows: Float32Array, n: number) {
  const d = rows.length / n;
  const mean = Array.from({ length: d }, (_, k) => rows.reduce((sum, x, at) => sum + (at % d === k ? x / n : 0), 0));
  const covariance = (k: number, l: number) => {
    let sum = 0;
    for (let i = 0; i < n; i++) sum += (rows[i * d + k]! - mean[k]!) * (rows[i * d + l]! - mean[l]!);
    return sum / n;
  };
  return { mean, covariance };
}

describe('a readout', () => {
  const [n, s, d] = [160, 24, 20];
  const stages = spread(n, s);

  it('gives numbers of mean 0 that vary apart from each other, the damping aside by as much', () => {
    const out = readOut(fitReadout(stages, n, d)!, stages);
    const { mean, covariance } = moments(out, n);
    const raw = moments(stages, n);
    const damping = Array.from({ length: s }, (_, j) => raw.covariance(j, j)).reduce((a, b) => a + b) / (5 * s);
    for (let k = 0; k < d; k++) {
      expect(mean[k]).toBeCloseTo(0, 3);
      for (let l = 0; l < k; l++) expect(Math.abs(covariance(k, l))).toBeLessThan(2e-3);
      // lambda / (lambda + damping), by the direction's own variance
      const weight = fitReadout(stages, n, d)!.weight.subarray(k * s, (k + 1) * s);
      const variance = 1 / weight.reduce((sum, x) => sum + x * x, 0) - damping;
      expect(covariance(k, k)).toBeCloseTo(variance / (variance + damping), 3);
    }
    expect(covariance(0, 0)).toBeGreaterThan(0.9);
  });

  it.each([
    ['as widely as their place tells', [0, 0.03, 0, 0.01, -0.01, 0], null],
    ['at most twice as widely', [0, 9, 0, -9, 0, 9], 2],
    ['not at all where places have the same', [0, 0, 0, 0, 0, 0], 0],
  ] as const)('lets edges of two directions in three places spread beside the stages %s', (_, places, held) => {
    const [edges, cells] = [6, 3];
    const late = s - edges;
    const { mean } = moments(stages, n);
    // Edges about a mean of each place, of a direction 2 and 5 without.
    const wide = stages.map((x, at) => {
      const [j, edge] = [at % s, (at % s) - late];
      return j < late ? x : 0.1 * (x - mean[j]!) + (edge < cells ? 2 : 5) + places[edge]!;
    });
    const { covariance } = moments(wide, n);
    const total = (from: number, to: number) => {
      let sum = 0;
      for (let j = from; j < to; j++) sum += covariance(j, j);
      return sum;
    };
    const among = total(late, s);
    let between = 0;
    for (const direction of [places.slice(0, 3), places.slice(3)])
      for (const x of direction) between += (x - direction.reduce<number>((a, b) => a + b, 0) / 3) ** 2;
    const told = (16 * Math.max(0, between - among / (n - 1))) / (between + among);
    const share = Math.min(2, told);
    if (held === null) expect(share).toBeGreaterThan(0.2);
    expect(share).toBe(held ?? told);
    const scale = Math.sqrt((share * total(0, late)) / among);
    const scaled = wide.map((x, at) => (at % s < late ? x : scale * x));
    const expected = readOut(fitReadout(scaled, n, d)!, scaled);
    const found = readOut(fitReadout(wide, n, d, { edges, cells })!, wide);
    // A direction and its opposite are the same.
    for (let i = 0; i < found.length; i++) expect(Math.abs(found[i]!)).toBeCloseTo(Math.abs(expected[i]!), 3);
  });

  it('says nothing of edges that do not differ', () => {
    const edges = 6;
    const same = stages.map((x, at) => (at % s < s - edges ? x : 1));
    const { weight } = fitReadout(same, n, s - edges, { edges, cells: 3 })!;
    expect(weight.every((x, at) => at % s < s - edges || x === 0)).toBe(true);
  });

  it('keeps no more directions than photos can tell of, and none of too few or of one picture', () => {
    const few = readOut(fitReadout(stages.subarray(0, 68 * s), 68, d)!, stages);
    const { covariance } = moments(few, n);
    expect([16, 17, 18].map((k) => covariance(k, k) > 0)).toEqual([true, false, false]);
    expect(fitReadout(stages.subarray(0, 60 * s), 60, d)).toBeNull();
    expect(fitReadout(new Float32Array(n * s).fill(1.5), n, d)).toBeNull();
  });
});

it.each(['whitened', 'whitenedEdges'] as const)(
  'is what the encoder and its ONNX file compare photos by: %s',
  async (embedding) => {
    const config = parseConfig({
      backbone: { width: 0.125, stem: 'small' },
      head: { hiddenDim: 16, outputDim: 16 },
      predictor: { hiddenDim: 8 },
      imageSize: 32,
      embedding,
    });
    const plain = initialState(config);
    const n = 80;
    const pixels = wave(n * 3 * 32 * 32);
    const first = await Encoder.create(config, plain, { device: 'cpu', threads: 1 });
    const { features } = await first.embed(pixels, n);
    const stages = await first.stages(pixels, n);
    await first.close();
    const s = stagesDim(config);
    const late = lateStagesDim(config.backbone);
    const d = featureDim(config);
    expect([features.length, stages.length]).toEqual([n * d, n * s]);

    // An encoder for photos that are larger, fed what another program enlarges, has the last of the two stages.
    const side = 48;
    const large = new Float32Array(n * 3 * side * side);
    for (let plane = 0; plane < n * 3; plane++)
      large.set(enlarged(pixels.subarray(plane * 1024, (plane + 1) * 1024), side), plane * side * side);
    const larger = await Encoder.create({ ...config, imageSize: side }, plain, { device: 'cpu', threads: 1 });
    const ofLarge = (await larger.embed(large, n)).features;
    await larger.close();
    for (let i = 0; i < n; i++)
      for (let k = 0; k < d; k++) expect(stages[i * s + late - d + k]).toBeCloseTo(ofLarge[i * d + k]!, 4);

    const readout = fitReadout(stages, n, d, edgeNumbers(config))!;
    const state = withReadout(plain, readout);
    expect(readoutOf(state)).toEqual(readout);
    expect(withReadout(state, null)).toEqual(plain);
    const expected = readOut(readout, stages);
    const encoder = await Encoder.create(config, state, { device: 'cpu', threads: 1 });
    const whitened = await encoder.embed(pixels, n);
    await encoder.close();
    const session = await InferenceSession.create(encoderModel(config, state), { extra: sleeping() });
    const run = await session.run({ pixel_values: new Tensor('float32', pixels, [n, 3, 32, 32]) });
    await session.release();
    const largest = (of: ArrayLike<number>) => expected.reduce((most, x, i) => Math.max(most, Math.abs(x - of[i]!)), 0);
    expect(largest(whitened.features)).toBeLessThan(2e-3);
    expect(largest(run.embedding!.data as Float32Array)).toBeLessThan(2e-3);
    expect(Math.max(...expected)).toBeGreaterThan(1);
  },
);
