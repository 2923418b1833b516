/** What an id is made of, and why a photo is not used. */
import { createHash } from 'node:crypto';

/**
 * Why a photo is not used, 0 where it is: not found, no longer what its name stands for, not to be decoded, or divided
 * into parts, which are photos in its place.
 */
export const Gone = { here: 0, away: 1, replaced: 2, unreadable: 3, divided: 4 } as const;

/** 12 characters of base32 hold 60 bits: among a million photos two meet once in two million libraries. */
export const shortHash = (text: string): string =>
  BigInt(`0x${createHash('sha256').update(text).digest('hex').slice(0, 15)}`)
    .toString(32)
    .padStart(12, '0');
