/**
 * Between the bytes of a name on the disk and the text that stands for it everywhere else (shared/fileNames.ts). What is
 * UTF-8, which is nearly everything, is its own text.
 */
import { isUtf8 } from 'node:buffer';
import { byteOf, escapedByte, hasEscapes } from '../../shared/fileNames.ts';

/** The text for a name as the disk has it. */
export function nameOfBytes(bytes: Buffer): string {
  const text = bytes.toString('utf8');
  if (isUtf8(bytes) && !hasEscapes(text)) return text;
  let name = '';
  for (let at = 0; at < bytes.length;) {
    const byte = bytes[at]!;
    const length = byte < 0x80 ? 1 : byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    const piece = bytes.subarray(at, at + length);
    const isCharacter = piece.length === length && isUtf8(piece) && !hasEscapes(piece.toString('utf8'));
    name += isCharacter ? piece.toString('utf8') : escapedByte(byte);
    at += isCharacter ? length : 1;
  }
  return name;
}

/** What the system opens a file by: the path itself, or its bytes where it is not UTF-8. */
export function systemPath(path: string): string | Buffer {
  if (!hasEscapes(path)) return path;
  return Buffer.concat(
    Array.from(path, (character) => {
      const byte = byteOf(character);
      return byte === null ? Buffer.from(character) : Buffer.of(byte);
    }),
  );
}
