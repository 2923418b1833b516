/** The compressions of TIFF by number: what they are called, and which are unpacked. */

/** Names by number, for the sentence that says what is not unpacked or failed. */
export const COMPRESSIONS: Readonly<Record<number, string>> = {
  1: 'none',
  2: 'CCITT RLE',
  3: 'CCITT group 3',
  4: 'CCITT group 4',
  5: 'LZW',
  6: 'old-style JPEG',
  7: 'JPEG',
  8: 'deflate',
  22610: 'JPEG XR',
  32766: 'NeXT RLE',
  32771: 'CCITT RLE',
  32773: 'PackBits',
  32809: 'ThunderScan',
  32908: 'PixarFilm',
  32909: 'PixarLog',
  32946: 'deflate',
  33003: 'JPEG 2000',
  33004: 'JPEG 2000',
  33005: 'JPEG 2000',
  33007: 'JPEG 2000',
  34661: 'JBIG',
  34676: 'SGI LogLuv',
  34677: 'SGI LogLuv 24',
  34712: 'JPEG 2000',
  34887: 'LERC',
  34892: 'lossy JPEG (DNG)',
  34925: 'LZMA',
  34933: 'PNG',
  34934: 'JPEG XR',
  50000: 'Zstandard',
  50001: 'WebP',
  50002: 'JPEG XL',
  52546: 'JPEG XL',
};

export const READ_COMPRESSIONS: ReadonlySet<number> = new Set([
  1, 5, 7, 8, 32773, 32946, 33003, 33004, 33005, 34712, 34887, 34925, 50000, 50001,
]);
