/**
 * A long text as several frames: one of twenty megabytes would hold whoever takes it off the wire for a quarter of a second.
 * All but the last begin with a plus, the last with an equals sign, and a text that is one frame is itself, as a message
 * of JSON begins with neither.
 */
const MOST = 1_000_000;
const MORE = '+';
const LAST = '=';

export function* textFrames(text: string): Generator<string> {
  if (text.length <= MOST) return yield text;
  for (let from = 0; ;) {
    let end = from + MOST;
    if (end >= text.length) return yield LAST + text.slice(from);
    if ((text.charCodeAt(end - 1) & 0xfc00) === 0xd800) end--; // no letter is cut in two
    yield MORE + text.slice(from, end);
    from = end;
  }
}

/** Puts together what came as texts, or as their bytes. */
export class TextParts<Part extends string | Uint8Array> {
  #parts: Part[] = [];
  #length = 0;
  readonly #most: number;

  /** @param most letters, or bytes, that a text may have */
  constructor(most = Infinity) {
    this.#most = most;
  }

  /** @returns the parts of the text whose last one this is; null where more are to come. @throws RangeError: too many */
  take(frame: Part): Part[] | null {
    const first = typeof frame === 'string' ? frame[0] : String.fromCharCode(frame[0] ?? 0);
    if (first !== MORE && first !== LAST) return [frame];
    const part = (typeof frame === 'string' ? frame.slice(1) : frame.subarray(1)) as Part;
    this.#parts.push(part);
    this.#length += part.length;
    if (this.#length > this.#most) throw new RangeError('the message is too long');
    if (first === MORE) return null;
    const parts = this.#parts;
    this.#parts = [];
    this.#length = 0;
    return parts;
  }
}
