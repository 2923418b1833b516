/**
 * The pictures of a HEIC or AVIF beside the one that it opens with (both eyes of a spatial photo, a collection), by its
 * list of items. Leaves pictures in a row to isoSequence.ts. What belongs to a picture is none: its tiles, thumbnail,
 * transparency, depth or gain map.
 */
import { reason } from '../../../shared/reason.ts';
import { boxAt, boxesOf } from './isoBoxes.ts';
import type { Note } from './route.ts';

const PICTURES: ReadonlySet<string> = new Set(['hvc1', 'hev1', 'av01', 'grid', 'iden', 'iovl', 'unci']);
/** References from what is no picture by itself, and to what is none. */
const [FROM_OTHERS, TO_PARTS] = [['thmb', 'auxl', 'cdsc'], ['dimg']];
/** Before what is inside, of boxes that have a version. */
const VERSION_BYTES = 4;

/** Items of a file that are pictures, and not hidden. */
function picturesIn(content: Buffer): number[] {
  const found: number[] = [];
  for (const { type, content: entry } of boxesOf(content, content[0] === 0 ? 6 : 8)) {
    const [version, isHidden] = [entry[0]!, (entry[3]! & 1) === 1];
    if (type !== 'infe' || version < 2 || isHidden) continue;
    const id = version === 2 ? entry.readUInt16BE(4) : entry.readUInt32BE(4);
    const at = version === 2 ? 8 : 10;
    if (PICTURES.has(entry.toString('latin1', at, at + 4))) found.push(id);
  }
  return found;
}

/** Items that belong to others. */
function partsIn(content: Buffer): Set<number> {
  const parts = new Set<number>();
  const size = content[0] === 0 ? 2 : 4;
  for (const { type, content: reference } of boxesOf(content, VERSION_BYTES)) {
    const number = (index: number) => reference.readUIntBE(index, size);
    if (FROM_OTHERS.includes(type)) parts.add(number(0));
    if (!TO_PARTS.includes(type)) continue;
    const count = reference.readUInt16BE(size);
    for (let i = 0; i < count; i++) parts.add(number(size + 2 + i * size));
  }
  return parts;
}

/** What is said of the pictures that are not used; nothing where the list of items makes no sense. */
export function picturesLeft(file: Buffer): Note[] {
  try {
    const meta = boxAt(file, ['meta'])?.content ?? Buffer.alloc(0);
    const items = boxAt(meta, ['iinf'], VERSION_BYTES);
    if (!items) return [];
    const references = boxAt(meta, ['iref'], VERSION_BYTES);
    const parts = references ? partsIn(references.content) : new Set<number>();
    const count = picturesIn(items.content).filter((id) => !parts.has(id)).length - 1;
    return count > 0 ? [reason('note.pictures', { count })] : [];
  } catch {
    return []; // a box is shorter than it says: decoding tells what is wrong
  }
}
