/** The weights that come with the application: each is for its network, and for no other. */
import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../shared/config.ts';
import type { RunConfig } from '../../shared/config.ts';
import { RENDERED, startingWeights, startingWeightsOf } from '../../shared/startingWeights.ts';
import { widened } from '../../scripts/starting/widening.ts';
import { renderedFile } from '../../src-main/app/runs/starting.ts';
import { misfit } from '../../src-main/app/runs/weights.ts';
import { Encoder, initialState, loadBackbone } from '../../src-main/engine/index.ts';
import { decodeSafetensors, floatTensors } from '../../src-main/export/index.ts';
import { modelCard } from '../../src-main/export/card.ts';
import { preprocessingOf } from '../../src-main/export/index.ts';
import { freshState } from '../../src-main/trainer/start.ts';

const configOf = (backbone: Partial<RunConfig['backbone']>, more: object = {}) =>
  parseConfig({ epochs: 1, imageSize: 32, backbone: { init: RENDERED, ...backbone }, ...more });

describe.each(startingWeights)('$file', ({ name, width, stem }) => {
  const config = configOf({ name, width, stem });
  const path = renderedFile(config.backbone)!;

  it('fits its network whole, in half precision and few bytes', async () => {
    expect(await misfit(path, config.backbone)).toBeNull();
    const { tensors, metadata } = decodeSafetensors(readFileSync(path));
    expect(metadata).toMatchObject({ licence: 'MIT' });
    expect(statSync(path).size).toBeLessThan(6e6);
    const { state, notes } = await freshState(config, path, 16);
    expect(notes).toEqual([]); // nothing of the file was left out
    const fit = loadBackbone(state, floatTensors(tensors));
    expect(fit.leftOut).toBe(0);
    expect(fit.loaded.size).toBe(tensors.size);
    for (const [tensor, { data }] of floatTensors(tensors)) {
      expect(data.every(Number.isFinite), tensor).toBe(true);
      if (tensor.endsWith('running_var')) expect(Math.min(...data), tensor).toBeGreaterThan(0);
    }
  });

  it('is what a run begins with, whatever its seed, beside heads that its seed draws', async () => {
    const states = [1, 2].map((seed) => freshState({ ...config, seed }, path, 16));
    const [one, other] = (await Promise.all(states)).map(({ state }) => state);
    const differ = (part: string) =>
      [...one!].some(
        ([tensor, { data }]) => tensor.startsWith(part) && data.some((x, i) => x !== other!.get(tensor)!.data[i]),
      );
    expect({ backbone: differ('backbone.'), heads: differ('projector.') }).toEqual({ backbone: false, heads: true });
  });
});

it('that are no numbers, or have a variance below 0, are refused by the tensor and not trained on', async () => {
  const { name, width, stem } = startingWeights[0]!;
  const config = configOf({ name, width, stem });
  const bytes = readFileSync(renderedFile(config.backbone)!);
  const length = Number(bytes.readBigUInt64LE());
  type Head = Record<string, { data_offsets: [number, number] }>;
  const head = JSON.parse(bytes.subarray(8, 8 + length).toString()) as Head;
  const folder = mkdtempSync(join(tmpdir(), 'lookalike-diverged-'));
  try {
    for (const [tensor, half] of [
      ['layer1.0.conv1.weight', 0x7e00], // NaN
      ['layer2.0.bn1.bias', 0x7c00], // infinity
      ['layer3.0.bn1.running_var', 0xbc00], // -1
    ] as const) {
      const damaged = Buffer.from(bytes);
      damaged.writeUInt16LE(half, 8 + length + head[tensor]!.data_offsets[0] + 2);
      const path = join(folder, 'diverged.safetensors');
      writeFileSync(path, damaged);
      await expect(freshState(config, path, 16)).rejects.toMatchObject({
        key: 'bad-weights.diverged',
        values: { tensor },
      });
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});

it('of twice the width, widened from the narrow ones, makes of a picture each of their features twice', async () => {
  const featuresOf = async (width: number, tensors: Parameters<typeof loadBackbone>[1]) => {
    const config = configOf({ width, stem: 'small' }, { threads: 1 });
    const state = initialState(config, 16);
    loadBackbone(state, tensors);
    const encoder = await Encoder.create(config, state, { device: 'cpu', threads: 1 });
    const pixels = Float32Array.from({ length: 2 * 3 * 32 * 32 }, (_, i) => Math.sin(0.37 * i));
    const { features } = await encoder.embed(pixels, 2);
    await encoder.close();
    return features;
  };
  const narrow = floatTensors(
    decodeSafetensors(readFileSync(renderedFile(configOf({ width: 0.25, stem: 'small' }).backbone)!)).tensors,
  );
  const one = await featuresOf(0.25, narrow);
  const twice = await featuresOf(0.5, widened(narrow, 0));
  const d = one.length / 2;
  expect(twice.length).toBe(2 * one.length);
  one.forEach((x, i) => {
    const at = 2 * d * Math.floor(i / d) + (i % d);
    expect(Math.abs(twice[at]! - x), `feature ${i}`).toBeLessThan(1e-4);
    expect(Math.abs(twice[at + d]! - x), `feature ${i}, the second`).toBeLessThan(1e-4);
  });
});

it('belongs to its own network alone', () => {
  const [{ name, width, stem }] = startingWeights as [(typeof startingWeights)[number]];
  expect(startingWeightsOf({ name, width, stem })).not.toBeNull();
  for (const other of [{ width: 0.375 }, { name: 'resnet34' as const }, { stem: 'imagenet' as const }])
    expect(renderedFile({ ...configOf({ name, width, stem }).backbone, ...other })).toBeNull();
});

it('is named on the model card, with its licence; a file by its name alone', () => {
  const card = (init: string, sourced: object = {}) => {
    const config = configOf({ init, ...sourced });
    return modelCard({ config, preprocessing: preprocessingOf(config), snippets: [], facts: {}, whitened: false });
  };
  expect(card(RENDERED)).toMatch(/Starting weights \| trained on rendered pictures, .*MIT/);
  expect(card(RENDERED)).toContain('the photos it was trained on and, before them, rendered pictures');
  expect(card('random')).toContain('| Starting weights | random |');
  expect(card('/home/someone/secret/net.safetensors')).toContain('of the file net.safetensors');
  expect(card('/home/someone/secret/net.safetensors')).not.toContain('someone');
  expect(card('run:abc')).toContain('of an earlier run');
  const sourced = { origin: 'torchvision resnet18, https://example.org', licence: 'BSD-3-Clause' };
  expect(card('/home/someone/secret/net.pth', sourced)).toContain(
    'of the file net.pth (torchvision resnet18, https://example.org), under BSD-3-Clause',
  );
  expect(card('run:abc', sourced)).toContain('of an earlier run, which began with torchvision resnet18');
});
