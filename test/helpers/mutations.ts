/**
 * Damaged files, counted rather than random: a file with bits turned, bytes, words and runs replaced, parts cut out,
 * doubled or swapped, or its end missing. What is done to a file is a function of its number.
 */

import { random } from './random.ts';

/** Numbers that decoders trip over, in place of sizes, offsets and counts. */
const WORDS = [0, 1, 0x7fffffff, 0x80000000, 0xffffffff, 0xfffffffe, 0x10000, 0xffff, 0x8000];

export function mutated(file: Buffer, seed: number): Buffer {
  const chance = random(Math.imul(seed + 1, 0x9e3779b1));
  const below = (n: number) => Math.floor(chance() * n);
  let out = Buffer.from(file);
  // heads are a small part of a file and decide all: half of the damage goes there
  const place = () => below(chance() < 0.5 ? Math.min(512, out.length) : out.length);
  for (let damage = 1 + below(4); damage > 0 && out.length > 8; damage--) {
    const at = place();
    const length = 1 + below(Math.min(64, out.length - at));
    switch (below(7)) {
      case 0:
        out[at]! ^= 1 << below(8);
        break;
      case 1:
        out[at] = below(256);
        break;
      case 2:
        if (at + 4 <= out.length) out.writeUInt32LE(WORDS[below(WORDS.length)]!, at);
        break;
      case 3:
        if (at + 4 <= out.length) out.writeUInt32BE(WORDS[below(WORDS.length)]!, at);
        break;
      case 4:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + length)]);
        break;
      case 5:
        out = Buffer.concat([out.subarray(0, at + length), out.subarray(at)]);
        break;
      default:
        out = chance() < 0.3 ? out.subarray(0, Math.max(1, at)) : out.fill(below(256), at, at + length);
    }
  }
  return out;
}
