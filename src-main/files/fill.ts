/** Reading of an open file by position. */
import { readSync } from 'node:fs';

/** Fills `into` from byte `start` of a file; false where that ends before. */
export function fillSync(file: number, into: Uint8Array, start: number): boolean {
  for (let at = 0; at < into.length;) {
    const count = readSync(file, into, at, into.length - at, start + at);
    if (count === 0) return false;
    at += count;
  }
  return true;
}
