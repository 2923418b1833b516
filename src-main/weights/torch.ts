/**
 * Checkpoints of PyTorch: a zip archive (since 1.6) with the pickle of what was saved and the numbers of each storage as
 * a file, or, older, pickles one behind the other with the numbers of all storages after them. Files of torch 0.1, which
 * were tar archives, and models as programs (TorchScript) are refused.
 */
import { reason } from '../../shared/reason.ts';
import { elementBytes } from '../../shared/safetensors.ts';
import { WeightsFileError } from './errors.ts';
import { isCount, named, Storage, storageType, TensorValue } from './globals.ts';
import { toFloat32 } from './numbers.ts';
import { unpickle } from './pickle.ts';
import type { Value } from './pickle.ts';
import type { Source } from './source.ts';
import { readEntry, zipEntries } from './zip.ts';

/** Numbers [shape] of one name. */
export interface Tensor {
  shape: number[];
  data: Float32Array<ArrayBuffer>;
}

/** The names and shapes of a file, and its numbers as they are asked for. */
export interface Weights {
  shapes: ReadonlyMap<string, readonly number[]>;
  /** Whether batch normalisation is folded into convolutions, so that what they are normalised by is not known. */
  folded?: boolean;
  /** @throws WeightsFileError where the numbers are of a kind that cannot be read, or not what was written */
  tensor(name: string): Promise<Tensor>;
}

/** The pickle of a checkpoint names tensors; it has no numbers in it. */
const MOST_PICKLE = 64 << 20;
const FIRST_PICKLE = 1 << 20;
/** Dictionaries in dictionaries, and tensors in them, that a file may have. */
const MOST_NAMES = 200_000;

/** What has names of its own in a list: of (weights, epoch), as some save them, one thing, which needs no place. */
function keyed(list: readonly Value[]): [key: Value, value: Value][] {
  const placed = [...list.entries()].filter(([, value]) => value instanceof Map);
  return placed.length === 1 ? [['', placed[0]![1]]] : placed;
}

/** All tensors in dictionaries and lists, named by the keys that lead to them, joined by dots. */
function tensorsIn(root: Value): Map<string, TensorValue> {
  const found = new Map<string, TensorValue>();
  const seen = new Set<Value>();
  const ahead: [prefix: string, value: Value][] = [['', root]];
  for (let next = ahead.shift(); next; next = ahead.shift()) {
    const [prefix, value] = next;
    if (!(value instanceof Map || Array.isArray(value)) || seen.has(value)) continue;
    seen.add(value);
    for (const [key, inner] of value instanceof Map ? value : keyed(value)) {
      if (typeof key !== 'string' && typeof key !== 'number') continue;
      const name = `${prefix}${key}`;
      if (inner instanceof TensorValue) found.set(name, inner);
      else if (inner instanceof Map || Array.isArray(inner)) ahead.push([key === '' ? prefix : `${name}.`, inner]);
    }
    if (found.size + ahead.length > MOST_NAMES)
      throw new WeightsFileError(reason('bad-file.pickle-large', { most: MOST_NAMES }));
  }
  return found;
}

/** Reads the numbers `from` to `to` of a storage. */
type Numbers = (storage: Storage, from: number, to: number) => Promise<ArrayBuffer>;

function weightsOf(root: Value, numbers: Numbers): Weights {
  const tensors = tensorsIn(root);
  return {
    shapes: new Map([...tensors].map(([name, { shape }]) => [name, shape])),
    async tensor(name) {
      const { storage, offset, shape, strides } = tensors.get(name)!;
      if (storage.dtype === null)
        throw new WeightsFileError(
          reason('bad-file.dtype', { name, dtype: 'complex', known: Object.keys(elementBytes).join(', ') }),
        );
      const count = shape.reduce((product, size) => product * size, 1);
      if (count === 0) return { shape, data: new Float32Array(0) };
      const last = shape.reduce((sum, size, axis) => sum + (size - 1) * strides[axis]!, offset);
      const flat = toFloat32(storage.dtype, await numbers(storage, offset, last + 1));
      return { shape, data: ordered(flat, shape, strides, count) };
    },
  };
}

/** The numbers in the order of the shape's axes, where they lie in another. */
function ordered(
  flat: Float32Array<ArrayBuffer>,
  shape: readonly number[],
  strides: readonly number[],
  count: number,
): Float32Array<ArrayBuffer> {
  let due = 1;
  let plain = flat.length === count;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    if (shape[axis] !== 1 && strides[axis] !== due) plain = false;
    due *= shape[axis]!;
  }
  if (plain) return flat;
  const out = new Float32Array(count);
  const at = shape.map(() => 0);
  let from = 0;
  for (let i = 0; i < count; i++) {
    out[i] = flat[from]!;
    for (let axis = shape.length - 1; axis >= 0; axis--) {
      from += strides[axis]!;
      if (++at[axis]! < shape[axis]!) break;
      from -= strides[axis]! * shape[axis]!;
      at[axis] = 0;
    }
  }
  return out;
}

/** ('storage', class, key, place, count[, part]): a part is (key, offset, count) of the storage. */
function storageOf(id: Value): { storage: Storage; part: Value } {
  const [kind, type, key, , count, part = null] = Array.isArray(id) ? id : [];
  const dtype = storageType(type ?? null);
  if (kind !== 'storage' || dtype === undefined || !isCount(count) || (typeof key !== 'string' && !isCount(key)))
    throw new WeightsFileError(reason('bad-file.torch-tensor'));
  return { storage: new Storage(dtype, String(key), count), part };
}

/** @throws WeightsFileError */
export async function openZip(source: Source): Promise<Weights> {
  const entries = await zipEntries(source);
  const [pickle, ...others] = [...entries.keys()].filter((name) => /^[^/]+\/data\.pkl$/.test(name));
  if (pickle === undefined || others.length > 0)
    throw new WeightsFileError(reason('bad-file.torch-part', { part: 'data.pkl' }));
  const entry = entries.get(pickle)!;
  if (entry.size > MOST_PICKLE) throw new WeightsFileError(reason('bad-file.pickle-large', { most: MOST_PICKLE }));
  const folder = pickle.slice(0, -'data.pkl'.length);
  const order = entries.get(`${folder}byteorder`);
  if (order && order.size < 16 && new TextDecoder().decode(await readEntry(source, order)) === 'big')
    throw new WeightsFileError(reason('bad-file.torch-order'));
  const { value } = unpickle(await readEntry(source, entry), 0, { named, persistent: (id) => storageOf(id).storage });
  return weightsOf(value, async ({ dtype, name, count }, from, to) => {
    const each = elementBytes[dtype!];
    const own = entries.get(`${folder}data/${name}`);
    if (own?.size !== count * each) throw new WeightsFileError(reason('bad-file.torch-part', { part: `data/${name}` }));
    return (await readEntry(source, own)).buffer.slice(from * each, to * each);
  });
}

/** What torch.save wrote first, before there were archives. */
const MAGIC = 0x1950a86a20f9469cfc6cn;

/** @throws WeightsFileError */
export async function openPickles(source: Source): Promise<Weights> {
  // The pickles of most are a few hundred kilobytes, before gigabytes of numbers.
  for (let most = FIRST_PICKLE; most < MOST_PICKLE && most < source.size; most *= 8)
    try {
      return await picklesOf(source, most);
    } catch (error) {
      if (!(error instanceof WeightsFileError && error.reason.key === 'bad-file.pickle-cut')) throw error;
    }
  return picklesOf(source, MOST_PICKLE);
}

async function picklesOf(source: Source, most: number): Promise<Weights> {
  const bytes = await source.read(0, Math.min(source.size, most));
  const bounds = new Map<string, { dtype: Storage['dtype']; count: number }>();
  /** The storage that a part belongs to, and what of it lies before. */
  const parts = new Map<Storage, { root: string; before: number }>();
  const machine = {
    named,
    persistent: (id: Value): Storage => {
      const { storage, part } = storageOf(id);
      const { dtype, name, count } = storage;
      bounds.set(name, { dtype, count });
      if (part === null) return storage;
      const [, before, length] = Array.isArray(part) ? part : [];
      if (!isCount(before) || !isCount(length) || before + length > count)
        throw new WeightsFileError(reason('bad-file.torch-tensor'));
      const own = new Storage(dtype, name, length);
      parts.set(own, { root: name, before });
      return own;
    },
  };
  const magic = unpickle(bytes, 0, machine);
  if (magic.value !== MAGIC) throw new WeightsFileError(reason('bad-file.torch-part', { part: 'torch.save' }));
  const protocol = unpickle(bytes, magic.end, machine);
  const system = unpickle(bytes, protocol.end, machine);
  if (system.value instanceof Map && system.value.get('little_endian') === false)
    throw new WeightsFileError(reason('bad-file.torch-order'));
  const saved = unpickle(bytes, system.end, machine);
  const keys = unpickle(bytes, saved.end, machine);
  const places = await placesOf(source, keys, bounds);
  return weightsOf(saved.value, async (storage, from, to) => {
    const { root, before } = parts.get(storage) ?? { root: storage.name, before: 0 };
    const place = places.get(root);
    if (place === undefined) throw new WeightsFileError(reason('bad-file.torch-part', { part: root }));
    const each = elementBytes[storage.dtype!];
    return (await source.read(place + (before + from) * each, (to - from) * each)).buffer;
  });
}

/** Where the numbers of each storage begin: behind the keys in their order, each after how many there are. */
async function placesOf(
  source: Source,
  { value, end }: { value: Value; end: number },
  bounds: ReadonlyMap<string, { dtype: Storage['dtype']; count: number }>,
): Promise<Map<string, number>> {
  const places = new Map<string, number>();
  let at = end;
  for (const key of Array.isArray(value) ? value : []) {
    const name = String(key);
    const { dtype, count } = bounds.get(name) ?? { dtype: null, count: 0 };
    if (dtype === null) throw new WeightsFileError(reason('bad-file.torch-part', { part: name }));
    const head = await source.read(at, 8);
    if (new DataView(head.buffer).getBigInt64(0, true) !== BigInt(count))
      throw new WeightsFileError(reason('bad-file.torch-part', { part: name }));
    places.set(name, at + 8);
    at += 8 + count * elementBytes[dtype];
  }
  if (at > source.size) throw new WeightsFileError(reason('bad-file.cut', { begin: end, end: at, bytes: source.size }));
  return places;
}
