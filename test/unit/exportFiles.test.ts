/** npy and safetensors against files NumPy wrote (test/golden/export.py), hostile files, and atomic writing. */
import { mkdir, mkdtemp, readFile, readdir, rm, truncate, writeFile } from 'node:fs/promises';
import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import {
  decodeSafetensors,
  encodeNpy,
  encodeSafetensors,
  readNpy,
  writeNpy,
  writeNpyRows,
  writeSafetensors,
} from '../../src-main/export/index.ts';
import { readNpyLayout, writeFileAtomic, writeStreamAtomic } from '../../src-main/files/index.ts';

const golden = JSON.parse(readFileSync(new URL('../golden/export.json', import.meta.url), 'utf8')) as {
  npy: Record<string, string>;
  f4: string;
  i8: string;
  safetensors: string;
  expected: Record<string, string>;
};
const bytes = (base64: string) => Uint8Array.from(Buffer.from(base64, 'base64'));

let directory = '';
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'lookalike-export-'));
});
afterAll(() => rm(directory, { recursive: true }));

describe('npy', () => {
  it('writes, byte for byte, what NumPy writes', () => {
    const f4 = new Float32Array(bytes(golden.f4).buffer);
    const i8 = new BigInt64Array(bytes(golden.i8).buffer);
    const ours = encodeNpy({ shape: [3, 5], data: f4 });
    const theirs = bytes(golden.npy['f4']!);
    expect(Buffer.from(ours).equals(Buffer.from(theirs))).toBe(true);
    expect(Buffer.from(encodeNpy({ shape: [4], data: i8 })).equals(Buffer.from(bytes(golden.npy['i8']!)))).toBe(true);
  });

  it('reads what NumPy wrote', async () => {
    const read = async (content: Uint8Array) => {
      await writeFile(join(directory, 'numpy.npy'), content);
      return readNpy(join(directory, 'numpy.npy'));
    };
    expect(await read(bytes(golden.npy['i8']!))).toEqual({
      shape: [4],
      data: BigInt64Array.of(-(2n ** 62n), -1n, 0n, 7n),
    });
    expect(await read(bytes(golden.npy['scalar']!))).toEqual({ shape: [], data: Float32Array.of(2.5) });
    expect(await read(bytes(golden.npy['empty']!))).toEqual({ shape: [0, 4], data: new Float32Array(0) });
    await expect(read(bytes(golden.npy['f8']!))).rejects.toThrow(/<f8: float32 and int64/);
    await expect(read(bytes(golden.npy['fortran']!))).rejects.toThrow(/stored by column/);
    await expect(read(bytes(golden.npy['f4']!).subarray(0, 150))).rejects.toThrow(/cut off/);
    await expect(read(bytes(golden.npy['f4']!).subarray(0, 60))).rejects.toThrow(/cut off/);
    await expect(read(new Uint8Array(200))).rejects.toThrow(/does not begin with NUMPY/);
  });

  it('reads an array from a file of more than two gigabytes', async () => {
    const path = join(directory, 'long.npy');
    const data = Float32Array.of(1, 2, 3);
    await writeNpy(path, { shape: [3], data });
    await truncate(path, 2 ** 31 + 4096); // sparse: what follows the array takes no room
    expect(await readNpy(path)).toEqual({ shape: [3], data });
    await rm(path);
  });

  it('goes through a file, whole or row by row', async () => {
    const data = Float32Array.from({ length: 12 }, (_, i) => i / 3);
    const whole = join(directory, 'whole.npy');
    const pieces = join(directory, 'pieces.npy');
    await writeNpy(whole, { shape: [4, 3], data });
    await writeNpyRows(pieces, 4, 3, [data.subarray(0, 3), data.subarray(3)]);
    expect(await readNpy(whole)).toEqual({ shape: [4, 3], data });
    expect((await readFile(whole)).equals(await readFile(pieces))).toBe(true);
    expect(await readNpyLayout(whole)).toEqual({ type: 'f4', shape: [4, 3], byteOffset: 128 });
    await expect(writeNpyRows(join(directory, 'short.npy'), 4, 3, [data.subarray(3)])).rejects.toMatchObject({
      code: 'bad-shape',
    });
    expect(await readdir(directory)).not.toContain('short.npy');
  });
});

describe('safetensors', () => {
  it('reads every floating-point type as PyTorch converts it', () => {
    const { tensors, metadata } = decodeSafetensors(bytes(golden.safetensors));
    expect(metadata).toEqual({ format: 'pt' });
    for (const name of ['f32', 'f64', 'f16', 'bf16'])
      expect(tensors.get(name)!.data).toEqual(new Float32Array(bytes(golden.expected[name]!).buffer));
    expect(tensors.get('i64')).toEqual({ shape: [2, 1], data: BigInt64Array.of(1n, -(2n ** 40n)) });
    expect(tensors.get('u8')).toEqual({ shape: [2], data: Float32Array.of(0, 255) });
  });

  it('reads back what it writes, in memory and through a file', async () => {
    const tensors = new Map([
      ['a.weight', { shape: [2, 3], data: Float32Array.of(1, -2, 3.5, NaN, Infinity, 1e-40) }],
      ['counter', { shape: [], data: BigInt64Array.of(12n) }],
      ['none', { shape: [0, 7], data: new Float32Array(0) }],
    ] as const);
    const encoded = encodeSafetensors(new Map<string, never>(tensors as never), { note: 'naïve 名' });
    const back = decodeSafetensors(encoded);
    expect(back.metadata).toEqual({ note: 'naïve 名' });
    expect(Object.fromEntries(back.tensors)).toEqual(Object.fromEntries(tensors));
    const path = join(directory, 'weights.safetensors');
    await writeSafetensors(path, new Map<string, never>(tensors as never), { note: 'naïve 名' });
    expect((await readFile(path)).equals(Buffer.from(encoded))).toBe(true);
    expect(() => encodeSafetensors(new Map([['x', { shape: [4], data: new Float32Array(3) }]]))).toThrow(
      /its shape \[4\] says 4/,
    );
  });

  const file = (header: unknown, body = 0, length?: bigint) => {
    const text = new TextEncoder().encode(typeof header === 'string' ? header : JSON.stringify(header));
    const out = new Uint8Array(8 + text.length + body);
    new DataView(out.buffer).setBigUint64(0, length ?? BigInt(text.length), true);
    out.set(text, 8);
    return out;
  };
  const entry = (dtype: unknown, shape: unknown, offsets: unknown) => ({ x: { dtype, shape, data_offsets: offsets } });
  it.each([
    ['too short', new Uint8Array(5), /5 bytes/],
    ['huge header', file({}, 0, 2n ** 63n), /header claims 9223372036854775808/],
    ['header beyond the file', file({}, 0, 1000n), /header claims 1000/],
    ['not JSON', file('{"x":'), /not JSON/],
    ['a list', file('[]'), /not a JSON object/],
    ['unknown type', file(entry('F3', [1], [0, 1]), 1), /type F3/],
    ['a type of the prototype', file(entry('constructor', [1], [0, 1]), 1), /type constructor/],
    ['negative shape', file(entry('F32', [-1], [0, 4]), 4), /no valid shape/],
    ['shape and bytes disagree', file(entry('F32', [2 ** 40, 2 ** 13], [0, 4]), 4), /takes/],
    ['offsets beyond the data', file(entry('F32', [2], [0, 8]), 4), /of 4 bytes/],
    ['reversed offsets', file(entry('F32', [1], [4, 0]), 4), /lies at/],
    ['a hole', file(entry('F32', [1], [4, 8]), 8), /where 0 was due/],
    ['trailing bytes', file(entry('F32', [1], [0, 4]), 9), /appended/],
  ])('refuses: %s', (_, hostile, message) => {
    expect(() => decodeSafetensors(hostile)).toThrow(message);
  });
});

describe('atomic writing', () => {
  it('replaces a file whole, or leaves it and nothing else', async () => {
    const folder = join(directory, 'atomic');
    await mkdir(folder);
    const path = join(folder, `${'n'.repeat(240)}.json`); // as long as file systems allow
    await writeFileAtomic(path, 'first');
    await expect(
      writeStreamAtomic(path, async (append) => {
        await append(new Uint8Array(100));
        throw new Error('power cut');
      }),
    ).rejects.toThrow('power cut');
    expect(await readFile(path, 'utf8')).toBe('first');
    await writeFileAtomic(path, 'second');
    expect(await readFile(path, 'utf8')).toBe('second');
    expect(await readdir(folder)).toHaveLength(1);
  });

  it('says what to do about a place that cannot be written', async () => {
    await writeFile(join(directory, 'plain'), '');
    await expect(writeFileAtomic(join(directory, 'absent', 'x'), '')).rejects.toMatchObject({
      code: 'write-failed',
      details: { errno: 'ENOENT' },
    });
    await expect(writeFileAtomic(join(directory, 'plain', 'x'), '')).rejects.toThrow(/its parent is a file/);
    await mkdir(join(directory, 'taken', 'inside'), { recursive: true });
    await expect(writeFileAtomic(join(directory, 'taken'), '')).rejects.toMatchObject({ code: 'write-failed' });
    expect((await readdir(directory)).filter((name) => name.endsWith('-tmp'))).toEqual([]);
  });
});
