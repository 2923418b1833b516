/**
 * What other programs wrote into a photo for people: its rating and keywords, from XMP (in the file, or in a file
 * beside it) and from IPTC; and when it was taken, from EXIF. Only read, never written. Both are found by the marks
 * that they begin with, in whichever format they lie: at the front of a file, where cameras and most programs put them,
 * or at its end.
 */
import { inflateSync } from 'node:zlib';
import { captureOf } from './capture.ts';
import type { Capture } from './capture.ts';
import { ImageError } from './errors.ts';
import { openForReading, specialFile } from './read.ts';

/** What a person wrote of it. */
interface Words {
  /** 1 to 5 stars, -1: rejected; null: not rated. */
  rating: number | null;
  keywords: string[];
}

export type Description = Words & Capture;

/** Bytes at the front and at the end in which a packet may begin. */
const FRONT = 1 << 20;
const END = 1 << 19;
/** Longest packet and longest keyword, and most keywords, that are taken for true. */
const MOST_BYTES = 1 << 22;
const MOST_CHARACTERS = 100;
const MOST_KEYWORDS = 200;
/** Of a keyword with its entities and white space. */
const LONGEST_TEXT = 40 * MOST_CHARACTERS;

const xmpBegin = '<x:xmpmeta';
const xmpEnd = '</x:xmpmeta>';

/** @throws ImageError where it is no file that can be read */
export async function describeFile(path: string): Promise<Description> {
  const bytes = await endsOf(path);
  const inside = descriptionOf(bytes);
  const beside = await sidecarOf(path);
  return { ...(beside === null ? inside : joined(beside, inside)), ...captureOf(bytes) };
}

/** What the first goes before: its rating, and its keywords with those of the other. */
const joined = (first: Words, second: Words): Words => ({
  rating: first.rating ?? second.rating,
  keywords: cleaned([...first.keywords, ...second.keywords]),
});

/** Both ends of a file, or all of a small one; what lies between is pixels. */
async function endsOf(path: string): Promise<Buffer> {
  const handle = await openForReading(path);
  try {
    const found = await handle.stat();
    if (!found.isFile()) throw new ImageError(path, specialFile(found));
    const piece = async (position: number, length: number) => {
      const bytes = Buffer.alloc(Math.min(length, found.size - position));
      const { bytesRead } = await handle.read(bytes, 0, bytes.length, position);
      return bytes.subarray(0, bytesRead);
    };
    if (found.size <= FRONT + END) return await piece(0, found.size);
    const front = await piece(0, FRONT);
    const begin = front.indexOf(xmpBegin);
    if (begin >= 0 && front.indexOf(xmpEnd, begin) < 0) return await piece(0, begin + MOST_BYTES);
    return Buffer.concat([front, await piece(found.size - END, END)]);
  } finally {
    await handle.close();
  }
}

/** photo.jpg.xmp or photo.xmp, as darktable and Adobe's programs name them; some in capitals. */
async function sidecarOf(path: string): Promise<Words | null> {
  const stem = path.replace(/\.[^./\\]*$/, '');
  for (const beside of [path, stem].flatMap((name) => [`${name}.xmp`, `${name}.XMP`])) {
    const bytes = await readSmall(beside).catch(() => null);
    if (bytes !== null) return fromXmp(textOf(bytes));
  }
  return null;
}

/** null: it is no file, or none that is read for a few words. */
async function readSmall(path: string): Promise<Buffer | null> {
  const handle = await openForReading(path);
  try {
    const found = await handle.stat();
    return found.isFile() && found.size <= MOST_BYTES ? await handle.readFile() : null;
  } finally {
    await handle.close();
  }
}

/** XML is in UTF-8 or, with a mark or the zeros of its first letter, in UTF-16. */
function textOf(bytes: Buffer): string {
  const [first, second] = bytes;
  if ((first === 0xff && second === 0xfe) || second === 0) return bytes.toString('utf16le');
  const isBigEndian = (first === 0xfe && second === 0xff) || first === 0;
  return isBigEndian
    ? bytes
        .subarray(0, bytes.length & ~1)
        .swap16()
        .toString('utf16le')
    : bytes.toString('utf8');
}

const pngKeyword = 'XML:com.adobe.xmp\0';

/** The packet of a PNG, where that is compressed: as zTXt, or as iTXt with two flags and two texts before it. */
function unpackedPng(bytes: Buffer): Buffer | null {
  const keyword = bytes.indexOf(pngKeyword, 0, 'latin1');
  const type = keyword < 8 ? '' : bytes.toString('latin1', keyword - 4, keyword);
  if (type !== 'zTXt' && type !== 'iTXt') return null;
  const end = keyword + bytes.readUInt32BE(keyword - 8);
  let at = keyword + pngKeyword.length;
  if (type === 'zTXt') at += 1;
  else {
    if (bytes[at] !== 1) return null; // not compressed
    at += 2;
    for (let texts = 0; texts < 2; texts++) at = bytes.indexOf(0, at) + 1 || end;
  }
  try {
    return inflateSync(bytes.subarray(at, end), { maxOutputLength: MOST_BYTES });
  } catch {
    return null; // cut off, or no packet
  }
}

/** From bytes of a file. */
export function descriptionOf(file: Buffer): Words {
  const bytes = unpackedPng(file) ?? file;
  const begin = bytes.indexOf(xmpBegin);
  const end = begin < 0 ? -1 : bytes.indexOf(xmpEnd, begin);
  const xmp: Words =
    end < 0 ? { rating: null, keywords: [] } : fromXmp(bytes.toString('utf8', begin, end + xmpEnd.length));
  return joined(xmp, { rating: null, keywords: fromIptc(file) });
}

/** The prefix that a namespace has in a packet. */
const prefixOf = (xml: string, namespace: string): string | undefined =>
  new RegExp(`xmlns:([\\w.-]+)\\s*=\\s*["']${namespace.replace(/[/.]/g, '\\$&')}["']`).exec(xml)?.[1];

function fromXmp(xml: string): Words {
  const [xmp, dc, rdf] = [
    'http://ns.adobe.com/xap/1.0/',
    'http://purl.org/dc/elements/1.1/',
    'http://www.w3.org/1999/02/22-rdf-syntax-ns#',
  ].map((namespace) => prefixOf(xml, namespace));
  let rating: number | null = null;
  if (xmp !== undefined) {
    const value = new RegExp(`[\\s<]${xmp}:Rating\\s*(?:=\\s*["']\\s*|>\\s*)(-?\\d+)`).exec(xml)?.[1];
    if (value !== undefined) rating = ratingOf(Number(value));
  }
  const keywords: string[] = [];
  if (dc !== undefined && rdf !== undefined) {
    const [subject = ''] = elements(xml, `${dc}:subject`);
    for (const text of elements(subject, `${rdf}:li`)) keywords.push(unescaped(text.slice(0, LONGEST_TEXT)));
  }
  return { rating, keywords: cleaned(keywords) };
}

/** What stands in the elements of a name. By a pattern, one that is never closed would be looked at from each beginning to the end. */
function* elements(xml: string, name: string): Generator<string> {
  for (let at = xml.indexOf(`<${name}`); at >= 0; at = xml.indexOf(`<${name}`, at)) {
    at += name.length + 1;
    if (!/[\s/>]/.test(xml[at] ?? '')) continue; // the name of another goes on
    const begin = xml.indexOf('>', at) + 1;
    if (begin === 0) return;
    at = begin;
    if (xml[begin - 2] === '/') continue; // empty
    const end = xml.indexOf(`</${name}>`, begin);
    if (end < 0) return;
    yield xml.slice(begin, end);
    at = end;
  }
}

/** 0 is "not rated" for every program. */
const ratingOf = (value: number): number | null => (value === 0 || value < -1 || value > 5 ? null : value);

const entities: Record<string, string> = { amp: '&', lt: '<', gt: '>', quot: '"', apos: "'" };
const unescaped = (text: string): string =>
  text
    .replace(/<!\[CDATA\[([\s\S]*?)\]\]>/g, (_, inner: string) => inner.replaceAll('&', '&amp;'))
    .replace(/&(?:#x([0-9a-f]{1,6})|#(\d{1,7})|(\w+));/gi, (whole, hex?: string, decimal?: string, name?: string) => {
      if (name !== undefined) return entities[name] ?? whole;
      const code = hex === undefined ? Number(decimal) : parseInt(hex, 16);
      return code <= 0x10ffff ? String.fromCodePoint(code) : whole;
    });

/** Marks of a dataset of IPTC, of its record and of the datasets that are read. */
const [IPTC_MARK, ENVELOPE, APPLICATION] = [0x1c, 1, 2];
const [CHARACTER_SET, KEYWORD] = [90, 25];
const utf8Escape = '\x1b%G';

/** Keywords of the block that Photoshop began, by which IPTC lies in JPEG, TIFF and PSD. */
function fromIptc(bytes: Buffer): string[] {
  const resource = bytes.indexOf('8BIM\x04\x04', 0, 'latin1');
  if (resource < 0) return [];
  const name = bytes[resource + 6] ?? 0; // a Pascal string, padded to an even length
  let at = resource + 6 + (name + 2 - (name % 2));
  if (at + 4 > bytes.length) return [];
  const end = Math.min(bytes.length, at + 4 + bytes.readUInt32BE(at));
  at += 4;
  let isUtf8 = false;
  const raw: Buffer[] = [];
  while (at + 5 <= end && bytes[at] === IPTC_MARK) {
    const [record, dataset, length] = [bytes[at + 1], bytes[at + 2], bytes.readUInt16BE(at + 3)];
    if (length > 0x7fff) break; // an extended dataset: no keyword is that long
    const value = bytes.subarray(at + 5, Math.min(end, at + 5 + length));
    if (record === ENVELOPE && dataset === CHARACTER_SET) isUtf8 = value.toString('latin1') === utf8Escape;
    if (record === APPLICATION && dataset === KEYWORD) raw.push(value);
    at += 5 + length;
  }
  return cleaned(raw.map((value) => (isUtf8 ? value.toString('utf8') : guessed(value))));
}

/** Programs that say nothing of the character set write UTF-8 or Latin-1. */
function guessed(value: Buffer): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(value);
  } catch {
    return value.toString('latin1');
  }
}

/** Each once, trimmed, whatever its case. */
function cleaned(keywords: readonly string[]): string[] {
  const known = new Map<string, string>();
  for (const keyword of keywords) {
    const text = keyword
      .replace(/[\s\p{Cc}]+/gu, ' ')
      .trim()
      .slice(0, MOST_CHARACTERS)
      .toWellFormed();
    if (text !== '' && !known.has(text.toLowerCase())) known.set(text.toLowerCase(), text);
  }
  return [...known.values()].slice(0, MOST_KEYWORDS);
}
