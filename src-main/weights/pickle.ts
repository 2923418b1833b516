/**
 * Python's pickles are programs for a small machine with a stack. This machine runs them without Python: it makes
 * lists, dictionaries, texts and numbers, and asks the caller for every name that a pickle wants to call (globals.ts),
 * so that nothing is ever executed. Protocols 0 to 5, but without what needs a process around it (extensions, buffers
 * outside of the pickle). Bytes from elsewhere: every length is checked, and the work that a few bytes can cause counted.
 */
import { reason } from '../../shared/reason.ts';
import { WeightsFileError } from './errors.ts';

/** Tuples, lists and sets are arrays: nothing here needs them apart. */
export type Value = null | boolean | number | bigint | string | Uint8Array | Value[] | Map<Value, Value> | Thing;

/** An object of Python's, of which nothing is kept unless a subclass does. */
export class Thing {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** A name of Python's that a pickle may call. */
export class Named extends Thing {
  /** What a call makes. */
  readonly made: (args: readonly Value[]) => Value;
  constructor(name: string, made: (args: readonly Value[]) => Value) {
    super(name);
    this.made = made;
  }
}

export interface Machine {
  /** What stands for a name. @throws WeightsFileError for one that is not known to do nothing */
  named(name: string): Named;
  /** What stands for an object that the pickle leaves to its file, by its id. */
  persistent(id: Value): Value;
}

/** More steps than the checkpoint of any ResNet takes, its optimizer's state included, by a hundred times. */
const MOST_WORK = 20_000_000;

const MARK = Symbol('mark');
type Kept = Value | typeof MARK;

const bad = (at: number): WeightsFileError => new WeightsFileError(reason('bad-file.pickle-wrong', { at }));

/** Two values for each item. */
function fill(map: Map<Value, Value>, items: readonly Value[], at: number): void {
  if (items.length % 2 !== 0) throw bad(at);
  for (let i = 0; i < items.length; i += 2) map.set(items[i]!, items[i + 1]!);
}

/**
 * What the pickle that begins at `begin` makes, and where it ends.
 * @throws WeightsFileError naming what it asks for, or where it is no pickle
 */
export function unpickle(bytes: Uint8Array, begin: number, machine: Machine): { value: Value; end: number } {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const utf8 = new TextDecoder();
  const stack: Kept[] = [];
  const memo = new Map<number, Value>();
  let at = begin;
  let work = 0;

  const labour = (amount: number): void => {
    if ((work += amount) > MOST_WORK) throw new WeightsFileError(reason('bad-file.pickle-large', { most: MOST_WORK }));
  };
  const take = (count: number): Uint8Array => {
    if (count > bytes.length - at) throw new WeightsFileError(reason('bad-file.pickle-cut', { bytes: bytes.length }));
    return bytes.subarray(at, (at += count));
  };
  const number = (count: 1 | 2 | 4): number => {
    const from = take(count).byteOffset - bytes.byteOffset;
    return count === 1 ? view.getUint8(from) : count === 2 ? view.getUint16(from, true) : view.getUint32(from, true);
  };
  /** A length of eight bytes. */
  const long = (): number => {
    const low = number(4);
    const high = number(4);
    if (high > 0xffff) throw bad(at);
    return high * 2 ** 32 + low;
  };
  const line = (): string => {
    const end = bytes.indexOf(10, at);
    if (end < 0) throw new WeightsFileError(reason('bad-file.pickle-cut', { bytes: bytes.length }));
    const text = utf8.decode(bytes.subarray(at, end));
    at = end + 1;
    return text;
  };
  const push = (value: Value): void => void stack.push(value);
  const pop = (): Value => {
    const value = stack.pop();
    if (value === undefined || value === MARK) throw bad(at);
    return value;
  };
  const top = (): Value => {
    const value = stack.at(-1);
    if (value === undefined || value === MARK) throw bad(at);
    return value;
  };
  /** What lies above the last mark, which goes too. */
  const marked = (): Value[] => {
    const from = stack.lastIndexOf(MARK);
    if (from < 0) throw bad(at);
    const items = stack.splice(from).slice(1) as Value[];
    labour(items.length);
    return items;
  };
  const list = (value: Value): Value[] => {
    if (!Array.isArray(value)) throw bad(at);
    return value;
  };
  const few = (count: number): Value[] => {
    const items: Value[] = [];
    for (let i = 0; i < count; i++) items.unshift(pop());
    return items;
  };
  const call = (what: Value, args: readonly Value[]): Value => {
    if (!(what instanceof Named)) throw bad(at);
    labour(args.reduce<number>((sum, arg) => sum + (Array.isArray(arg) ? arg.length : 1), 0));
    return what.made(args);
  };
  const integer = (size: number): number | bigint => {
    labour(size);
    const digits = take(size);
    let value = 0n;
    for (let i = size - 1; i >= 0; i--) value = (value << 8n) | BigInt(digits[i]!);
    if (size > 0 && digits[size - 1]! & 0x80) value -= 1n << BigInt(8 * size);
    return safe(value);
  };
  const safe = (value: bigint): number | bigint => (Number.isSafeInteger(Number(value)) ? Number(value) : value);
  const written = (text: string): number | bigint => {
    if (!/^-?\d{1,40}L?$/.test(text)) throw bad(at);
    return safe(BigInt(text.replace(/L$/, '')));
  };
  /** Texts of protocol 0 and 1 are quoted; those of numbers' bytes hold escapes, which nothing here reads. */
  const quoted = (text: string): string => text.replace(/^(['"])([\s\S]*)\1$/, '$2');
  const get = (key: number): void => {
    const value = memo.get(key);
    if (value === undefined) throw bad(at);
    push(value);
  };
  const put = (key: number): void => void memo.set(key, top());
  const longInteger = (size: number): number | bigint => {
    if (size > 1 << 10) throw bad(at);
    return integer(size);
  };

  const codes: Record<number, () => void> = {
    0x80: () => void take(1), // PROTO
    0x95: () => void take(8), // FRAME
    0x28: () => void stack.push(MARK), // MARK
    0x30: () => void stack.pop(), // POP
    0x31: () => void marked(), // POP_MARK
    0x32: () => push(top()), // DUP
    0x4e: () => push(null), // NONE
    0x88: () => push(true), // NEWTRUE
    0x89: () => push(false), // NEWFALSE
    0x49: () => {
      const text = line(); // INT
      push(text === '00' ? false : text === '01' ? true : written(text));
    },
    0x4c: () => push(written(line())), // LONG
    0x4a: () => push(number(4) | 0), // BININT
    0x4b: () => push(number(1)), // BININT1
    0x4d: () => push(number(2)), // BININT2
    0x8a: () => push(longInteger(number(1))), // LONG1
    0x8b: () => push(longInteger(number(4))), // LONG4
    0x46: () => push(Number(line())), // FLOAT
    0x47: () => push(view.getFloat64(take(8).byteOffset - bytes.byteOffset)), // BINFLOAT
    0x53: () => push(quoted(line())), // STRING
    0x54: () => push(utf8.decode(take(number(4)))), // BINSTRING
    0x55: () => push(utf8.decode(take(number(1)))), // SHORT_BINSTRING
    0x56: () => push(line()), // UNICODE
    0x58: () => push(utf8.decode(take(number(4)))), // BINUNICODE
    0x8c: () => push(utf8.decode(take(number(1)))), // SHORT_BINUNICODE
    0x8d: () => push(utf8.decode(take(long()))), // BINUNICODE8
    0x42: () => push(take(number(4))), // BINBYTES
    0x43: () => push(take(number(1))), // SHORT_BINBYTES
    0x8e: () => push(take(long())), // BINBYTES8
    0x96: () => push(take(long())), // BYTEARRAY8
    0x5d: () => push([]), // EMPTY_LIST
    0x29: () => push([]), // EMPTY_TUPLE
    0x8f: () => push([]), // EMPTY_SET
    0x7d: () => push(new Map()), // EMPTY_DICT
    0x6c: () => push(marked()), // LIST
    0x74: () => push(marked()), // TUPLE
    0x91: () => push(marked()), // FROZENSET
    0x85: () => push(few(1)), // TUPLE1
    0x86: () => push(few(2)), // TUPLE2
    0x87: () => push(few(3)), // TUPLE3
    0x61: () => {
      const value = pop(); // APPEND
      list(top()).push(value);
    },
    0x65: () => {
      const items = marked(); // APPENDS
      const into = list(top());
      for (const item of items) into.push(item);
    },
    0x90: () => codes[0x65]!(), // ADDITEMS
    0x64: () => {
      const map = new Map<Value, Value>(); // DICT
      fill(map, marked(), at);
      push(map);
    },
    0x73: () => into(few(2)), // SETITEM
    0x75: () => into(marked()), // SETITEMS
    0x94: () => void memo.set(memo.size, top()), // MEMOIZE
    0x70: () => put(Number(written(line()))), // PUT
    0x71: () => put(number(1)), // BINPUT
    0x72: () => put(number(4)), // LONG_BINPUT
    0x67: () => get(Number(written(line()))), // GET
    0x68: () => get(number(1)), // BINGET
    0x6a: () => get(number(4)), // LONG_BINGET
    0x63: () => push(machine.named(`${line()}.${line()}`)), // GLOBAL
    0x93: () => {
      const [module, name] = few(2); // STACK_GLOBAL
      if (typeof module !== 'string' || typeof name !== 'string') throw bad(at);
      push(machine.named(`${module}.${name}`));
    },
    0x52: () => {
      const args = list(pop()); // REDUCE
      push(call(pop(), args));
    },
    0x81: () => codes[0x52]!(), // NEWOBJ
    0x92: () => {
      pop(); // NEWOBJ_EX: what is given by name makes nothing of tensors
      codes[0x52]!();
    },
    0x69: () => {
      const what = machine.named(`${line()}.${line()}`); // INST
      push(call(what, marked()));
    },
    0x6f: () => {
      const [what, ...args] = marked(); // OBJ
      push(call(what ?? null, args));
    },
    // BUILD: the state of an object. What stands here for objects needs none, nor the attributes of a dictionary.
    0x62: () => void pop(),
    0x50: () => push(machine.persistent(line())), // PERSID
    0x51: () => push(machine.persistent(pop())), // BINPERSID
  };
  function into(items: readonly Value[]): void {
    const map = top();
    // Python fills whatever has items; all that is none here is an object whose content nobody reads.
    if (map instanceof Map) fill(map, items, at);
    else if (!(map instanceof Thing)) throw bad(at);
  }

  for (;;) {
    labour(1);
    const code = number(1);
    if (code === 0x2e) return { value: pop(), end: at }; // STOP
    const run = codes[code];
    if (!run) throw new WeightsFileError(reason('bad-file.pickle-code', { code, at: at - 1 }));
    run();
  }
}
