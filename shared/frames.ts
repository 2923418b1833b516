/**
 * Messages with arrays of numbers in their answer: the arrays go as their bytes behind a head of JSON. An answer is such
 * an array, or an object with some among its own fields. Where only text goes (a socket with a message a line), the
 * bytes are base64.
 */
import type { Message } from './contract/wire.ts';
import { bytesOf } from './bytes.ts';

const kinds = { u1: Uint8Array, i4: Int32Array, f4: Float32Array } as const;
type Kind = keyof typeof kinds;
type Numbers = Uint8Array | Int32Array | Float32Array;

/** Where an array stands in the answer; key null: it is the answer. */
interface Place {
  key: string | null;
  kind: Kind;
}
type Head = { message: Message; arrays: (Place & { bytes: number })[] };
type Line = Message & { arrays?: (Place & { data: string })[] };

/** Arrays begin at multiples of this, so that they can be looked at where they lie. */
const ALIGNED = 8;
const padded = (bytes: number): number => Math.ceil(bytes / ALIGNED) * ALIGNED;

const kindOf = (value: unknown): Kind | null =>
  value instanceof Uint8Array ? 'u1' : value instanceof Int32Array ? 'i4' : value instanceof Float32Array ? 'f4' : null;

/** The message without its arrays, and they; null where it has none. */
function apart(message: Message): { rest: Message; arrays: (Place & { values: Numbers })[] } | null {
  if (message.type !== 'response' || typeof message.result !== 'object' || message.result === null) return null;
  const own = kindOf(message.result);
  if (own) {
    const arrays = [{ key: null, kind: own, values: message.result as Numbers }];
    return { rest: { ...message, result: null }, arrays };
  }
  if (Array.isArray(message.result)) return null;
  const rest: Record<string, unknown> = {};
  const arrays: (Place & { values: Numbers })[] = [];
  for (const [key, values] of Object.entries(message.result)) {
    const kind = kindOf(values);
    if (kind) arrays.push({ key, kind, values: values as Numbers });
    else rest[key] = values;
  }
  return arrays.length ? { rest: { ...message, result: rest }, arrays } : null;
}

function together(message: Message, arrays: readonly (Place & { values: Numbers })[]): Message {
  if (message.type !== 'response') return message;
  const [first] = arrays;
  if (first?.key === null) return { ...message, result: first.values };
  const result = Object.fromEntries(arrays.map(({ key, values }) => [key, values]));
  return { ...message, result: { ...(message.result as object), ...result } };
}

/** A message as a frame of text, or of bytes where it has arrays. */
export function frameOf(message: Message): string | Uint8Array<ArrayBuffer> {
  const parts = apart(message);
  if (!parts) return JSON.stringify(message);
  const arrays = parts.arrays.map(({ key, kind, values }) => ({ key, kind, bytes: values.byteLength }));
  const text = new TextEncoder().encode(JSON.stringify({ message: parts.rest, arrays } satisfies Head));
  const start = padded(4 + text.length);
  const frame = new Uint8Array(arrays.reduce((sum, { bytes }) => sum + padded(bytes), start));
  new DataView(frame.buffer).setUint32(0, text.length, true);
  frame.set(text, 4);
  let at = start;
  for (const { values } of parts.arrays) {
    frame.set(bytesOf(values), at);
    at += padded(values.byteLength);
  }
  return frame;
}

/** What `frameOf` made; null where it is none. Arrays of bytes lie in the frame. */
export function messageOf(frame: string | ArrayBuffer): Message | null {
  try {
    if (typeof frame === 'string') return ofLine(frame);
    const length = new DataView(frame).getUint32(0, true);
    const { message, arrays } = JSON.parse(new TextDecoder().decode(new Uint8Array(frame, 4, length))) as Head;
    if (!isMessage(message)) return null;
    let at = padded(4 + length);
    const found = arrays.map(({ key, kind, bytes }) => {
      const Kind = kinds[kind];
      const values: Numbers = new Kind(frame, at, bytes / Kind.BYTES_PER_ELEMENT);
      at += padded(bytes);
      return { key, kind, values };
    });
    return together(message, found);
  } catch {
    return null;
  }
}

/** A message as one line of text. */
export function lineOf(message: Message): string {
  const parts = apart(message);
  if (!parts) return JSON.stringify(message);
  const arrays = parts.arrays.map(({ key, kind, values }) => ({ key, kind, data: toBase64(bytesOf(values)) }));
  return JSON.stringify({ ...parts.rest, arrays } satisfies Line);
}

function ofLine(text: string): Message | null {
  const line = JSON.parse(text) as unknown;
  if (!isMessage(line)) return null;
  const { arrays, ...message } = line as Line;
  if (!arrays) return message;
  return together(
    message,
    arrays.map(({ key, kind, data }) => ({ key, kind, values: new kinds[kind](fromBase64(data).buffer) })),
  );
}

const isMessage = (value: unknown): value is Message => typeof value === 'object' && value !== null && 'type' in value;

/** What engines of 2026 do themselves, a hundred times as fast; older ones take a loop. */
const { toBase64: encode } = Uint8Array.prototype as { toBase64?: (this: Uint8Array) => string };
const { fromBase64: decode } = Uint8Array as { fromBase64?: (text: string) => Uint8Array<ArrayBuffer> };
const PIECE = 0x2000;

function toBase64(bytes: Uint8Array): string {
  if (encode) return encode.call(bytes);
  let text = '';
  for (let at = 0; at < bytes.length; at += PIECE) text += String.fromCharCode(...bytes.subarray(at, at + PIECE));
  return btoa(text);
}

function fromBase64(text: string): Uint8Array<ArrayBuffer> {
  if (decode) return decode.call(Uint8Array, text);
  const binary = atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < bytes.length; i++) bytes[i] = binary.charCodeAt(i);
  return bytes;
}
