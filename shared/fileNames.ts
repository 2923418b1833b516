/**
 * Names of files that are not UTF-8, as older systems and archives leave them: each byte that belongs to no character
 * stands in a name as a character of its own, from the end of the last private plane, so that the name can be kept, sent
 * and opened again. Leaves reading and opening to src-main/files/names.ts.
 */
const FIRST = 0x10ff00;

/** What stands for a byte (128 to 255). */
export const escapedByte = (byte: number): string => String.fromCodePoint(FIRST + byte);

const ESCAPED = /[\u{10ff80}-\u{10ffff}]/gu;

export const hasEscapes = (name: string): boolean => name.includes('\udbff') && name.search(ESCAPED) >= 0;

/** The byte that a character stands for, or null. */
export function byteOf(character: string): number | null {
  const code = character.codePointAt(0)! - FIRST;
  return code >= 0x80 && code <= 0xff ? code : null;
}

/** As people and other programs see it: `caf\xe9.jpg`. */
export const shownName = (name: string): string =>
  hasEscapes(name) ? name.replace(ESCAPED, (character) => `\\x${byteOf(character)!.toString(16)}`) : name;
