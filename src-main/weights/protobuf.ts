/** A protocol buffer that lies in a file, looked through field by field: what is not asked for is passed over unread. */
import protobuf from 'protobufjs';
import { reason } from '../../shared/reason.ts';
import { WeightsFileError } from './errors.ts';
import type { Source } from './source.ts';

/** Of one field: what it holds lies from `begin` to `end`; a number is `value`. */
export interface Field {
  number: number;
  value: number;
  begin: number;
  end: number;
}

/** Bytes that are read at once; so many suffice for the tag and the length of a field. */
const PIECE = 1 << 16;
const MOST_HEAD = 20;

/** Reads small parts of a file, of which most follow each other, in larger pieces. */
export function inPieces(source: Source): Pick<Source, 'size' | 'read'> {
  let [start, held]: [number, Uint8Array<ArrayBuffer>] = [0, new Uint8Array()];
  return {
    size: source.size,
    async read(at, count) {
      if (count > PIECE) return source.read(at, count);
      if (at < start || at + count > start + held.length) {
        held = await source.read(at, Math.max(count, Math.min(PIECE, source.size - at)));
        start = at;
      }
      return held.slice(at - start, at - start + count);
    },
  };
}

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const FIXED32 = 5;

/** The fields of the message from `begin` to `end`. @throws WeightsFileError where it is none */
export async function* fieldsOf(source: Pick<Source, 'read'>, begin: number, end: number): AsyncGenerator<Field> {
  for (let at = begin; at < end;) {
    const head = protobuf.Reader.create(await source.read(at, Math.min(MOST_HEAD, end - at)));
    const field = next(head, at);
    if (!field || field.end > end) throw new WeightsFileError(reason('bad-file.onnx-damaged'));
    yield field;
    at = field.end;
  }
}

/** Null where what is read is no field. */
function next(head: protobuf.Reader, at: number): Field | null {
  try {
    const tag = head.uint32();
    const number = tag >>> 3;
    const fixed = (bytes: number) => ({ number, value: 0, begin: at + head.pos, end: at + head.pos + bytes });
    switch (tag & 7) {
      case VARINT: {
        const value = Number(head.int64());
        return { number, value, begin: at + head.pos, end: at + head.pos };
      }
      case FIXED64:
        return fixed(8);
      case BYTES: {
        const length = head.uint32();
        return { number, value: 0, begin: at + head.pos, end: at + head.pos + length };
      }
      case FIXED32:
        return fixed(4);
      default:
        return null; // groups, which ONNX has none of
    }
  } catch {
    return null; // cut off
  }
}
