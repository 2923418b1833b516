/** Files of weights put together byte by byte, as no tool writes them, and where they are put. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';

/** Writes files into a folder, each under a name of its own. @returns the path */
export function filesIn(directory: string): (bytes: Uint8Array | string, ending?: string) => string {
  let count = 0;
  return (bytes, ending = '.pth') => {
    const path = join(directory, `${count++}${ending}`);
    writeFileSync(path, typeof bytes === 'string' ? Buffer.from(bytes, 'base64') : bytes);
    return path;
  };
}

const ascii = (text: string): Uint8Array => Buffer.from(text, 'latin1');
export const bytesOf = (...parts: (string | number[] | Uint8Array)[]): Buffer =>
  Buffer.concat(parts.map((part) => (typeof part === 'string' ? ascii(part) : Uint8Array.from(part))));

/** An archive of these files; `claim` is written over their sizes. */
export function zip(
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
export const legacy = (...saved: Parameters<typeof bytesOf>) =>
  bytesOf(MAGIC, [0x80, 2, 0x4d, 0xe9, 3, 0x2e], [0x80, 2, 0x7d, 0x2e], ...saved);
export const short = (text: string) => bytesOf([0x8c, text.length], text);

/** A tensor 'w' of a storage of `count` float32, with this offset, shape and stride. */
export const tensor = (count: number, offset: number, shape: number, stride: number) =>
  bytesOf([0x80, 2], '}', short('w'), 'ctorch._utils\n_rebuild_tensor_v2\n(', '(', short('storage'), 'ctorch\nFloatStorage\n', short('0'), short('cpu'), [0x4b, count], 'tQ', [0x4b, offset, 0x4b, shape, 0x85, 0x4b, stride, 0x85, 0x89], 'Nt', 'Rs.'); // prettier-ignore

/** A safetensors file of one tensor. */
export function safetensors(dtype: string, numbers: Uint8Array, count: number): Buffer {
  const head = ascii(JSON.stringify({ w: { dtype, shape: [count], data_offsets: [0, numbers.length] } }));
  const length = Buffer.alloc(8);
  length.writeUInt32LE(head.length);
  return bytesOf(length, head, numbers);
}
