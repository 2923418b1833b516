/**
 * The names that the pickle of a checkpoint may call, and what each makes here: a closed list. Tensors come of it, and
 * dictionaries; all else (arguments of a training, its scores) is made inert. Any other name ends the reading, because
 * in Python it would be imported and called.
 */
import { reason } from '../../shared/reason.ts';
import type { ElementType } from '../../shared/safetensors.ts';
import { WeightsFileError } from './errors.ts';
import { Named, Thing } from './pickle.ts';
import type { Value } from './pickle.ts';

/** Numbers of one kind in a row, which tensors are parts of. */
export class Storage extends Thing {
  /** Null: of a kind that nothing here reads (complex, quantised). */
  readonly dtype: ElementType | null;
  /** Numbers in it. */
  readonly count: number;
  constructor(dtype: ElementType | null, key: string, count: number) {
    super(key);
    this.dtype = dtype;
    this.count = count;
  }
}

export class TensorValue extends Thing {
  readonly storage: Storage;
  /** Numbers of the storage before the first. */
  readonly offset: number;
  readonly shape: number[];
  readonly strides: number[];
  constructor(storage: Storage, offset: number, shape: number[], strides: number[]) {
    super('torch.Tensor');
    this.storage = storage;
    this.offset = offset;
    this.shape = shape;
    this.strides = strides;
  }
}

const storages: Record<string, ElementType | null> = {
  DoubleStorage: 'F64',
  FloatStorage: 'F32',
  HalfStorage: 'F16',
  BFloat16Storage: 'BF16',
  LongStorage: 'I64',
  IntStorage: 'I32',
  ShortStorage: 'I16',
  CharStorage: 'I8',
  ByteStorage: 'U8',
  BoolStorage: 'BOOL',
  ComplexFloatStorage: null,
  ComplexDoubleStorage: null,
  QInt8Storage: null,
  QUInt8Storage: null,
  QInt32Storage: null,
  UntypedStorage: null, // of kinds that came later (8-bit floats): the tensor says which
};

/** The kind of a storage by the name of its class; undefined where that is no class of storages. */
function kindNamed(name: string): ElementType | null | undefined {
  const own = /^torch\.(?:cuda\.|storage\.)?(\w+Storage)$/.exec(name)?.[1];
  return own !== undefined && Object.hasOwn(storages, own) ? storages[own] : undefined;
}

/** The same by the class. */
export const storageType = (value: Value): ElementType | null | undefined =>
  value instanceof Named ? kindNamed(value.name) : undefined;

export const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;
const areCounts = (value: Value | undefined): value is number[] =>
  Array.isArray(value) && value.length <= 16 && value.every(isCount);

/** torch._utils._rebuild_tensor_v2(storage, offset, size, stride, ...) */
function tensor([storage, offset, shape, strides]: readonly Value[]): TensorValue {
  const wrong = () => new WeightsFileError(reason('bad-file.torch-tensor'));
  if (!(storage instanceof Storage) || !isCount(offset) || !areCounts(shape) || !areCounts(strides)) throw wrong();
  if (shape.length !== strides.length) throw wrong();
  const count = shape.reduce((product, size) => product * size, 1);
  const last = shape.reduce((sum, size, axis) => sum + Math.max(0, size - 1) * strides[axis]!, offset);
  // A tensor that repeats its numbers could be made of any size by a few bytes.
  if (count > storage.count || (count > 0 && last >= storage.count) || !Number.isSafeInteger(last)) throw wrong();
  return new TensorValue(storage, offset, shape, strides);
}

function dictionary([items]: readonly Value[]): Map<Value, Value> {
  const pairs = items instanceof Map ? [...items] : Array.isArray(items) ? items : [];
  return new Map(
    pairs.filter((pair): pair is [Value, Value] => Array.isArray(pair)).map(([key, value]) => [key, value ?? null]),
  );
}

const items = ([value]: readonly Value[]): Value[] => (Array.isArray(value) ? [...value] : []);
const first = ([value]: readonly Value[]): Value => value ?? null;

const made: Record<string, (args: readonly Value[]) => Value> = {
  'collections.OrderedDict': dictionary,
  'collections.Counter': dictionary,
  'collections.defaultdict': ([, pairs]) => dictionary([pairs ?? null]),
  'torch._utils._rebuild_tensor': tensor,
  'torch._utils._rebuild_tensor_v2': tensor,
  'torch._utils._rebuild_parameter': first,
  'torch._utils._rebuild_parameter_with_state': first,
  'torch.nn.parameter.Parameter': first,
  'torch.Size': items,
  'collections.deque': items,
};
for (const module of ['builtins', '__builtin__']) {
  for (const name of ['list', 'tuple', 'set', 'frozenset']) made[`${module}.${name}`] = items;
  made[`${module}.dict`] = dictionary;
}

/** Classes and functions whose results hold no weights. */
const inert = new Set([
  'argparse.Namespace',
  'types.SimpleNamespace',
  'copyreg._reconstructor',
  'copy_reg._reconstructor',
  '_codecs.encode',
  'numpy.dtype',
  'numpy.ndarray',
  'numpy.core.multiarray.scalar',
  'numpy.core.multiarray._reconstruct',
  'numpy._core.multiarray.scalar',
  'numpy._core.multiarray._reconstruct',
  'numpy.core.numeric._frombuffer',
  'numpy._core.numeric._frombuffer',
  'torch.device',
  'torch.serialization._get_layout',
  'torch.torch_version.TorchVersion',
  // tensors of kinds that no weights of a ResNet are
  'torch._utils._rebuild_tensor_v3',
  'torch._utils._rebuild_sparse_tensor',
  'torch._utils._rebuild_qtensor',
  'torch._utils._rebuild_meta_tensor_no_storage',
  'datetime.date',
  'datetime.datetime',
  'datetime.timedelta',
  'datetime.timezone',
  'pathlib.PosixPath',
  'pathlib.PurePosixPath',
  'pathlib.WindowsPath',
  'pathlib.PureWindowsPath',
  'pathlib._local.PosixPath',
  'pathlib._local.WindowsPath',
  ...['builtins', '__builtin__'].flatMap((module) =>
    ['int', 'float', 'complex', 'bool', 'str', 'bytes', 'bytearray', 'object', 'slice', 'range'].map(
      (name) => `${module}.${name}`,
    ),
  ),
]);

/** torch.float32, torch.int64 and their like: the names of kinds of numbers, and of a tensor's layout. */
const torchKinds =
  /^torch\.((float|bfloat|int|uint|complex)\d+|half|float|double|long|bool|strided|contiguous_format)$/;

/** @throws WeightsFileError naming what is not on the list */
export function named(name: string): Named {
  const make = Object.hasOwn(made, name) ? made[name] : undefined;
  if (make) return new Named(name, make);
  if (inert.has(name) || torchKinds.test(name) || kindNamed(name) !== undefined)
    return new Named(name, () => new Thing(name));
  throw new WeightsFileError(reason('bad-file.pickle-global', { name }));
}
