/**
 * Files of weights as PyTorch and those who train with it write them (test/golden/weights.py). Those that are made to harm
 * are in harmfulWeights.test.ts.
 */
import { readFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { backboneShapes } from '../../shared/backbone.ts';
import { encoderIn, fitWeights, networkOf, settingsOf } from '../../shared/givenWeights.ts';
import { readShapes, readWeights } from '../../src-main/weights/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { bytesOf, filesIn, safetensors, short, tensor, zip } from '../helpers/weightFiles.ts';

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/weights.json.gz', import.meta.url))).toString(),
) as {
  kinds: { expected: Record<string, { shape: number[]; data: number[] }>; files: string[] };
  families: Record<string, string>;
  tensors: Record<string, [first: number, others: number]>;
};

const file = filesIn(sharedFolder('weight-files'));

describe('a checkpoint of PyTorch', () => {
  it.each(golden.kinds.files.map((bytes, i) => [['zip', 'legacy'][i % 2], i < 2 ? 2 : 4, bytes] as const))(
    'as a %s of protocol %d gives every kind of number in its order',
    async (_, __, bytes) => {
      const { expected } = golden.kinds;
      const { tensors } = await readWeights(file(bytes), (shapes) => shapes.keys());
      expect([...tensors.keys()].sort()).toEqual(Object.keys(expected).sort());
      for (const [name, { shape, data }] of Object.entries(expected)) {
        expect(tensors.get(name)!.shape, name).toEqual(shape);
        expect([...tensors.get(name)!.data], name).toEqual(data.map(Math.fround));
      }
    },
  );
});

describe('a family', () => {
  const own = { name: 'resnet18', width: 0.125 } as const;

  it.each(Object.entries(golden.families))(
    '%s loads strictly, whatever lies beside its encoder',
    async (name, bytes) => {
      const shapes = await readShapes(file(bytes, '.pth.tar'));
      const encoder = encoderIn(shapes);
      expect(encoder.family).toBe(name === 'torchvision' ? 'torchvision or timm' : name);
      const network = networkOf(encoder.shapes)!;
      const stem = name === 'torchvision' || name === 'SwAV' ? 'imagenet' : 'small';
      expect(settingsOf(network, 'small')).toEqual({ name: 'resnet18', width: 0.125, stem });
      const fit = fitWeights(shapes, backboneShapes({ ...own, stem }));
      expect(fit.loaded.size).toBe(backboneShapes({ ...own, stem }).size);
      const { tensors } = await readWeights(file(bytes), () => fit.loaded.values());
      for (const [tensor, given] of fit.loaded) {
        const [first, others] = golden.tensors[tensor]!;
        const { data } = tensors.get(given)!;
        expect([data[0], data.at(-1)], tensor).toEqual([first, data.length > 1 ? others : first]);
      }
    },
  );

  it('that nobody knows is taken where it is alone, and asked about where it is not', () => {
    const shapes = backboneShapes({ ...own, stem: 'cifar' });
    const under = (...prefixes: string[]) =>
      new Map(prefixes.flatMap((prefix) => [...shapes].map(([name, shape]) => [prefix + name, shape] as const)));
    expect(fitWeights(under('mine.'), shapes).loaded.size).toBe(shapes.size);
    expect(() => fitWeights(under('left.', 'right.'), shapes)).toThrow(/several encoders \(left\., right\.\)/);
    const shortcuts = new Map([...shapes].map(([name, shape]) => [name.replace('.downsample.', '.shortcut.'), shape]));
    expect(fitWeights(shortcuts, shapes).loaded.get('layer2.0.downsample.0.weight')).toBe('layer2.0.shortcut.0.weight');
  });

  it.each([
    ['a compiled network', ['_orig_mod.'], 'torchvision or timm'],
    ['one of several processes, compiled', ['state_dict.module._orig_mod.'], 'torchvision or timm'],
    ['MoCo', ['_orig_mod.encoder_q.', '_orig_mod.encoder_k.'], 'MoCo'],
    ['MoCo', ['encoder_k.module.', 'encoder_q.module.'], 'MoCo'],
    ['DINO', ['student.module._orig_mod.backbone.', 'teacher._orig_mod.backbone.'], 'DINO'],
    ['DINO', ['state_dict.student.backbone.', 'state_dict.teacher.backbone.'], 'DINO'],
    ['the average beside the weights', ['model.', 'ema.'], 'averaged weights'],
    ['the average beside the weights', ['state_dict.', 'ema_state_dict.module.'], 'averaged weights'],
    ['the average beside the weights', ['model.', 'model_ema.module.'], 'timm'],
  ])('is found through what PyTorch puts around it: %s under %j', (_, prefixes, family) => {
    const shapes = backboneShapes({ ...own, stem: 'cifar' });
    const given = new Map(prefixes.flatMap((prefix) => [...shapes].map(([name, shape]) => [prefix + name, shape])));
    const meant = prefixes.find((prefix) => /encoder_q|teacher|ema/.test(prefix)) ?? prefixes[0]!;
    const fit = fitWeights(given, shapes);
    expect(fit.family).toBe(family);
    expect(fit.loaded.get('conv1.weight')).toBe(`${meant}conv1.weight`);
  });

  it('is refused where a tensor is missing, of another shape or too many, with the settings that fit', () => {
    const shapes = backboneShapes({ ...own, stem: 'cifar' });
    const without = new Map(shapes);
    without.delete('layer3.1.bn2.running_var');
    expect(() => fitWeights(without, shapes)).toThrow(/^layer3\.1\.bn2\.running_var is missing/);
    expect(() => fitWeights(new Map([...shapes, ['layer1.0.se.weight', [8]]]), shapes)).toThrow(
      /^layer1\.0\.se\.weight of the given weights is in none/,
    );
    expect(() => fitWeights(new Map([...shapes, ['bn1.bias', [9]]]), shapes)).toThrow(
      /^bn1\.bias has shape \[9\] in the given weights and \[8\]/,
    );
    // A ResNet-34 has all the names of a ResNet-18, in their shapes.
    const deeper = backboneShapes({ ...own, name: 'resnet34', stem: 'imagenet' });
    for (const stem of ['cifar', 'imagenet'] as const)
      expect(() => fitWeights(deeper, backboneShapes({ ...own, stem }))).toThrow(
        /set backbone\.name to resnet34, backbone\.width to 0\.125 and backbone\.stem to imagenet/,
      );
    expect(networkOf(backboneShapes({ ...own, name: 'resnet50', width: 0.3, stem: 'imagenet' }))).toMatchObject({
      name: 'resnet50',
      channels: 3,
    });
  });
});

describe('what trainers keep beside the weights', () => {
  it.each([
    'torch.torch_version.TorchVersion',
    'datetime.datetime',
    'collections.deque',
    'numpy._core.numeric._frombuffer',
    'torch.serialization._get_layout',
    'torch._utils._rebuild_sparse_tensor',
    'torch._utils._rebuild_tensor_v3', // of 8-bit floats, after an untyped storage
    'torch._utils._rebuild_meta_tensor_no_storage',
  ])('and %s makes, hinders nothing', async (name) => {
    const [module, own] = [name.slice(0, name.lastIndexOf('.')), name.slice(name.lastIndexOf('.') + 1)];
    const saved = bytesOf([0x80, 2], '}', short('kept'), `c${module}\n${own}\n`, [0x29], 'Rs.');
    expect((await readShapes(file(zip({ 'archive/data.pkl': saved })))).size).toBe(0);
  });
});

describe('numbers of kinds that came to the format later', () => {
  const bytes = (numbers: ArrayLike<number> & { buffer: ArrayBufferLike }) => new Uint8Array(numbers.buffer);
  it.each([
    ['U16', bytes(Uint16Array.of(1, 65535)), [1, 65535]],
    ['U32', bytes(Uint32Array.of(1, 2 ** 31)), [1, 2 ** 31]],
    ['U64', bytes(Uint32Array.of(7, 0, 0, 1)), [7, 2 ** 32]],
    // the tables of Micikevicius et al. 2022: largest, smallest normal, smallest, one, negative, none
    ['F8_E4M3', Uint8Array.of(0x7e, 0x08, 0x01, 0x38, 0xc0, 0x7f), [448, 2 ** -6, 2 ** -9, 1, -2, NaN]],
    ['F8_E5M2', Uint8Array.of(0x7b, 0x04, 0x01, 0x3c, 0xc0, 0x7f), [57344, 2 ** -14, 2 ** -16, 1, -2, NaN]],
  ])('are read as %s', async (dtype, numbers, expected) => {
    const path = file(safetensors(dtype, numbers, expected.length), '.safetensors');
    expect([...(await readWeights(path, () => ['w'])).tensors.get('w')!.data]).toEqual(expected);
  });
  it('are named where nobody knows them', async () => {
    const path = file(safetensors('F3', new Uint8Array(3), 8), '.safetensors');
    await expect(readShapes(path)).rejects.toThrow('F3');
  });
});

describe('a list around the weights', () => {
  const weights = tensor(4, 0, 4, 1).subarray(2, -1);
  const names = async (...items: Parameters<typeof bytesOf>) => [
    ...(await readShapes(file(zip({ 'a/data.pkl': bytesOf([0x80, 2], '](', ...items, 'e.') })))).keys(),
  ];
  it('(weights, epoch) has their names', async () => {
    expect(await names(weights, [0x4b, 3])).toEqual(['w']);
  });
  it('of several leaves it to a person which are meant', async () => {
    expect(await names(weights, [0x4b, 3], weights)).toEqual(['0.w', '2.w']);
  });
});
