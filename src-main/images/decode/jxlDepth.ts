/**
 * How many bits a sample of a JPEG XL has, by the head of its codestream (ISO 18181-1, image metadata), which its decoder
 * does not tell: values of 9 to 15 bits are handed over as they are, in 16.
 */

/** Numbers of as many bits as each needs, the lowest bit of each byte first. */
class Bits {
  readonly #bytes: Buffer;
  #at = 0;
  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }
  /** @throws RangeError beyond the end */
  take(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('the head ends early');
      value += ((byte >> (this.#at & 7)) & 1) * 2 ** i;
    }
    return value;
  }
  flag = (): boolean => this.take(1) === 1;
  /** One of four ways to say a number: a fixed one, or so many bits to add to it. */
  choose(...ways: readonly (readonly [base: number, bits: number])[]): number {
    const [base, bits] = ways[this.take(2)]!;
    return base + this.take(bits);
  }
}

/** A picture's size is passed over. */
function passSize(bits: Bits): void {
  const isSmall = bits.flag();
  const side = () => (isSmall ? bits.take(5) : bits.choose([1, 9], [1, 13], [1, 18], [1, 30]));
  side();
  if (bits.take(3) === 0) side(); // else its width is a ratio of its height
}

function passPreview(bits: Bits): void {
  const isEven = bits.flag();
  const side = () =>
    isEven ? bits.choose([16, 0], [32, 0], [1, 5], [33, 9]) : bits.choose([1, 6], [65, 8], [321, 10], [1345, 12]);
  side();
  if (bits.take(3) === 0) side();
}

function passAnimation(bits: Bits): void {
  bits.choose([100, 0], [1000, 0], [1, 10], [1, 30]);
  bits.choose([1, 0], [1001, 0], [1, 8], [1, 10]);
  bits.choose([0, 0], [0, 3], [0, 16], [0, 32]);
  bits.flag();
}

/** Bits of an integer sample; of floats 32 or as many as they have; null where the head makes no sense or is not there. */
export function jxlDepth(file: Buffer): number | null {
  const stream = codestreamOf(file);
  if (!stream) return null;
  const bits = new Bits(stream.subarray(2));
  try {
    passSize(bits);
    if (bits.flag()) return 8; // all as usual
    if (bits.flag()) {
      bits.take(3); // orientation
      if (bits.flag()) passSize(bits);
      if (bits.flag()) passPreview(bits);
      if (bits.flag()) passAnimation(bits);
    }
    const isFloat = bits.flag();
    return isFloat ? bits.choose([32, 0], [16, 0], [24, 0], [1, 6]) : bits.choose([8, 0], [10, 0], [12, 0], [1, 6]);
  } catch {
    return null;
  }
}

const MARK = [0xff, 0x0a];
const startsStream = (bytes: Buffer | undefined): boolean => bytes?.[0] === MARK[0] && bytes?.[1] === MARK[1];

/** By itself, or in a box, whole or its first part behind a number of four bytes. */
function codestreamOf(file: Buffer): Buffer | null {
  if (startsStream(file)) return file;
  for (const name of ['jxlc', 'jxlp']) {
    const at = file.indexOf(name, 0, 'latin1');
    const content = at < 0 ? undefined : file.subarray(at + 4 + (name === 'jxlp' ? 4 : 0));
    if (startsStream(content)) return content!;
  }
  return null;
}
