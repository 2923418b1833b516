/**
 * FlatBuffers, as far as Arrow's metadata needs them: built from the end to the beginning, so that what is pointed to is
 * there before what points to it. A place is its distance from the end, in bytes.
 */
const littleEndian = true;

/** A field of a table that is written when the table is; undefined: left out, its default. */
export type Field = ((builder: FlatBuilder) => void) | undefined;

export class FlatBuilder {
  #bytes = new Uint8Array(1024);
  #used = 0;
  #alignment = 1;

  get used(): number {
    return this.#used;
  }

  /**
   * Makes room for `bytes`, padded so that what is written behind `more` other bytes lies at a multiple of `alignment`.
   */
  #prepare(alignment: number, bytes: number, more = 0): void {
    this.#alignment = Math.max(this.#alignment, alignment);
    const padding = -(this.#used + more) & (alignment - 1);
    const needed = this.#used + padding + bytes + more;
    if (needed > this.#bytes.length) {
      const grown = new Uint8Array(2 * needed);
      grown.set(this.#bytes, grown.length - this.#bytes.length);
      this.#bytes = grown;
    }
    this.#used += padding;
  }

  /** Takes the next `bytes` bytes, as a view to write into. */
  #next(bytes: number): DataView {
    this.#used += bytes;
    return new DataView(this.#bytes.buffer, this.#bytes.length - this.#used, bytes);
  }

  int8(value: number): void {
    this.#prepare(1, 1);
    this.#next(1).setInt8(0, value);
  }
  int16(value: number): void {
    this.#prepare(2, 2);
    this.#next(2).setInt16(0, value, littleEndian);
  }
  int32(value: number): void {
    this.#prepare(4, 4);
    this.#next(4).setInt32(0, value, littleEndian);
  }
  int64(value: number): void {
    this.#prepare(8, 8);
    this.#next(8).setBigInt64(0, BigInt(value), littleEndian);
  }
  /** Writes an offset that points to a place. */
  offset(place: number): void {
    this.#prepare(4, 4);
    const view = this.#next(4);
    view.setInt32(0, this.#used - place, littleEndian);
  }

  string(text: string): number {
    const bytes = new TextEncoder().encode(text);
    this.int8(0); // it ends with a zero that does not count
    return this.#vector(bytes.length, 1, 1, () => {
      const view = this.#next(bytes.length);
      new Uint8Array(view.buffer, view.byteOffset, bytes.length).set(bytes);
    });
  }

  /** Writes a vector of offsets to places; returns its place. */
  offsets(places: readonly number[]): number {
    return this.#vector(places.length, 4, 4, () => [...places].reverse().forEach((place) => this.offset(place)));
  }

  /** Writes a vector of structs of 8-byte numbers, each given by its numbers; returns its place. */
  structs(rows: readonly (readonly number[])[]): number {
    const width = 8 * (rows[0]?.length ?? 1);
    return this.#vector(rows.length, width, 8, () => {
      for (const row of [...rows].reverse()) for (const value of [...row].reverse()) this.int64(value);
    });
  }

  #vector(count: number, width: number, alignment: number, write: () => void): number {
    this.#prepare(4, 0, count * width);
    this.#prepare(alignment, 0, count * width);
    write();
    this.int32(count);
    return this.#used;
  }

  /** Writes a table of these fields, in the order of their numbers; returns its place. */
  table(fields: readonly Field[]): number {
    const begin = this.#used;
    const places = fields.map((write) => {
      write?.(this);
      return write ? this.#used : 0;
    });
    this.int32(0); // where its vtable is, known below
    const table = this.#used;
    for (const place of places.toReversed()) this.int16(place === 0 ? 0 : table - place);
    this.int16(table - begin);
    this.int16(2 * (fields.length + 2));
    new DataView(this.#bytes.buffer).setInt32(this.#bytes.length - table, this.#used - table, littleEndian);
    return table;
  }

  /** The finished buffer, whose root is the table at this place; its length is a multiple of eight bytes. */
  finish(root: number): Uint8Array {
    this.#prepare(Math.max(8, this.#alignment), 0, 4);
    this.offset(root);
    return this.#bytes.slice(this.#bytes.length - this.#used);
  }
}
