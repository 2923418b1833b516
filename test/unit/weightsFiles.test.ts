/**
 * Files of weights as PyTorch and those who train with it write them (test/golden/weights.py), and files that are made
 * to harm: nothing of a file is executed, and each that is not read is refused with what is wrong with it.
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync, gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { backboneShapes } from '../../shared/backbone.ts';
import { encoderIn, fitWeights, networkOf, settingsOf } from '../../shared/givenWeights.ts';
import { readShapes, readWeights, WeightsFileError } from '../../src-main/weights/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { random } from '../helpers/random.ts';

const golden = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/weights.json.gz', import.meta.url))).toString(),
) as {
  kinds: { expected: Record<string, { shape: number[]; data: number[] }>; files: string[] };
  families: Record<string, string>;
  tensors: Record<string, [first: number, others: number]>;
};

const directory = sharedFolder('weight-files');

let count = 0;
function file(bytes: Uint8Array | string, ending = '.pth'): string {
  const path = join(directory, `${count++}${ending}`);
  writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes);
  return path;
}

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

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
const bytesOf = (...parts: (string | number[] | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? ascii(part) : Uint8Array.from(part))));

/** An archive of these files; `claim` is written over their sizes. */
function zip(
  files: Record<string, Uint8Array>,
  { deflated = false, sum = (s: number) => s, claim = (s: number) => s } = {},
) {
  const locals: Buffer[] = [];
  const directory: Buffer[] = [];
  let at = 0;
  for (const [name, content] of Object.entries(files)) {
    const packed = deflated ? deflateRawSync(content) : content;
    const head = Buffer.alloc(46);
    head.writeUInt32LE(0x02014b50, 0);
    head.writeUInt16LE(deflated ? 8 : 0, 10);
    head.writeUInt32LE(sum(crc32(content)), 16);
    head.writeUInt32LE(deflated ? packed.length : claim(packed.length), 20);
    head.writeUInt32LE(claim(content.length), 24);
    head.writeUInt16LE(name.length, 28);
    head.writeUInt32LE(at, 42);
    const local = Buffer.alloc(30);
    local.writeUInt32LE(0x04034b50, 0);
    local.writeUInt16LE(name.length, 26);
    locals.push(bytesOf(local, name, packed));
    directory.push(bytesOf(head, name));
    at += locals.at(-1)!.length;
  }
  const end = Buffer.alloc(22);
  end.writeUInt32LE(0x06054b50, 0);
  end.writeUInt16LE(directory.length, 10);
  end.writeUInt32LE(Buffer.concat(directory).length, 12);
  end.writeUInt32LE(at, 16);
  return Buffer.concat([...locals, ...directory, end]);
}

const MAGIC = [0x80, 2, 0x8a, 10, 0x6c, 0xfc, 0x9c, 0x46, 0xf9, 0x20, 0x6a, 0xa8, 0x50, 0x19, 0x2e];
const legacy = (...saved: Parameters<typeof bytesOf>) =>
  bytesOf(MAGIC, [0x80, 2, 0x4d, 0xe9, 3, 0x2e], [0x80, 2, 0x7d, 0x2e], ...saved);
const short = (text: string) => bytesOf([0x8c, text.length], text);

/** A tensor 'w' of a storage of `count` float32, with this offset, shape and stride. */
const tensor = (count: number, offset: number, shape: number, stride: number) =>
  bytesOf([0x80, 2], '}', short('w'), 'ctorch._utils\n_rebuild_tensor_v2\n(', '(', short('storage'), 'ctorch\nFloatStorage\n', short('0'), short('cpu'), [0x4b, count], 'tQ', [0x4b, offset, 0x4b, shape, 0x85, 0x4b, stride, 0x85, 0x89], 'Nt', 'Rs.'); // prettier-ignore

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

/** A safetensors file of one tensor. */
function safetensors(dtype: string, numbers: Uint8Array, count: number): Buffer {
  const head = ascii(JSON.stringify({ w: { dtype, shape: [count], data_offsets: [0, numbers.length] } }));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(head.length);
  return bytesOf(length, head, numbers);
}

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

describe('a file that is made to harm', () => {
  const system = bytesOf('cposix\nsystem\n(', short('touch /tmp/run'), 'tR.');
  it.each([
    ['posix.system', bytesOf([0x80, 2], system)],
    ['os.system', bytesOf("cos\nsystem\n(S'touch /tmp/run'\ntR.")],
    ['os.system', bytesOf("(S'touch /tmp/run'\nios\nsystem\n.")],
    ['subprocess.Popen', bytesOf([0x80, 4], short('subprocess'), short('Popen'), [0x93, 0x29, 0x81], '.')],
    ['builtins.eval', legacy([0x80, 2], 'cbuiltins\neval\n.')],
    ['builtins.getattr', zip({ 'archive/data.pkl': bytesOf([0x80, 2], 'cbuiltins\ngetattr\n.') })],
    ['__builtin__.exec', zip({ 'archive/data.pkl': bytesOf([0x80, 2], 'c__builtin__\nexec\n.') }, { deflated: true })],
    ['torch.storage._load_from_bytes', legacy([0x80, 2], 'ctorch.storage\n_load_from_bytes\n.')],
    ['torch.hub.load', legacy([0x80, 2], 'ctorch.hub\nload\n.')],
    // Names that objects of JavaScript have
    ['constructor.constructor', legacy([0x80, 2], 'cconstructor\nconstructor\n.')],
    ['torch.__proto__Storage', legacy([0x80, 2], 'ctorch\n__proto__Storage\n.')],
  ])('by %s is refused by name', async (name, bytes) => {
    await expect(readShapes(file(bytes))).rejects.toThrow(`it asks for ${name} to be run`);
  });

  const reads = async (bytes: Uint8Array, ending?: string) =>
    (await readWeights(file(bytes, ending), (shapes) => shapes.keys())).tensors;
  const packed = (pickle: Uint8Array, more?: Parameters<typeof zip>[1]) =>
    zip({ 'a/data.pkl': pickle, 'a/data/0': new Uint8Array(Float32Array.of(1, 2, 3, 4).buffer) }, more);

  it('has its tensors inside of their numbers', async () => {
    expect((await reads(packed(tensor(4, 1, 2, 2)))).get('w')!.data).toEqual(Float32Array.of(2, 4));
    expect((await reads(packed(tensor(4, 1, 2, 2), { deflated: true }))).get('w')!.data).toEqual(Float32Array.of(2, 4));
    for (const [offset, shape, stride] of [
      [1, 4, 1],
      [0, 3, 2],
      [9, 1, 1],
      [0, 5, 0],
    ] as const)
      // prettier-ignore
      await expect(reads(packed(tensor(4, offset, shape, stride)))).rejects.toThrow('outside of its numbers');
    await expect(reads(packed(tensor(5, 0, 5, 1)))).rejects.toThrow('it has no data/0');
  });

  it('is whole, and of the format that it says', async () => {
    const good = packed(tensor(4, 0, 4, 1));
    await expect(reads(packed(tensor(4, 0, 4, 1), { sum: (s) => (s ^ 1) >>> 0 }))).rejects.toThrow(
      'is not what was written',
    );
    await expect(reads(packed(tensor(4, 0, 4, 1), { claim: () => 0xfffffff0 }))).rejects.toThrow(
      /cut off|damaged|any checkpoint/,
    );
    for (const bytes of [good.subarray(0, -30), good.subarray(0, 60), zip({ 'a/other': new Uint8Array(1) })])
      await expect(reads(bytes)).rejects.toThrow(/zip archive is damaged|it has no data\.pkl/);
    const old = Buffer.from(golden.kinds.files[1]!, 'base64');
    await expect(reads(old.subarray(0, -1))).rejects.toThrow('cut off');
    for (const end of [3, 20, 200, 1000]) await expect(reads(old.subarray(0, end))).rejects.toThrow(/in the middle/);
    await expect(reads(bytesOf([0x80, 2], 'N.'))).rejects.toThrow('it is no checkpoint of PyTorch');
    await expect(reads(bytesOf('nothing at all'))).rejects.toThrow('has the instruction 110');
    await expect(reads(bytesOf([8, 0x12, 7], 'pytorch'), '.onnx')).rejects.toThrow('it is not a whole ONNX file');
  });

  it.each([
    // prettier-ignore
    ['an archive around it', bytesOf('known.pth', Array<number>(248).fill(0), 'ustar', Array<number>(300).fill(0)), 'packed (tar)'],
    ['an archive around it', bytesOf([0x1f, 0x8b, 8, 0], Array<number>(300).fill(1)), 'packed (gzip)'],
    ['a web page', bytesOf('\n<!DOCTYPE html><title>Not found</title>'), 'a web page'],
    ['a pointer', bytesOf('version https://git-lfs.github.com/spec/v1\noid sha256:0\nsize 9\n'), 'Git LFS'],
  ] as const)('is said to be %s where it is one', async (_, bytes, said) => {
    for (const ending of ['.pth', '.safetensors', '.onnx'])
      await expect(readShapes(file(bytes, ending))).rejects.toThrow(said);
  });

  it('whatever its bytes, ends in tensors or in what is wrong with it', async () => {
    const path = file(new Uint8Array(0));
    const next = random(7);
    const some = (below: number) => Math.floor(next() * below);
    for (let run = 0; run < 400; run++) {
      const bytes = Buffer.from(golden.kinds.files[run % 4]!, 'base64');
      for (let changes = 1 + some(4); changes > 0; changes--) bytes[some(bytes.length)] = some(256);
      writeFileSync(path, bytes);
      const error: unknown = await readWeights(path, (shapes) => shapes.keys()).then(() => null, (e: unknown) => e); // prettier-ignore
      if (error !== null) expect(error, `run ${run}`).toBeInstanceOf(WeightsFileError);
    }
  });

  it('takes no more than its share of memory and time', async () => {
    // A list of a million that is copied a thousand times.
    const many = bytesOf([0x80, 2], '](', Array<number>(1_000_000).fill(0x4e), 'e', [0x71, 0], '0');
    const copies = 'ccollections\nOrderedDict\n'.concat('h\0\x85R0ccollections\nOrderedDict\n'.repeat(1000));
    await expect(reads(legacy(many, copies, '0N.'))).rejects.toThrow('asks for more than any checkpoint');
    // A dictionary that holds itself.
    expect((await reads(packed(bytesOf([0x80, 2], '}', [0x71, 0], short('a'), 'h\0s.')))).size).toBe(0);
  });
});
