/**
 * The safetensors format: eight bytes of header length, a JSON header, then the tensors' bytes. Written are F32 and
 * I64 (the counters PyTorch expects); read are F64, F32, F16, BF16 and the integer types, all as Float32Array, and
 * I64 as BigInt64Array. A file from elsewhere is checked before a byte of it is believed.
 */
import { ExportError } from './errors.ts';
import { writeStreamAtomic } from './atomic.ts';

export type Tensor = { shape: number[]; data: Float32Array } | { shape: number[]; data: BigInt64Array };

/** The reference implementation refuses larger headers too. */
const MAX_HEADER = 100_000_000;

const BYTES: Record<string, number> = { F64: 8, F32: 4, F16: 2, BF16: 2, I64: 8, I32: 4, I16: 2, I8: 1, U8: 1, BOOL: 1 };

const count = (shape: number[]) => shape.reduce((a, b) => a * b, 1);

function layout(tensors: Map<string, Tensor>, metadata: Record<string, string>) {
  // Eight-byte types first keep every tensor aligned to its element, as readers that map the file need.
  const entries = [...tensors].sort(
    ([a, x], [b, y]) => y.data.BYTES_PER_ELEMENT - x.data.BYTES_PER_ELEMENT || (a < b ? -1 : 1),
  );
  const header: Record<string, unknown> = {};
  if (Object.keys(metadata).length > 0) header['__metadata__'] = metadata;
  let offset = 0;
  for (const [name, { shape, data }] of entries) {
    if (count(shape) !== data.length)
      throw new ExportError('bad-shape', `tensor ${name} holds ${data.length} numbers, its shape [${shape.join(', ')}] says ${count(shape)}`, { name, shape });
    header[name] = {
      dtype: data instanceof Float32Array ? 'F32' : 'I64',
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

const bytesOf = (data: Float32Array | BigInt64Array) => new Uint8Array(data.buffer, data.byteOffset, data.byteLength);

/** The file's bytes. @throws ExportError bad-shape when a tensor's shape and data disagree. */
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
export function writeSafetensors(path: string, tensors: Map<string, Tensor>, metadata: Record<string, string> = {}): Promise<void> {
  const { header, entries } = layout(tensors, metadata);
  return writeStreamAtomic(path, async (append) => {
    await append(header);
    for (const [, { data }] of entries) await append(bytesOf(data));
  });
}

interface Entry {
  name: string;
  dtype: string;
  shape: number[];
  begin: number;
  end: number;
}

function bad(reason: string, details: Record<string, unknown> = {}): ExportError {
  return new ExportError('bad-file', `not a safetensors file that can be read: ${reason}`, details);
}

function readHeader(bytes: Uint8Array): { entries: Entry[]; metadata: Record<string, string>; start: number } {
  if (bytes.length < 8) throw bad(`it has ${bytes.length} bytes, the header length alone takes 8`);
  const length = new DataView(bytes.buffer, bytes.byteOffset, 8).getBigUint64(0, true);
  if (length > BigInt(Math.min(MAX_HEADER, bytes.length - 8)))
    throw bad(`its header claims ${length} bytes of a file of ${bytes.length}; it is cut off or of another format`, { length: String(length) });
  const start = 8 + Number(length);
  let header: unknown;
  try {
    header = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(bytes.subarray(8, start)));
  } catch (error) {
    throw bad(`its header is not JSON (${(error as Error).message})`);
  }
  if (typeof header !== 'object' || header === null || Array.isArray(header)) throw bad('its header is not a JSON object');
  const metadata: Record<string, string> = {};
  const entries: Entry[] = [];
  for (const [name, value] of Object.entries(header)) {
    if (name === '__metadata__') {
      for (const [key, text] of Object.entries((value ?? {}) as Record<string, unknown>)) metadata[key] = String(text);
      continue;
    }
    entries.push(checkEntry(name, value, bytes.length - start));
  }
  // As in the reference implementation: the tensors cover the data without gaps or overlaps.
  let at = 0;
  for (const entry of [...entries].sort((a, b) => a.begin - b.begin || a.end - b.end)) {
    if (entry.begin !== at) throw bad(`tensor ${entry.name} begins at ${entry.begin}, where ${at} was due`, { name: entry.name });
    at = entry.end;
  }
  if (at !== bytes.length - start) throw bad(`its tensors end at ${at} of ${bytes.length - start} bytes of data; it is cut off or has been appended to`);
  return { entries, metadata, start };
}

function checkEntry(name: string, value: unknown, available: number): Entry {
  const { dtype, shape, data_offsets: offsets } = (value ?? {}) as Record<string, unknown>;
  const size = typeof dtype === 'string' && Object.hasOwn(BYTES, dtype) ? BYTES[dtype] : undefined;
  if (size === undefined)
    throw bad(`tensor ${name} has type ${String(dtype)}; ${Object.keys(BYTES).join(', ')} can be read`, { name, dtype });
  const whole = (x: unknown): x is number => Number.isSafeInteger(x) && (x as number) >= 0;
  if (!Array.isArray(shape) || shape.length > 16 || !shape.every(whole)) throw bad(`tensor ${name} has no valid shape`, { name, shape });
  if (!Array.isArray(offsets) || offsets.length !== 2 || !offsets.every(whole)) throw bad(`tensor ${name} has no valid offsets`, { name });
  const [begin, end] = offsets as [number, number];
  if (begin > end || end > available) throw bad(`tensor ${name} lies at ${begin} to ${end} of ${available} bytes`, { name, begin, end });
  if (end - begin !== count(shape) * size)
    throw bad(`tensor ${name} of shape [${shape.join(', ')}] takes ${count(shape) * size} bytes, its offsets give ${end - begin}`, { name, shape });
  return { name, dtype: dtype as string, shape, begin, end };
}

/**
 * The tensors of a file. Floating-point and small integer types become Float32Array; I64 stays BigInt64Array.
 * @throws ExportError bad-file saying what is wrong with it.
 */
export function decodeSafetensors(bytes: Uint8Array): { tensors: Map<string, Tensor>; metadata: Record<string, string> } {
  const { entries, metadata, start } = readHeader(bytes);
  const tensors = new Map<string, Tensor>();
  for (const { name, dtype, shape, begin, end } of entries) {
    // A copy, because the file may place a tensor where no typed array can lie (and a Buffer's slice is none).
    const raw = new Uint8Array(bytes.subarray(start + begin, start + end)).buffer;
    if (dtype === 'I64') tensors.set(name, { shape, data: new BigInt64Array(raw) });
    else tensors.set(name, { shape, data: toFloat32(dtype, raw) });
  }
  return { tensors, metadata };
}

function toFloat32(dtype: string, raw: ArrayBuffer): Float32Array {
  switch (dtype) {
    case 'F32':
      return new Float32Array(raw);
    case 'F64':
      return Float32Array.from(new Float64Array(raw));
    case 'F16':
      return Float32Array.from(new Float16Array(raw));
    case 'BF16': {
      // bfloat16 is the upper half of a float32.
      const halves = new Uint16Array(raw);
      return new Float32Array(Uint32Array.from(halves, (h) => h << 16).buffer);
    }
    case 'I32':
      return Float32Array.from(new Int32Array(raw));
    case 'I16':
      return Float32Array.from(new Int16Array(raw));
    case 'I8':
      return Float32Array.from(new Int8Array(raw));
    default:
      return Float32Array.from(new Uint8Array(raw));
  }
}

/** Only the floating-point tensors, for what takes weights. */
export function floatTensors(tensors: Map<string, Tensor>): Map<string, { shape: number[]; data: Float32Array }> {
  const out = new Map<string, { shape: number[]; data: Float32Array }>();
  for (const [name, { shape, data }] of tensors) if (data instanceof Float32Array) out.set(name, { shape, data });
  return out;
}
