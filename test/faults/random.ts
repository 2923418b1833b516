/** Numbers from 0 to 1 that are the same for the same text. */
import { createHash } from 'node:crypto';

export function seeded(text: string): () => number {
  let count = 0;
  return () => createHash('sha256').update(`${text} ${count++}`).digest().readUInt32LE() / 2 ** 32;
}
