/** Files of weights that are made to harm: nothing of a file is executed, and each is refused with what is wrong with it. */
import { readFileSync, writeFileSync } from 'node:fs';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { readShapes, readWeights, WeightsFileError } from '../../src-main/weights/index.ts';
import { sharedFolder } from '../helpers/folders.ts';
import { random } from '../helpers/random.ts';
import { bytesOf, filesIn, legacy, short, tensor, zip } from '../helpers/weightFiles.ts';

const { kinds } = JSON.parse(
  gunzipSync(readFileSync(new URL('../golden/weights.json.gz', import.meta.url))).toString(),
) as { kinds: { files: string[] } };

const file = filesIn(sharedFolder('harmful-weights'));

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
    const old = Buffer.from(kinds.files[1]!, 'base64');
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
      const bytes = Buffer.from(kinds.files[run % 4]!, 'base64');
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
