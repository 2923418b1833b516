/**
 * Arrow's IPC file (Feather 2): id, name and label as text, and the embedding as a list of fixed size, which vector
 * databases take as it is. By the specification, columnar format 1.0 (arrow.apache.org/docs/format/Columnar.html): a
 * schema, record batches, and a footer that says where these are; all little-endian, buffers at multiples of 8 bytes.
 */
import type { EmbeddingTable } from '../table.ts';
import { FlatBuilder } from './flat.ts';
import { bytesOf } from '../../../shared/bytes.ts';

const MAGIC = new TextEncoder().encode('ARROW1');
/**
 * Constants of Arrow's schemas: MetadataVersion.V5; MessageHeader.Schema and .RecordBatch; Type.FloatingPoint, .Utf8
 * and .FixedSizeList.
 */
const V5 = 4;
const HEADER = { schema: 1, recordBatch: 3 } as const;
const TYPE = { float: 3, text: 5, fixedSizeList: 16 } as const;
const SINGLE_PRECISION = 1;

const aligned = (bytes: number): number => Math.ceil(bytes / 8) * 8;

/** The columns of text. */
export type Columns = Pick<EmbeddingTable, 'ids' | 'names' | 'labels'>;

function schemaIn(b: FlatBuilder, d: number): number {
  const field = (name: string, nullable: boolean, type: number, write: () => number, children: number[] = []) => {
    const [named, typed, below] = [b.string(name), write(), b.offsets(children)];
    return b.table([
      (f) => f.offset(named),
      (f) => f.int8(Number(nullable)),
      (f) => f.int8(type),
      (f) => f.offset(typed),
      undefined,
      (f) => f.offset(below),
    ]);
  };
  const text = (name: string, nullable: boolean) => field(name, nullable, TYPE.text, () => b.table([]));
  const item = field('item', false, TYPE.float, () => b.table([(f) => f.int16(SINGLE_PRECISION)]));
  const embedding = field('embedding', false, TYPE.fixedSizeList, () => b.table([(f) => f.int32(d)]), [item]);
  const fields = b.offsets([text('id', false), text('name', false), text('label', true), embedding]);
  return b.table([(f) => f.int16(0), (f) => f.offset(fields)]);
}

/** A message as it stands in the file: its length, then itself. */
function message(kind: number, bodyLength: number, header: (b: FlatBuilder) => number): Uint8Array {
  const b = new FlatBuilder();
  const place = header(b);
  const root = b.table([(f) => f.int16(V5), (f) => f.int8(kind), (f) => f.offset(place), (f) => f.int64(bodyLength)]);
  const content = b.finish(root);
  const out = new Uint8Array(8 + aligned(content.length));
  const view = new DataView(out.buffer);
  view.setInt32(0, -1, true);
  view.setInt32(4, out.length - 8, true);
  out.set(content, 8);
  return out;
}

/** Rows as the buffers of a record batch: for each text column validity (where it may lack), offsets and bytes. */
function textBuffers(values: readonly (string | null)[], nullable: boolean): { buffers: Uint8Array[]; nulls: number } {
  const encoded = values.map((value) => new TextEncoder().encode(value?.toWellFormed() ?? ''));
  const offsets = new Int32Array(values.length + 1);
  encoded.forEach((bytes, i) => (offsets[i + 1] = offsets[i]! + bytes.length));
  const all = new Uint8Array(offsets.at(-1)!);
  encoded.forEach((bytes, i) => all.set(bytes, offsets[i]));
  const nulls = nullable ? values.filter((value) => value === null).length : 0;
  const validity = new Uint8Array(nulls > 0 ? Math.ceil(values.length / 8) : 0);
  if (nulls > 0) values.forEach((value, i) => value !== null && (validity[i >> 3]! |= 1 << (i & 7)));
  return { buffers: [validity, new Uint8Array(offsets.buffer), all], nulls };
}

/** Rows in a batch: about 16 MB of floats. */
const batchRows = (d: number): number => Math.max(1, Math.floor((4 << 20) / d));

/** Writes the whole file by `append`. */
export async function writeArrow(
  { ids, names, labels, vectors, n, d }: Columns & Pick<EmbeddingTable, 'vectors' | 'n' | 'd'>,
  append: (bytes: Uint8Array) => Promise<void>,
): Promise<void> {
  let at = 0;
  const put = async (bytes: Uint8Array) => {
    await append(bytes);
    at += bytes.length;
  };
  await put(Uint8Array.of(...MAGIC, 0, 0));
  await put(message(HEADER.schema, 0, (b) => schemaIn(b, d)));
  const blocks: [offset: number, head: number, body: number][] = [];
  for (let from = 0; from < n; from += batchRows(d)) {
    const to = Math.min(n, from + batchRows(d));
    const rows = to - from;
    const texts = [
      textBuffers(ids.slice(from, to), false),
      textBuffers(names.slice(from, to), false),
      textBuffers(labels.slice(from, to), true),
    ];
    const part = vectors.rows(from, to);
    const none = new Uint8Array(0);
    const floats = bytesOf(part);
    // the list has a validity, its numbers a validity and themselves
    const buffers = [...texts.flatMap((text) => text.buffers), none, none, floats];
    let body = 0;
    const places = buffers.map(({ length }) => {
      const place = [body, length] as const;
      body += aligned(length);
      return place;
    });
    const nodes = [...texts.map(({ nulls }) => [rows, nulls]), [rows, 0], [rows * d, 0]];
    const head = message(HEADER.recordBatch, body, (b) => {
      const [lengths, lies] = [b.structs(nodes), b.structs(places)];
      return b.table([(f) => f.int64(rows), (f) => f.offset(lengths), (f) => f.offset(lies)]);
    });
    blocks.push([at, head.length, body]);
    await put(head);
    for (const bytes of buffers) {
      if (bytes.length > 0) await put(bytes);
      if (bytes.length % 8 > 0) await put(new Uint8Array(8 - (bytes.length % 8)));
    }
  }
  await put(Uint8Array.of(255, 255, 255, 255, 0, 0, 0, 0)); // no more messages
  const b = new FlatBuilder();
  // a block is { offset: long, length of its head: int and four bytes of nothing, length of its body: long }
  const [schema, batches] = [schemaIn(b, d), b.structs(blocks)];
  const footer = b.finish(b.table([(f) => f.int16(V5), (f) => f.offset(schema), undefined, (f) => f.offset(batches)]));
  await put(footer);
  const end = new Uint8Array(4 + MAGIC.length);
  new DataView(end.buffer).setInt32(0, footer.length, true);
  end.set(MAGIC, 4);
  await put(end);
}
