/**
 * Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", SC 2011): a counter-based generator.
 * Four random words are a pure function of a 128-bit counter and a 64-bit key, so nothing has to be stored or
 * replayed to know what the 3,000th epoch will draw.
 */
import { hash } from 'node:crypto';

/** The high 32 bits of an unsigned 32 x 32 product, from four 16-bit ones. */
function multiplyHigh(a: number, b: number): number {
  const a0 = a & 0xffff;
  const a1 = a >>> 16;
  const b0 = b & 0xffff;
  const b1 = b >>> 16;
  const middle = a1 * b0 + ((a0 * b0) >>> 16);
  const low = a0 * b1 + (middle % 0x10000);
  return a1 * b1 + Math.floor(middle / 0x10000) + Math.floor(low / 0x10000);
}

export type Words = [number, number, number, number];

/** Four unsigned 32-bit words for a counter (four words) and a key (two words). */
export function philox(counter: Readonly<Words>, key0: number, key1: number): Words {
  let [c0, c1, c2, c3] = counter;
  for (let round = 0; round < 10; round++) {
    const high0 = multiplyHigh(0xd2511f53, c0);
    const low0 = Math.imul(0xd2511f53, c0);
    const high1 = multiplyHigh(0xcd9e8d57, c2);
    const low1 = Math.imul(0xcd9e8d57, c2);
    c0 = (high1 ^ c1 ^ key0) >>> 0;
    c1 = low1 >>> 0;
    c2 = (high0 ^ c3 ^ key1) >>> 0;
    c3 = low0 >>> 0;
    key0 = (key0 + 0x9e3779b9) >>> 0;
    key1 = (key1 + 0xbb67ae85) >>> 0;
  }
  return [c0, c1, c2, c3];
}

/** A word as a number in [0, 1). */
export const unit = (word: number): number => word / 0x1_0000_0000;

/** 64 bits of an image's id: the first eight bytes of its SHA-256. */
export function idWords(imageId: string): [number, number] {
  const bytes = hash('sha256', imageId, 'buffer');
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
