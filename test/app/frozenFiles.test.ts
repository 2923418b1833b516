/** What is read from an ONNX file of others and from what lies beside it, and what is refused in a sentence; no application is needed. */
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it, test } from 'vitest';
import { withMetadata } from '../../src-main/engine/index.ts';
import { elementType } from '../../src-main/engine/onnx/schema.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { constant, features, fixtures, look, means, node, weightElsewhere, written } from '../helpers/frozenFiles.ts';

const root = sharedFolder('frozen');

test('takes what stands in the metadata, and in a preprocessor_config.json beside the file', async () => {
  const folder = join(root, 'beside', 'onnx');
  mkdirSync(folder, { recursive: true });
  const model = readFileSync(join(fixtures, 'resnet.onnx'));
  writeFileSync(join(folder, 'model.onnx'), model);
  writeFileSync(
    join(root, 'beside', 'preprocessor_config.json'),
    JSON.stringify({
      size: { shortest_edge: 36 },
      resample: 3,
      image_mean: [0.1, 0.2, 0.3],
      image_std: [0.4, 0.5, 0.6],
    }),
  );
  const config = await look(join(folder, 'model.onnx'));
  expect(config.encoder.form).toMatchObject({ shortSide: 36, interpolation: 'bicubic', mean: [0.1, 0.2, 0.3] });
  expect(config.sources).toMatchObject({ shortSide: 'config', mean: 'config', std: 'config' });
  const squashing = { size: { height: 32, width: 32 }, image_mean: [0.5, 0.5, 0.5], image_std: [0.5, 0.5, 0.5] };
  writeFileSync(join(folder, 'preprocessor_config.json'), JSON.stringify(squashing));
  expect((await look(join(folder, 'model.onnx'))).encoder.form).toMatchObject({ fit: 'squash', std: [0.5, 0.5, 0.5] });
  rmSync(join(folder, 'preprocessor_config.json'));
  const own = { mean: '[0.5]', std: '[0.25, 0.25, 0.25]', crop_pct: '0.8', license: 'CC0' };
  writeFileSync(join(folder, 'model.onnx'), withMetadata(model, own));
  const metadata = await look(join(folder, 'model.onnx'));
  expect(metadata.encoder).toMatchObject({ licence: 'CC0', form: { shortSide: 40, mean: [0.5, 0.5, 0.5] } });
  expect(metadata.sources).toMatchObject({ mean: 'metadata', interpolation: 'config' });
});

describe('the channels of a map are told by its shape', () => {
  const bytes = { name: 'x', shape: ['n', 16, 16, 3], type: elementType.uint8 };
  const first = { name: 'x', shape: ['n', 3, 16, 16] };
  const turned = [node('Cast', ['x'], 'float', { to: elementType.float }), node('Transpose', ['float'], 'map', { perm: [0, 3, 1, 2] })]; // prettier-ignore
  const map = [{ name: 'map', shape: ['n', 'a', 'b', 'c'] }];
  const pooled = [{ name: 'pooled', shape: ['n', 3, 1, 1] }];
  it.each([
    ['first, of pictures whose channels are last', bytes, map, turned],
    ['first, and pooled to one place', bytes, pooled, [...turned, node('GlobalAveragePool', ['map'], 'pooled')]],
    [
      'last, of pictures whose channels are first',
      first,
      map,
      [node('Transpose', ['x'], 'map', { perm: [0, 2, 3, 1] })],
    ],
  ] as const)('%s', async (name, input, outputs, nodes) => {
    const { encoder } = await look(written(join(root, `${name}.onnx`), [{ ...input, shape: [...input.shape] }], [...outputs], [...nodes])); // prettier-ignore
    expect(encoder).toMatchObject({ dimensions: 3, form: { pool: 'mean' } });
  });
});

describe('what is normalised inside is not normalised before', () => {
  const open = [{ name: 'x', shape: ['n', 3, 16, 16] }];
  const half = (name: string, values: number[]) => ({ ...constant(name, values), type: elementType.float16, bytes: new Uint8Array(new Float16Array(values).buffer) }); // prettier-ignore
  it.each([
    ['behind bounds', [node('Clip', ['x'], 'a'), node('Sub', ['a', 'm'], 'b')], constant('m', [0.4]), [0, 1]],
    ['in half precision', [node('Cast', ['x'], 'h', { to: elementType.float16 }), node('Div', ['h', 'm'], 'd'), node('Cast', ['d'], 'b', { to: elementType.float })], half('m', [255]), [0, 1 / 255]], // prettier-ignore
    ['of -1 to 1', [node('Mul', ['x', 'm'], 'a'), node('Add', ['a', 'm'], 'b')], constant('m', [0.5]), [0.5, 0.5]],
    [
      'beside what asks for its size',
      [node('Shape', ['x'], 'size'), node('Sub', ['x', 'm'], 'b')],
      constant('m', [0.4]),
      [0, 1],
    ],
  ] as const)('%s', async (name, nodes, initializer, [mean, std]) => {
    const file = written(join(root, `${name}.onnx`), open, features, [...nodes, ...means('b')], [initializer]);
    const { encoder, sources } = await look(file);
    expect(sources.mean).toBe('graph');
    expect([encoder.form.mean[0], encoder.form.std[0]]).toEqual([mean, std]);
  });
});

describe('refuses in one sentence', () => {
  const picture = { name: 'x', shape: ['n', 3, 16, 16] };
  const words = { name: 'input_ids', shape: ['n', 'length'], type: elementType.int64 };
  const flat = [node('Flatten', ['x'], 'features')];
  it.each([
    ['a picture', () => join(fixtures, '0.png'), {}, /0\.png is not an ONNX file/],
    ['what is not there', () => join(root, 'none.onnx'), {}, /none\.onnx cannot be read \(ENOENT\)/],
    [
      'words',
      () => written(join(root, 'text.onnx'), [words], features, [node('Identity', ['input_ids'], 'features')]),
      {},
      /takes words \(its input is input_ids\)/,
    ],
    [
      'two inputs',
      () => written(join(root, 'two.onnx'), [picture, words], features, flat),
      {},
      /needs 2 inputs \(x, input_ids\)/,
    ],
    [
      'halves',
      () => written(join(root, 'half.onnx'), [{ ...picture, type: elementType.float16 }], features, flat),
      {},
      /half precision: export it in float32/,
    ],
    [
      'sound',
      () => written(join(root, 'sound.onnx'), [{ name: 'x', shape: ['n', 'samples'] }], features, flat),
      {},
      /takes \[\?, \?\] \(x\)/,
    ],
    [
      'bands',
      () => written(join(root, 'bands.onnx'), [{ name: 'x', shape: ['n', 7, 16, 16] }], features, flat),
      {},
      /takes \[\?, 7, 16, 16\], not pictures of three colours/,
    ],
    [
      'oblong',
      () => written(join(root, 'oblong.onnx'), [{ name: 'x', shape: ['n', 3, 16, 24] }], features, flat),
      {},
      /24 x 16 pixels/,
    ],
    [
      'an operator that is not known',
      () =>
        written(join(root, 'operator.onnx'), [picture], features, [
          { ...node('Magic', ['x'], 'features'), domain: 'my.own' },
        ]),
      {},
      /operator\.onnx cannot be run \(.*my\.own/,
    ],
    [
      'an output that is not there',
      () => join(fixtures, 'vit.onnx'),
      { output: 'logits' },
      /no output logits .* choose from last_hidden_state/,
    ],
    [
      'a size that is fixed otherwise',
      () => join(fixtures, 'vit.onnx'),
      { imageSize: 224 },
      /pictures of 32 pixels, not 224/,
    ],
    [
      'a pooling that does not go',
      () => join(fixtures, 'vit.onnx'),
      { pool: 'none' },
      /\[17, 16\] for a photo, which 'none'/,
    ],
    [
      'numbers that are none',
      () => written(join(root, 'nan.onnx'), [picture], features, [node('Sqrt', ['x'], 'root'), ...means('root')]),
      {},
      /gives NaN or infinity/,
    ],
  ] as const)('%s', async (_, file, form, sentence) => {
    await expect(look(file(), form)).rejects.toMatchObject({
      code: 'bad-encoder',
      message: expect.stringMatching(sentence) as string,
    });
  });

  it('a newer version of the operators, and weights that lie elsewhere', async () => {
    const model = readFileSync(join(fixtures, 'resnet.onnx'));
    // opset_import: field 8 of the model, a message of the version (field 2) alone
    const newer = join(root, 'newer.onnx');
    const at = model.lastIndexOf(Buffer.from([0x42, 0x02, 0x10, 14]));
    writeFileSync(newer, Buffer.concat([model.subarray(0, at + 3), Buffer.from([99]), model.subarray(at + 4)]));
    await expect(look(newer)).rejects.toThrow(/version 99 of the ONNX operators/);
    // a list of weights of its own behind the file: messages add up
    const elsewhere = join(root, 'elsewhere.onnx');
    writeFileSync(elsewhere, Buffer.concat([model, weightElsewhere('w', '../w.data', 0, 12)]));
    await expect(look(elsewhere)).rejects.toThrow(/keeps its weights in \.\.\/w\.data, which cannot be read beside it/);
  });
});
