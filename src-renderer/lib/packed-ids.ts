/**
 * Ids of photos as a short text, for a browser's storage, which holds some five million letters: an id is its folder's
 * and twelve letters of a hash, of which three are one letter here. A million fit.
 */

/** What all of some ids begin with, and their hashes. */
export type PackedIds = [prefix: string, hashes: string][];

const HASH = /^[0-9a-v]{12}$/;
/** Letters of a hash in one of the text: 15 bits. */
const PER_LETTER = 3;
const BASE = 32;
/** Where the letters begin: none of them is a control character or half of one beyond 16 bits, which not every storage keeps. */
const FIRST = 0x100;

const restOf = (id: string): number => id.lastIndexOf('-') + 1;

/** In their order. An id of another form stands as it is, with nothing behind it. */
export function packIds(ids: Iterable<string>): PackedIds {
  const out: PackedIds = [];
  let prefix: string | null = null;
  let letters: string[] = [];
  const end = () => {
    if (prefix !== null) out.push([prefix, letters.join('')]);
    letters = [];
  };
  for (const id of ids) {
    const at = restOf(id);
    const hash = id.slice(at);
    if (!HASH.test(hash)) {
      end();
      out.push([id, '']);
      prefix = null;
      continue;
    }
    if (prefix === null || at !== prefix.length || !id.startsWith(prefix)) {
      end();
      prefix = id.slice(0, at);
    }
    for (let from = 0; from < hash.length; from += PER_LETTER)
      letters.push(String.fromCharCode(FIRST + parseInt(hash.slice(from, from + PER_LETTER), BASE)));
  }
  end();
  return out;
}

export function unpackIds(packed: PackedIds): string[] {
  const ids: string[] = [];
  for (const [prefix, letters] of packed) {
    if (letters === '') ids.push(prefix);
    let id = prefix;
    for (let at = 0; at < letters.length; at++) {
      id += (letters.charCodeAt(at) - FIRST).toString(BASE).padStart(PER_LETTER, '0');
      if (at % 4 !== 3) continue;
      ids.push(id);
      id = prefix;
    }
  }
  return ids;
}
