/**
 * What the pages of a TIFF are, by their tags: which are pictures and which are small copies, which of them a library
 * for photos reads as they are, and which hold measured values or many bands. Leaves which bands are shown to tiffBands.ts,
 * pages that make up one picture to tiffStacks.ts, reading their pixels to vips.ts and tiffSamples.ts.
 */
import { isGreyProfile } from './icc.ts';
import { TAG } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import { ASSOCIATED, UNASSOCIATED } from './tiffAlpha.ts';
import { isReordered, namesOf } from './tiffBands.ts';
import { planesOf, toldPlanes } from './tiffBehind.ts';
import { markLevels } from './tiffCopies.ts';
import { isQpi, markBeside } from './tiffQpi.ts';
import { nodataOf } from './samples.ts';
import { READ_COMPRESSIONS } from './tiffCompressions.ts';

export interface TiffPage {
  /** Its place in the chain of pages, from 0, or that of the page that points to it. */
  index: number;
  /** Its place among the directories that a page points to (SubIFDs); null for a page of the chain. */
  sub: number | null;
  /** Where its directory lies in the file. */
  at: number;
  width: number;
  height: number;
  bits: number;
  /** Bands, extra ones included. */
  samples: number;
  /** Whether values are unsigned, signed or floating-point numbers. */
  format: 'unsigned' | 'signed' | 'float' | 'complex' | 'mixed' | 'other';
  compression: number;
  photometric: number;
  extra: number[];
  profile: Buffer | null;
  orientation: number;
  nodata: number | null;
  /** Of a picture whose bands are pages: the page of each, which are shown, and in what where the file says it. */
  channels?: {
    pages: readonly TiffPage[];
    shown: readonly number[];
    colours: readonly (readonly [red: number, green: number, blue: number])[] | undefined;
  };
  /** It comes before the picture that was meant, and shows what lies around that. */
  isOverview?: boolean;
  /** It comes behind a picture, and is a smaller copy of it or shows what lies around it. */
  isLevel?: boolean;
  /** Whether "not measured" was looked for in all of the page, which names no value for it. */
  judged?: boolean;
  /** Names of the bands, lower case, where the file gives them; what colour one is where it has no other name. */
  names: string[];
  /** Which colours bands are, in words, where the file says it. */
  roles: string[];
  /** The colours of a palette: all of red, of green, of blue, 0 to 65535. */
  palette: number[] | null;
  /** Chromaticity of the white that colours are relative to, where it is said. */
  white: readonly [x: number, y: number] | null;
  /** Of YCbCr: the shares of red, green and blue in lightness, and the values of black and white, where they are said. */
  ycc: { coefficients?: readonly number[] | undefined; levels?: readonly number[] | undefined };
  /** Colours of YCbCr are kept for fewer pixels than lightness is. */
  subsampled: boolean;
  /** The bits of each byte are stored the lowest first (FillOrder 2). */
  lowestBitFirst: boolean;
  /** Pixels of a tile or a strip. */
  piece: { width: number; height: number };
  /** Bytes of the largest piece that has to be unpacked at once. */
  pieceBytes: number;
  /** Bytes from its first place in the file to where its pixels lie: ImageJ writes one directory for a whole stack. */
  shift: number;
  /** Planes of a volume that are one page (ImageDepth). */
  depth: number;
  /** Bands are stored one after another, each in blocks of its own. */
  planar: boolean;
  /** The page that says which pixels were measured, or are seen (as GDAL writes it); null where all are. */
  mask: TiffPage | null;
  /** Tiles of it lie beyond the end of the file, or its palette or profile does. */
  isCut: boolean;
  /** Strips or tiles of it were left out, for they are empty. */
  sparse: boolean;
  /** Stored in tiles, of which any can be read alone; else in strips as wide as the page. */
  tiled: boolean;
  /** Where its first tile or strip lies; 0 where that is not known. */
  first: number;
}

export const PHOTOMETRIC = {
  whiteIsZero: 0,
  blackIsZero: 1,
  rgb: 2,
  palette: 3,
  cmyk: 5,
  yCbCr: 6,
  lab: 8,
  iccLab: 9,
  unsaid: -1,
};

/** Says that it is grey; a few old files say nothing, which libvips refuses. */
const isGrey = ({ photometric }: TiffPage): boolean =>
  photometric === PHOTOMETRIC.whiteIsZero || photometric === PHOTOMETRIC.blackIsZero;

const NEW_JPEG = 7;
const JPEG: ReadonlySet<number> = new Set([6, NEW_JPEG]);
const REDUCED = 1;
const MASK = 4;
const OLD_REDUCED = 2;

/**
 * The pages in order, without reduced copies and masks; where there is nothing else in the chain, what these are copies of
 * may lie below them (SubIFDs). `length`: bytes of the file, beyond which no page lies.
 */
export function pagesOf(directories: readonly TiffDirectory[], length: number): TiffPage[] {
  const pages = directories.filter(({ page }) => page !== null);
  const full = pages.filter(isFull);
  const below = directories.filter((directory) => directory.sub !== null && isFull(directory) && isPicture(directory));
  const masks = pages.filter(isMask).map((directory) => pageOf(directory));
  const kept = [full, below].find(({ length }) => length > 0) ?? pages;
  const found = kept.map((directory) => {
    const page = pageOf(directory, length);
    const own = masks.filter(({ width, height }) => width === page.width && height === page.height);
    const mask = own.find(({ index }) => index > page.index) ?? own[0]; // it is written behind its page
    if (!mask) return page;
    return { ...page, mask, nodata: readingOf(page) === 'values' ? (page.nodata ?? lowest(page)) : page.nodata };
  });
  if (found.length === 1) return planesOf(found[0]!, toldPlanes(directories), length);
  const description = directories[0]?.texts.get(TAG.description) ?? '';
  if (description.includes(LEICA_SLIDE)) return behindOverview(found);
  if (isQpi(directories)) return markBeside(found, directories);
  return markLevels(found, description.startsWith(APERIO_SLIDE) || directories[0]?.tags.has(TAG.hamamatsu) === true);
}

/** What describes a slide of Leica's scanners: the whole glass comes first, in several sizes, then what was scanned of it. */
const LEICA_SLIDE = 'www.leica-microsystems.com/scn/';

/** How that of Aperio's begins. The slide is its first page, as of Hamamatsu's, and others of that shape are copies. */
const APERIO_SLIDE = 'Aperio';

function behindOverview(pages: readonly TiffPage[]): TiffPage[] {
  const areas = pages.map(({ width, height }) => width * height);
  const slide = areas.indexOf(Math.max(...areas));
  return pages.map((page, i) => (i < slide ? { ...page, isOverview: true } : page));
}

const isFull = ({ tags }: TiffDirectory): boolean =>
  ((tags.get(TAG.subfileType)?.[0] ?? 0) & (REDUCED | MASK)) === 0 && tags.get(TAG.oldSubfileType)?.[0] !== OLD_REDUCED;
/** Not the mosaic of a camera's sensor. */
const isPicture = ({ tags }: TiffDirectory): boolean => (tags.get(TAG.photometric)?.[0] ?? 0) <= PHOTOMETRIC.iccLab;

/** How libvips is told which directory a page is. */
export const choiceOf = ({ index, sub }: TiffPage): { page: number; subifd?: number } =>
  sub === null ? { page: index } : { page: index, subifd: sub };

export const isMask = ({ tags }: TiffDirectory): boolean => ((tags.get(TAG.subfileType)?.[0] ?? 0) & MASK) !== 0;

/** The value that stands for what a mask leaves out, where the file names none; NaN always does. */
const lowest = ({ format, bits }: TiffPage): number | null =>
  format === 'unsigned' ? 0 : format === 'signed' ? -(2 ** (bits - 1)) : null;

/** Kinds of numbers by SampleFormat; of some nothing is known. */
const FORMATS = ['other', 'unsigned', 'signed', 'float', 'unsigned', 'complex', 'complex'] as const;

/** `length`: bytes of the file, where it is known. */
export function pageOf(directory: TiffDirectory, length = Infinity): TiffPage {
  const { at, tags, texts, profile, white, coefficients, levels, page, sub } = directory;
  const first = (tag: number, otherwise: number) => tags.get(tag)?.[0] ?? otherwise;
  const format = first(TAG.sampleFormat, 1);
  const orientation = first(TAG.orientation, 1);
  const bits = first(TAG.bits, 1);
  const samples = first(TAG.samples, 1);
  const isMixed = (tags.get(TAG.bits) ?? []).some((each) => each !== bits); // bands of different sizes
  const width = first(TAG.width, 0);
  const height = first(TAG.height, 0);
  const rows = Math.min(height, first(TAG.rowsPerStrip, height));
  const [across, down] = tags.has(TAG.tileWidth) ? [first(TAG.tileWidth, 0), first(TAG.tileHeight, 0)] : [width, rows];
  return {
    index: page ?? sub?.page ?? 0,
    sub: page === null && sub ? sub.index : null,
    at,
    width,
    height,
    bits,
    samples,
    format: isMixed ? 'mixed' : (FORMATS[format] ?? 'other'),
    compression: first(TAG.compression, 1),
    photometric: first(TAG.photometric, PHOTOMETRIC.unsaid),
    extra: tags.get(TAG.extraSamples) ?? [],
    profile,
    orientation: orientation >= 1 && orientation <= 8 ? orientation : 1,
    nodata: nodataOf(texts.get(TAG.gdalNodata) ?? '', bits, FORMATS[format]),
    ...namesOf(texts.get(TAG.gdalMetadata) ?? '', samples),
    palette: tags.get(TAG.colourMap) ?? null,
    white,
    ycc: { coefficients, levels },
    subsampled: (tags.get(TAG.subsampling) ?? [2, 2]).some((each) => each > 1),
    lowestBitFirst: first(TAG.fillOrder, 1) === 2,
    piece: { width: Math.max(1, across), height: Math.max(1, down) },
    pieceBytes: Math.ceil((across * samples * bits) / 8) * down, // each row begins at a byte
    shift: 0,
    depth: first(TAG.depth, 1),
    planar: first(TAG.planar, 1) === 2,
    mask: null,
    isCut: (directory.piecesEnd ?? 0) > length,
    sparse: directory.isSparse === true,
    tiled: tags.has(TAG.tileWidth),
    first: first(tags.has(TAG.tileWidth) ? TAG.tileOffsets : TAG.stripOffsets, 0),
  };
}

/** What libvips's TIFF reader unpacks: none, CCITT, LZW, JPEG of 8 bits, deflate, PackBits. */
const VIPS_COMPRESSIONS = new Set([1, 2, 3, 4, 5, 7, 8, 32773, 32946]);
const isUnpackedByVips = ({ compression, bits }: TiffPage): boolean =>
  VIPS_COMPRESSIONS.has(compression) && (compression !== NEW_JPEG || bits <= 8);

/** Whether a band beyond those of the colours is transparency, by its number in ExtraSamples. */
export const isAlpha = (extra: number): boolean => extra === ASSOCIATED || extra === UNASSOCIATED;
/** Whether the first one is. */
export const alphaOf = ({ extra }: TiffPage): boolean => extra.length > 0 && isAlpha(extra[0]!);

export type Reading =
  /** As a photo, by libvips. */
  | 'photo'
  /** As a photo, with its transparency if it proves to be one; else by its colours alone. */
  | 'photo-with-alpha'
  /** As values. 16-bit ones turn out to be a photo where they fill their range. */
  | 'values';

/**
 * What libvips reads of some files and not of others: tiles plane by plane, though it is one plane, or of JPEG with a band
 * beside the colours; grey and its transparency in strips of their own, which it takes for one another's lines; strips, or
 * tiles of JPEG, that were left out; a volume, of whose planes it takes one for another.
 */
const isOddlyLaid = ({ planar, tiled, samples, compression, photometric, sparse, depth }: TiffPage): boolean =>
  depth > 1 ||
  (planar && (tiled || samples === 2)) ||
  (sparse && READ_COMPRESSIONS.has(compression) && (!tiled || compression === NEW_JPEG)) ||
  (tiled && compression === NEW_JPEG && samples === 4 && photometric === PHOTOMETRIC.rgb);

/** CMYK that libvips reads: it takes a transparency of 16 bits that colours were multiplied by for one of 8. */
const isInksOfVips = ({ bits, samples, extra }: TiffPage): boolean =>
  (bits === 8 || bits === 16) &&
  (samples === 4 || (samples === 5 && extra.length > 0 && !(bits === 16 && extra[0] === ASSOCIATED)));

export function readingOf(page: TiffPage): Reading {
  const { bits, samples, format, photometric, compression, profile, shift } = page;
  if (!isUnpackedByVips(page) || format !== 'unsigned' || shift > 0) return 'values';
  if (isOddlyLaid(page)) return 'values';
  if (photometric === PHOTOMETRIC.cmyk) return isInksOfVips(page) ? 'photo' : 'values';
  // libvips takes YCbCr for red, green and blue where no codec spreads it
  if (photometric === PHOTOMETRIC.yCbCr)
    return bits === 8 && (page.subsampled || JPEG.has(compression)) ? 'photo' : 'values';
  if (photometric === PHOTOMETRIC.palette) return bits <= 8 && samples === 1 ? 'photo' : 'values';
  const colours = photometric === PHOTOMETRIC.rgb ? 3 : isGrey(page) ? 1 : 0;
  if (colours === 0 || isReordered(page)) return 'values';
  const alpha = samples === colours + 1 && alphaOf(page);
  if (samples !== colours && !alpha) return 'values';
  const eight = bits === 8 || (samples === 1 && (bits === 1 || bits === 2 || bits === 4));
  if (!eight && !(bits === 16 && profile)) return 'values';
  return alpha && bits >= 8 ? 'photo-with-alpha' : 'photo';
}

/** The profile of grey that no library for photos applies: sharp passes over that of 16 bits. Else null. */
export const greyProfile = (page: TiffPage): Buffer | null => {
  const { bits, samples, format, profile } = page;
  const isOwn = bits === 16 || (bits === 8 && readingOf(page) === 'values');
  const isSingle = isGrey(page) && (samples === 1 || (samples === 2 && alphaOf(page)));
  return profile && isOwn && isSingle && format === 'unsigned' && isGreyProfile(profile) ? profile : null;
};

/** Whether libvips could read the page, should its 16-bit values prove to be a photo's. */
export const isPlain16 = (page: TiffPage): boolean => {
  const { bits, samples, format, photometric, extra, shift } = page;
  return (
    bits === 16 &&
    shift === 0 &&
    format === 'unsigned' &&
    isUnpackedByVips(page) &&
    !isOddlyLaid(page) &&
    !isReordered(page) &&
    ((photometric === PHOTOMETRIC.rgb && (samples === 3 || (samples === 4 && extra[0] === 2))) ||
      (isGrey(page) && (samples === 1 || (samples === 2 && extra[0] === 2))))
  );
};
