/** Draws for views and orders, by shared/philox.ts: words as numbers, and an image's id as words. */
import { hash } from 'node:crypto';
import { philox as fill } from '../../../shared/philox.ts';
import type { Words } from '../../../shared/philox.ts';

export type { Words } from '../../../shared/philox.ts';

/** Four unsigned 32-bit words for a counter (four words) and a key (two words). */
export function philox(counter: Readonly<Words>, key0: number, key1: number): Words {
  const out: Words = [0, 0, 0, 0];
  fill(counter, key0, key1, out);
  return out;
}

/** A word as a number in [0, 1). */
export const unit = (word: number): number => word / 0x1_0000_0000;

/** 64 bits of an image's id: the first eight bytes of its SHA-256. */
export function idWords(imageId: string): [number, number] {
  const bytes = hash('sha256', imageId, 'buffer');
  return [bytes.readUInt32LE(0), bytes.readUInt32LE(4)];
}
