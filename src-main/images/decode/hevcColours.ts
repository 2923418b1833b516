/**
 * What the video stream of a HEIC says of its colours (ITU-T H.265, sequence parameter set), for files whose container
 * says nothing: some encoders name PQ, HLG and BT.2020 there alone.
 */
import type { ColourCodes } from './cicp.ts';

/** Reads bits, and numbers of Exp-Golomb; the bytes that keep start codes apart are taken out. */
class Bits {
  readonly #bytes: number[];
  #at = 0;

  constructor(unit: Uint8Array) {
    this.#bytes = [];
    for (let i = 0, zeros = 0; i < unit.length; i++) {
      if (zeros >= 2 && unit[i] === 3) {
        zeros = 0;
        continue;
      }
      zeros = unit[i] === 0 ? zeros + 1 : 0;
      this.#bytes.push(unit[i]!);
    }
  }

  read(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i++, this.#at++) {
      const byte = this.#bytes[this.#at >> 3];
      if (byte === undefined) throw new RangeError('the stream ends');
      value = value * 2 + ((byte >> (7 - (this.#at & 7))) & 1);
    }
    return value;
  }

  flag = (): boolean => this.read(1) === 1;

  golomb(): number {
    let zeros = 0;
    while (!this.flag()) if (++zeros > 31) throw new RangeError('no number');
    return 2 ** zeros - 1 + this.read(zeros);
  }

  times(count: number, read: () => unknown): void {
    if (count > 4096) throw new RangeError('too many');
    for (let i = 0; i < count; i++) read();
  }
}

const SEQUENCE_PARAMETERS = 33;
const UNSPECIFIED = 2;

/** Primaries and transfer by the first sequence parameter set of a file; null where it has none, or says nothing. */
export function codesOfHevc(file: Buffer): ColourCodes | null {
  const at = file.subarray(0, 1 << 20).indexOf('hvcC');
  if (at < 0) return null;
  try {
    const unit = parameterSet(file.subarray(at + 4));
    const codes = unit && coloursOf(new Bits(unit));
    return codes && (codes.primaries !== UNSPECIFIED || codes.transfer !== UNSPECIFIED) ? codes : null;
  } catch {
    return null; // decoding it will say what is wrong
  }
}

/** The unit in the configuration of the decoder, which lists them by kind. */
function parameterSet(configuration: Buffer): Buffer | null {
  let at = 23;
  for (let arrays = configuration[22]!; arrays > 0; arrays--) {
    const kind = configuration[at]! & 63;
    const count = configuration.readUInt16BE(at + 1);
    at += 3;
    for (let i = 0; i < count; i++) {
      const length = configuration.readUInt16BE(at);
      if (kind === SEQUENCE_PARAMETERS) return configuration.subarray(at + 4, at + 2 + length); // without its own head
      at += 2 + length;
    }
  }
  return null;
}

function coloursOf(bits: Bits): ColourCodes | null {
  bits.read(4);
  const layers = bits.read(3);
  bits.read(1 + 88 + 8); // nesting, profile, level
  const present = Array.from({ length: layers }, () => [bits.flag(), bits.flag()]);
  if (layers > 0) bits.read(2 * (8 - layers));
  for (const [profile, level] of present) bits.read((profile ? 88 : 0) + (level ? 8 : 0));
  bits.golomb();
  if (bits.golomb() === 3) bits.flag();
  bits.times(2, () => bits.golomb()); // width, height
  if (bits.flag()) bits.times(4, () => bits.golomb());
  bits.times(2, () => bits.golomb()); // bits of lightness and colour
  const order = bits.golomb() + 4;
  bits.times(bits.flag() ? layers + 1 : 1, () => bits.times(3, () => bits.golomb()));
  bits.times(6, () => bits.golomb());
  if (bits.flag() && bits.flag()) scalingLists(bits);
  bits.read(2);
  if (bits.flag()) {
    bits.read(8);
    bits.times(2, () => bits.golomb());
    bits.flag();
  }
  referenceSets(bits);
  if (bits.flag()) bits.times(bits.golomb(), () => bits.read(order + 1));
  bits.read(2);
  if (!bits.flag()) return null; // says nothing of how it is shown
  if (bits.flag() && bits.read(8) === 255) bits.read(32);
  if (bits.flag()) bits.flag();
  if (!bits.flag()) return null;
  bits.read(4);
  return bits.flag() ? { primaries: bits.read(8), transfer: bits.read(8) } : null;
}

function scalingLists(bits: Bits): void {
  for (let size = 0; size < 4; size++)
    for (let matrix = 0; matrix < 6; matrix += size === 3 ? 3 : 1) {
      if (!bits.flag()) bits.golomb();
      else bits.times(Math.min(64, 1 << (4 + 2 * size)) + (size > 1 ? 1 : 0), () => bits.golomb());
    }
}

/** Sets of pictures that others refer to: passed over, but their number of pictures decides what follows. */
function referenceSets(bits: Bits): void {
  const counts: number[] = [];
  const sets = bits.golomb();
  bits.times(sets, () => {
    if (counts.length > 0 && bits.flag()) {
      bits.flag();
      bits.golomb();
      let kept = 0;
      bits.times(counts.at(-1)! + 1, () => {
        const used = bits.flag();
        if (used || bits.flag()) kept++;
      });
      counts.push(kept);
    } else {
      const count = bits.golomb() + bits.golomb();
      bits.times(count, () => [bits.golomb(), bits.flag()]);
      counts.push(count);
    }
  });
}
