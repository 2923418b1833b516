/**
 * How many pictures an animation has besides the first, which is used: of GIF, WebP and PNG, by their blocks. Those of
 * HEIC and AVIF are isoSequence.ts's, those of JPEG XL its decoder's.
 */
import { reason } from '../../../shared/reason.ts';
import type { Note } from './route.ts';

type Animated = 'gif' | 'png' | 'webp';

const pictures: { readonly [F in Animated]: (bytes: Buffer) => number } = {
  gif: (bytes) => {
    let count = 0;
    const table = (flags: number) => (flags & 0x80 ? 3 * 2 ** ((flags & 7) + 1) : 0);
    /** Behind blocks of data, each of which tells its length. */
    const behind = (at: number) => {
      while (at < bytes.length && bytes[at]! > 0) at += 1 + bytes[at]!;
      return at + 1;
    };
    for (let at = 13 + table(bytes[10] ?? 0); at < bytes.length;) {
      const [image, extension] = [0x2c, 0x21];
      if (bytes[at] === extension) at = behind(at + 2);
      else if (bytes[at] === image) {
        count++;
        at = behind(at + 11 + table(bytes[at + 9] ?? 0));
      } else break;
    }
    return count;
  },
  webp: (bytes) => {
    let count = 0;
    for (let at = 12; at + 8 <= bytes.length;) {
      if (bytes.toString('latin1', at, at + 4) === 'ANMF') count++;
      const length = bytes.readUInt32LE(at + 4);
      at += 8 + length + (length & 1);
    }
    return count;
  },
  png: (bytes) => {
    let [count, isFirst] = [0, false];
    for (let at = 8; at + 12 <= bytes.length; at += 12 + bytes.readUInt32BE(at)) {
      const type = bytes.toString('latin1', at + 4, at + 8);
      if (type === 'acTL') count = bytes.readUInt32BE(at + 8);
      if (type === 'fcTL') isFirst = true;
      if (type === 'IDAT') break;
    }
    return count > 0 && !isFirst ? count + 1 : count; // what is shown where nothing moves may be none of them
  },
};

export function framesBeside(format: Animated, bytes: Buffer): Note[] {
  const more = pictures[format](bytes) - 1;
  return more > 0 ? [reason('note.frames', { count: more })] : [];
}
