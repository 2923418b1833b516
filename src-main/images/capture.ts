/**
 * When a photo was taken and with what, as EXIF says: for telling bursts. Only these few tags of its TIFF structure are
 * read, guarded against offsets that lead nowhere; all else of it is for others.
 */
export interface Capture {
  /** Milliseconds since 1970 of the camera's own clock, which knows no time zone; null: it does not say. */
  taken: number | null;
  camera: string | null;
}

const MARK = Buffer.from('Exif\0\0', 'latin1');
/** Most entries of a directory that is taken for true. */
const MOST_ENTRIES = 500;
const TAG = { make: 0x010f, model: 0x0110, exif: 0x8769, taken: 0x9003, fraction: 0x9291 } as const;
const [ASCII, LONG] = [2, 4];

const nothing: Capture = { taken: null, camera: null };

/** From the front of a file: JPEG and HEIC mark the structure, TIFF and most RAW formats begin with it. */
export function captureOf(bytes: Buffer): Capture {
  const marked = bytes.indexOf(MARK);
  const begin = /^(?:II\*\0|MM\0\*)/.test(bytes.toString('latin1', 0, 4)) ? 0 : marked < 0 ? -1 : marked + MARK.length;
  if (begin < 0) return nothing;
  const tiff = bytes.subarray(begin);
  if (tiff.length < 8) return nothing;
  const isLittle = tiff.toString('latin1', 0, 2) === 'II';
  const short = (at: number) => (isLittle ? tiff.readUInt16LE(at) : tiff.readUInt16BE(at));
  const long = (at: number) => (isLittle ? tiff.readUInt32LE(at) : tiff.readUInt32BE(at));

  /** The texts and numbers of a directory, by tag; empty where it lies outside of what was read. */
  function directory(at: number): Map<number, string | number> {
    const found = new Map<number, string | number>();
    if (at < 8 || at + 2 > tiff.length) return found;
    const count = short(at);
    if (count > MOST_ENTRIES) return found;
    for (let entry = at + 2; entry < at + 2 + 12 * count && entry + 12 <= tiff.length; entry += 12) {
      const [tag, type, length] = [short(entry), short(entry + 2), long(entry + 4)];
      if (type === LONG && length === 1) found.set(tag, long(entry + 8));
      if (type !== ASCII || length > 1000) continue;
      const text = length <= 4 ? entry + 8 : long(entry + 8);
      if (text + length <= tiff.length)
        found.set(
          tag,
          tiff
            .toString('latin1', text, text + length)
            .replace(/\0.*$/s, '')
            .trim(),
        );
    }
    return found;
  }
  const main = directory(long(4));
  const place = main.get(TAG.exif);
  const exif = typeof place === 'number' ? directory(place) : new Map<number, string | number>();
  const camera = [main.get(TAG.make), main.get(TAG.model)]
    .filter((name) => typeof name === 'string' && name !== '')
    .join(' ');
  return { taken: timeOf(exif.get(TAG.taken), exif.get(TAG.fraction)), camera: camera === '' ? null : camera };
}

/** `2026:11:28 14:03:59`, and the digits after its seconds. */
function timeOf(text: string | number | undefined, fraction: string | number | undefined): number | null {
  const parts = /^(\d{4}):(\d\d):(\d\d) (\d\d):(\d\d):(\d\d)/.exec(String(text));
  if (!parts) return null;
  const [year, month, day, hour, minute, second] = parts.slice(1).map(Number) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  if (year === 0 || month === 0) return null; // a clock that was never set
  const digits = /^\d+$/.exec(String(fraction))?.[0];
  return Date.UTC(year, month - 1, day, hour, minute, second) + (digits ? Math.floor(1000 * Number(`0.${digits}`)) : 0);
}
