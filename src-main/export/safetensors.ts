/**
 * Tensors in the safetensors format; its head is shared/safetensors.ts. Written are F32, I64 (the counters PyTorch
 * expects) and U8; read are F64, F32, F16, BF16 and the integer types, all as Float32Array, and I64 as BigInt64Array.
 */
import { InternalError } from '../../shared/errors.ts';
import { parseHead } from '../../shared/safetensors.ts';
import { writeStreamAtomic } from '../files/index.ts';
import { toFloat32 } from '../weights/index.ts';
import { bytesOf } from '../../shared/bytes.ts';

export type Tensor = { shape: number[]; data: Float32Array } | { shape: number[]; data: BigInt64Array };

/** What is written: bytes as well, which are another program's file. */
type Written = Tensor | { shape: number[]; data: Uint8Array };

const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

function layout(tensors: ReadonlyMap<string, Written>, metadata: Record<string, string>) {
  // Eight-byte types first keep every tensor aligned to its element, as readers that map the file need.
  const entries = [...tensors].sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (count(shape) !== data.length)
      throw new InternalError(
        'bad-shape',
        `tensor ${name} holds ${data.length} numbers, its shape [${shape.join(', ')}] says ${count(shape)}`,
        { name, shape },
      );
    header[name] = {
      dtype: data instanceof Float32Array ? 'F32' : data instanceof Uint8Array ? 'U8' : 'I64',
      shape,
      data_offsets: [offset, offset + data.byteLength],
    };
    offset += data.byteLength;
  }
  const json = new TextEncoder().encode(JSON.stringify(header));
  const padded = new Uint8Array(8 + Math.ceil(json.length / 8) * 8).fill(0x20);
  padded.set(json, 8);
  new DataView(padded.buffer).setBigUint64(0, BigInt(padded.length - 8), true);
  return { header: padded, entries, bytes: padded.length + offset };
}

/** The file's bytes. @throws InternalError bad-shape when a tensor's shape and data disagree */
export function encodeSafetensors(tensors: Map<string, Tensor>, metadata: Record<string, string> = {}): Uint8Array {
  const { header, entries, bytes } = layout(tensors, metadata);
  const out = new Uint8Array(bytes);
  out.set(header);
  let at = header.length;
  for (const [, { data }] of entries) {
    out.set(bytesOf(data), at);
    at += data.byteLength;
  }
  return out;
}

/** Writes the file atomically, tensor by tensor, without a second copy in memory. */
export function writeSafetensors(
  path: string,
  tensors: ReadonlyMap<string, Written>,
  metadata: Record<string, string> = {},
): Promise<void> {
  const { header, entries } = layout(tensors, metadata);
  return writeStreamAtomic(path, async (append) => {
    await append(header);
    for (const [, { data }] of entries) await append(bytesOf(data));
  });
}

/**
 * The tensors of a file. Floating-point and small integer types become Float32Array; I64 stays BigInt64Array.
 * @throws SafetensorsError saying what is wrong with it.
 */
export function decodeSafetensors(bytes: Uint8Array): {
  tensors: Map<string, Tensor>;
  metadata: Record<string, string>;
} {
  const { entries, metadata, start } = parseHead(bytes, bytes.length);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy, because the file may place a tensor where no typed array can lie (and a Buffer's slice is none).
    const raw = new Uint8Array(bytes.subarray(start + begin, start + end)).buffer;
    if (dtype === 'I64') tensors.set(name, { shape, data: new BigInt64Array(raw) });
    else tensors.set(name, { shape, data: toFloat32(dtype, raw) });
  }
  return { tensors, metadata };
}

/** Only the floating-point tensors, for callers that take weights. */
export function floatTensors(tensors: Map<string, Tensor>): Map<string, { shape: number[]; data: Float32Array }> {
  const out = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, { shape, data }] of tensors) if (data instanceof Float32Array) out.set(name, { shape, data });
  return out;
}
