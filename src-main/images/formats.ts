/**
 * Which files are photos: by extension while scanning, by content when decoding. A wrong extension never decides how
 * a file is decoded. Leaves the decoding itself to decode/.
 */
export type ImageFormat = 'jpeg' | 'png' | 'webp' | 'avif' | 'heic' | 'tiff' | 'gif' | 'bmp' | 'raw';

/** SVG is left out on purpose: drawings that run a renderer over untrusted text are not photos. */
export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'jpg jpeg jpe jfif png webp avif heic heif hif tif tiff gif bmp dib ' +
    'cr2 cr3 nef nrw arw dng orf rw2 raf pef srw'
  ).split(' '),
);

/** Extensions of files that lie beside photos and are never opened to look for an image inside. */
const OTHER_EXTENSIONS: ReadonlySet<string> = new Set(
  (
    'txt md csv tsv json jsonl xml html htm css js ts py c h cpp rs go java sh bat ps1 yml yaml toml ini cfg log lock ' +
    'pdf doc docx xls xlsx ppt pptx odt ods rtf svg ai eps psd xcf kra blend ' +
    'mp4 mov m4v avi mkv webm mpg mpeg 3gp mts m2ts wmv flv mp3 wav flac aac ogg m4a wma aiff ' +
    'zip gz bz2 xz zst 7z rar tar tgz iso dmg exe dll so dylib msi deb rpm apk ' +
    'db sqlite sqlite3 lrcat lrdata npy npz parquet h5 pt pth onnx safetensors pkl bin dat ' +
    'xmp aae thm mie pp3 dop cos on1 url lnk webloc ttf otf woff woff2 srt vtt'
  ).split(' '),
);

/** The lower-case extension without its dot, or '' where what follows the last dot is no extension. */
export function extensionOf(name: string): string {
  const match = /[^/\\]\.([A-Za-z0-9]{1,8})$/.exec(name);
  return match ? match[1]!.toLowerCase() : '';
}

/** 'image' by extension, 'other' for what is known not to be one, 'unknown' where only the content can tell. */
export function kindByName(name: string): 'image' | 'other' | 'unknown' {
  const extension = extensionOf(name);
  if (IMAGE_EXTENSIONS.has(extension)) return 'image';
  return OTHER_EXTENSIONS.has(extension) ? 'other' : 'unknown';
}

/** How many leading bytes `sniffFormat` wants to see. */
export const SNIFF_BYTES = 4096;

const ascii = (bytes: Uint8Array, start: number, text: string): boolean => {
  if (bytes.length < start + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
};

/**
 * The format by signature, or null. 'tiff' covers the RAW formats that open with TIFF's own signature (NEF, ARW, DNG,
 * PEF); decode/raw.ts tells those apart by their tags.
 */
export function sniffFormat(bytes: Uint8Array): ImageFormat | null {
  if (bytes.length < 12) return null;
  if (bytes[0] === 0xff && bytes[1] === 0xd8 && bytes[2] === 0xff) return 'jpeg';
  if (ascii(bytes, 0, '\x89PNG\r\n\x1a\n')) return 'png';
  if (ascii(bytes, 0, 'RIFF') && ascii(bytes, 8, 'WEBP')) return 'webp';
  if (ascii(bytes, 0, 'GIF87a') || ascii(bytes, 0, 'GIF89a')) return 'gif';
  if (ascii(bytes, 0, 'FUJIFILMCCD-RAW')) return 'raw';
  if (ascii(bytes, 0, 'IIRO') || ascii(bytes, 0, 'IIRS') || ascii(bytes, 0, 'MMOR') || ascii(bytes, 0, 'IIU\0'))
    return 'raw';
  if (ascii(bytes, 0, 'II*\0')) return ascii(bytes, 8, 'CR') ? 'raw' : 'tiff';
  if (ascii(bytes, 0, 'MM\0*') || ascii(bytes, 0, 'II+\0') || ascii(bytes, 0, 'MM\0+')) return 'tiff';
  if (ascii(bytes, 4, 'ftyp')) return sniffIsoMedia(bytes);
  if (
    ascii(bytes, 0, 'BM') &&
    isBmpHeaderSize(bytes[14]! | (bytes[15]! << 8) | (bytes[16]! << 16) | (bytes[17]! << 24))
  )
    return 'bmp';
  return null;
}

function isBmpHeaderSize(size: number): boolean {
  return (
    size === 12 ||
    size === 16 ||
    size === 40 ||
    size === 52 ||
    size === 56 ||
    size === 64 ||
    size === 108 ||
    size === 124
  );
}

/** AVIF, HEIC and CR3 share a container; brands tell them apart, and for the generic brand the coded item's type. */
function sniffIsoMedia(bytes: Uint8Array): ImageFormat | null {
  const length = ((bytes[0]! << 24) | (bytes[1]! << 16) | (bytes[2]! << 8) | bytes[3]!) >>> 0;
  const end = Math.min(length, bytes.length, 512);
  const brands: string[] = [];
  for (let at = 8; at + 4 <= end; at += 4) {
    if (at !== 12) brands.push(String.fromCharCode(bytes[at]!, bytes[at + 1]!, bytes[at + 2]!, bytes[at + 3]!)); // 12: minor version
  }
  if (brands[0] === 'crx ') return 'raw';
  if (brands.includes('avif') || brands.includes('avis')) return 'avif';
  if (brands.some((brand) => ['heic', 'heix', 'heim', 'heis', 'hevc', 'hevx'].includes(brand))) return 'heic';
  if (brands.includes('mif1') || brands.includes('msf1')) {
    return Buffer.from(bytes.buffer, bytes.byteOffset, Math.min(bytes.length, SNIFF_BYTES)).includes('av01')
      ? 'avif'
      : 'heic';
  }
  return null; // a video
}
