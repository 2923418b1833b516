/**
 * Ids of photos as bytes: a million strings are a hundred megabytes on either side of the wire and hold a thread for a
 * tenth of a second, their bytes are twelve megabytes and a copy. What all begin with (the folder's id) stands once,
 * the rest in rows of one width. Which row an id is of is looked up in a table of hashes.
 */

/** Number of ids, bytes of a row, bytes of the beginning: 32 bits each, little-endian. */
const HEAD = 12;
/** Rows that are put into the table at a time, two milliseconds' work. */
const ROWS_PER_TURN = 25_000;

/** Rows that are read as one text. */
const READ_AT_ONCE = 1000;

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** Where the rest of an id begins: behind its last hyphen. */
const restOf = (id: string): number => id.lastIndexOf('-') + 1;

/** What `IdList.read` takes. */
export type IdBytes = Uint8Array<ArrayBuffer>;

export class IdList implements Iterable<string> {
  /** What crosses a process, and `IdList.read` takes. */
  readonly bytes: IdBytes;
  readonly length: number;
  readonly #prefix: string;
  readonly #width: number;
  readonly #rows: Uint8Array; // [length, width]
  #table: Int32Array | null;

  private constructor(bytes: IdBytes, table: Int32Array | null) {
    const head = new DataView(bytes.buffer, bytes.byteOffset, HEAD);
    const [length, width, beginning] = [0, 4, 8].map((at) => head.getUint32(at, true)) as [number, number, number];
    this.bytes = bytes;
    this.length = length;
    this.#width = width;
    this.#prefix = decoder.decode(bytes.slice(HEAD, HEAD + beginning));
    this.#rows = bytes.subarray(HEAD + beginning, HEAD + beginning + length * width);
    this.#table = table;
  }

  static of(ids: readonly string[]): IdList {
    const first = ids[0] ?? '';
    const start = first.slice(0, restOf(first));
    const prefix = ids.every((id) => id.startsWith(start)) ? start : '';
    const width = ids.reduce((most, id) => Math.max(most, bytesIn(id, prefix.length)), 0);
    const { bytes, rows } = made(ids.length, width, prefix);
    ids.forEach((id, row) => put(id, prefix.length, rows, row * width));
    return new IdList(bytes, null);
  }

  /** @param table as `table` gives it, where it was made elsewhere */
  static read(bytes: IdBytes, table: Int32Array | null = null): IdList {
    return new IdList(bytes, table);
  }

  /** One after another. */
  static joined(lists: readonly IdList[]): IdList {
    const filled = lists.filter(({ length }) => length > 0);
    const [first] = filled;
    if (!first || filled.length === 1) return first ?? IdList.of([]);
    const prefix = filled.every((list) => list.#prefix === first.#prefix) ? first.#prefix : '';
    const beginnings = filled.map((list) => encoder.encode(list.#prefix.slice(prefix.length)));
    const width = filled.reduce((most, list, i) => Math.max(most, beginnings[i]!.length + list.#width), 0);
    const { bytes, rows } = made(
      filled.reduce((sum, { length }) => sum + length, 0),
      width,
      prefix,
    );
    let at = 0;
    for (const [i, list] of filled.entries()) {
      const beginning = beginnings[i]!;
      if (list.#width === width) rows.set(list.#rows, at);
      else
        for (let row = 0; row < list.length; row++) {
          rows.set(beginning, at + row * width);
          const own = list.#rows.subarray(row * list.#width, (row + 1) * list.#width);
          rows.set(own, at + row * width + beginning.length);
        }
      at += list.length * width;
    }
    return new IdList(bytes, null);
  }

  at(row: number): string {
    const rows = this.#rows;
    const from = row * this.#width;
    const end = from + this.#width;
    let rest = '';
    for (let at = from; at < end; at++) {
      const code = rows[at]!;
      if (code === 0) break;
      if (code > 127) return this.#prefix + decoder.decode(rows.slice(from, end)).replaceAll('\0', '');
      rest += String.fromCharCode(code);
    }
    return this.#prefix + rest;
  }

  /** Rows of plain letters are read many at a time, which takes a third as long as one by one. */
  *[Symbol.iterator](): Generator<string> {
    const width = this.#width;
    for (let first = 0; first < this.length; first += READ_AT_ONCE) {
      const end = Math.min(this.length, first + READ_AT_ONCE);
      const bytes = this.#rows.subarray(first * width, end * width);
      const text = decoder.decode(bytes);
      const isPlain = text.length === bytes.length; // a letter of several bytes is fewer letters
      for (let row = first; row < end; row++) {
        if (!isPlain) yield this.at(row);
        else {
          const from = (row - first) * width;
          let to = from + width;
          while (to > from && text.charCodeAt(to - 1) === 0) to--;
          yield this.#prefix + text.slice(from, to);
        }
      }
    }
  }

  /** Those of some rows, in their order. */
  some(rows: ArrayLike<number>): IdList {
    const width = this.#width;
    const out = made(rows.length, width, this.#prefix);
    for (let i = 0; i < rows.length; i++) {
      const from = rows[i]! * width;
      for (let at = 0; at < width; at++) out.rows[i * width + at] = this.#rows[from + at]!;
    }
    return new IdList(out.bytes, null);
  }

  /** The first row that has this id; -1: none has. */
  rowOf(id: string): number {
    const prefix = this.#prefix;
    if (!id.startsWith(prefix) || bytesIn(id, prefix.length) > this.#width) return -1;
    const key = new Uint8Array(this.#width);
    put(id, prefix.length, key, 0);
    const table = this.table();
    for (let at = this.#hash(key, 0) & (table.length - 1); table[at]! > 0; at = (at + 1) & (table.length - 1))
      if (this.#isAt(table[at]! - 1, key, 0)) return table[at]! - 1;
    return -1;
  }

  /** Whether no id stands twice. */
  get isUnique(): boolean {
    const table = this.table();
    let entered = 0;
    for (const entry of table) if (entry > 0) entered++;
    return entered === this.length;
  }

  /** By hash, each row plus one, 0 where there is none: made when it is first needed. */
  table(): Int32Array {
    if (!this.#table) for (const table of this.#entering()) this.#table = table;
    return this.#table!;
  }

  /** Makes the table a piece at a time; `pause` lets others have the thread. */
  async prepare(pause: () => Promise<unknown>): Promise<this> {
    if (this.#table) return this;
    let last: Int32Array | null = null;
    for (const table of this.#entering()) {
      last = table;
      await pause();
    }
    this.#table = last;
    return this;
  }

  *#entering(): Generator<Int32Array> {
    const table = new Int32Array(2 ** Math.ceil(Math.log2(2 * this.length + 2)));
    const mask = table.length - 1;
    for (let from = 0; from === 0 || from < this.length; from += ROWS_PER_TURN) {
      for (let row = from; row < Math.min(this.length, from + ROWS_PER_TURN); row++) {
        const start = row * this.#width;
        let at = this.#hash(this.#rows, start) & mask;
        while (table[at]! > 0 && !this.#isAt(table[at]! - 1, this.#rows, start)) at = (at + 1) & mask;
        if (table[at] === 0) table[at] = row + 1;
      }
      yield table;
    }
  }

  /** FNV-1a, mixed once more: ids differ in a few low bits alone where they count. */
  #hash(bytes: Uint8Array, from: number): number {
    let hash = 0x811c9dc5;
    for (let at = from; at < from + this.#width; at++) hash = Math.imul(hash ^ bytes[at]!, 0x01000193);
    return (hash ^ (hash >>> 15)) >>> 0;
  }

  #isAt(row: number, bytes: Uint8Array, from: number): boolean {
    const start = row * this.#width;
    for (let at = 0; at < this.#width; at++) if (this.#rows[start + at] !== bytes[from + at]) return false;
    return true;
  }
}

function made(length: number, width: number, prefix: string): { bytes: Uint8Array<ArrayBuffer>; rows: Uint8Array } {
  const beginning = encoder.encode(prefix);
  const bytes = new Uint8Array(HEAD + beginning.length + length * width);
  const head = new DataView(bytes.buffer);
  [length, width, beginning.length].forEach((value, i) => head.setUint32(4 * i, value, true));
  bytes.set(beginning, HEAD);
  return { bytes, rows: bytes.subarray(HEAD + beginning.length) };
}

/** UTF-8 bytes of a text from a place on. */
function bytesIn(text: string, from: number): number {
  for (let at = from; at < text.length; at++)
    if (text.charCodeAt(at) > 127) return encoder.encode(text.slice(from)).length;
  return text.length - from;
}

function put(text: string, from: number, into: Uint8Array, at: number): void {
  for (let i = from; i < text.length; i++) {
    const code = text.charCodeAt(i);
    if (code > 127) return into.set(encoder.encode(text.slice(from)), at);
    into[at + i - from] = code;
  }
}
