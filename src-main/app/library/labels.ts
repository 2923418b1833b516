/** The held-out split, and how paths are compared: pure functions of file names. */
import { createHash } from 'node:crypto';

/**
 * Whether a photo is held out: a hash of its file's name against the share, so that the split is the same in every
 * home and a photo never changes sides when others come or when the share grows.
 */
export function isHeldOut(file: string, fraction: number): boolean {
  if (fraction <= 0) return false;
  return createHash('sha256').update(`held-out\0${file}`).digest().readUInt32LE() / 2 ** 32 < fraction;
}

/**
 * A path in the form in which paths are compared: separators and Unicode forms differ between programs that write CSV.
 */
export const comparable = (file: string): string =>
  file.trim().replaceAll('\\', '/').replace(/^\.\//, '').normalize('NFC');
