/**
 * Which files are photos: by extension while scanning, by content when decoding. A wrong extension never decides how
 * a file is decoded. Leaves the decoding itself to decode/.
 */
import { imageExtensions, imageFormats } from '../../shared/imageFormats.ts';
import type { ImageFormat } from '../../shared/imageFormats.ts';
import type { PassedKind } from '../../shared/contract/dataset.ts';
import { bufferOf } from '../files/buffer.ts';

export type { ImageFormat } from '../../shared/imageFormats.ts';

export const IMAGE_EXTENSIONS: ReadonlySet<string> = new Set(imageExtensions);

/** Kinds of files that are told when they are passed over, with their extensions. What lies beside photos is none. */
const PASSED_EXTENSIONS: Readonly<Record<PassedKind, string>> = {
  video: 'mp4 mov m4v avi mkv webm mpg mpeg 3gp 3g2 mts m2ts wmv flv ogv vob mxf insv',
  sound: 'mp3 wav flac aac ogg m4a wma aiff',
  document: 'pdf doc docx xls xlsx ppt pptx odt ods odp rtf',
  drawing: 'svg ai eps kra blend',
  archive: 'zip gz bz2 xz zst 7z rar tar tgz iso dmg',
  data: 'npz parquet h5 hdf5 mat pt pth onnx safetensors pkl',
  gdal: 'ovr msk',
};
const PASSED: ReadonlyMap<string, PassedKind> = new Map(
  Object.entries(PASSED_EXTENSIONS).flatMap(([kind, extensions]) =>
    extensions.split(' ').map((extension) => [extension, kind as PassedKind] as const),
  ),
);

/** Extensions of files that lie beside photos and are never opened to look for an image inside. */
const OTHER_EXTENSIONS: ReadonlySet<string> = new Set([
  ...PASSED.keys(),
  ...(
    'txt md csv tsv json jsonl xml html htm css js ts py c h cpp rs go java sh bat ps1 yml yaml toml ini cfg log lock ' +
    'exe dll so dylib msi deb rpm apk db sqlite sqlite3 lrcat lrdata bin dat ' +
    'part partial crdownload download tmp temp bak swp old orig ' +
    'xmp aae thm lrv mie pp3 dop cos on1 url lnk webloc ttf otf woff woff2 srt vtt'
  ).split(' '),
]);

/** What kind of file a name says is no picture, where a person is told of it; or null. */
export const passedByName = (name: string): PassedKind | null =>
  /\.aux\.xml$/i.test(name) ? 'gdal' : (PASSED.get(extensionOf(name)) ?? null);

/** The lower-case extension without its dot, or '' where what follows the last dot is no extension. */
function extensionOf(name: string): string {
  const match = /[^/\\]\.([A-Za-z0-9]{1,8})$/.exec(name);
  return match ? match[1]!.toLowerCase() : '';
}

/** Pictures of kinds that are not read, by extension: listed with their kind rather than passed over. */
const UNREAD_EXTENSIONS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    'Photoshop (PSD)': 'psd psb',
    'GIMP (XCF)': 'xcf',
    TGA: 'tga',
    'JPEG-LS': 'jls',
    ICO: 'ico cur',
    OpenEXR: 'exr',
    'Radiance HDR': 'hdr rgbe',
    FITS: 'fits fit fts',
    DjVu: 'djvu djv',
    DDS: 'dds',
    QOI: 'qoi',
    'Zeiss CZI': 'czi',
    'Nikon ND2': 'nd2',
    'Leica LIF': 'lif',
    'Olympus VSI': 'vsi',
    NIfTI: 'nii',
    netCDF: 'nc nc4 cdf',
    HDF4: 'hdf hdf4 he4',
    HDF5: 'he5',
    GRIB: 'grib grib2 grb grb2',
    NITF: 'ntf nitf nsf',
    MrSID: 'sid',
    ECW: 'ecw',
    DPX: 'dpx',
    Cineon: 'cin',
    PCX: 'pcx',
    'JPEG in MNG (JNG)': 'jng',
    MNG: 'mng',
    PICT: 'pict pct',
    MIFF: 'miff',
    'JPEG XR': 'jxr wdp hdp',
    MRC: 'mrc',
    NRRD: 'nrrd nhdr',
    MetaImage: 'mha mhd',
    'Gatan DM': 'dm3 dm4',
    'Olympus OIF': 'oif oib',
    'Zeiss ZVI': 'zvi',
    Imaris: 'ims',
    KTX: 'ktx ktx2',
  }).flatMap(([kind, extensions]) => extensions.split(' ').map((extension) => [extension, kind] as const)),
);

/** The kind of a picture that is known by its name and not read, or null. */
export const unreadByName = (name: string): string | null =>
  UNREAD_EXTENSIONS.get(extensionOf(name.replace(/(\.nii)\.gz$/i, '$1'))) ?? null;

/** Whether a name is that of a kind that is not read, and as often that of text beside a raster (ENVI, Analyze). */
export const mayBeHeader = (name: string): boolean => extensionOf(name) === 'hdr';

/** 'image' by extension, 'other' for what is known not to be one, 'unknown' where only the content can tell. */
export function kindByName(name: string): 'image' | 'other' | 'unknown' {
  if (name.endsWith('~')) return 'other'; // an editor's copy
  const extension = extensionOf(name);
  if (IMAGE_EXTENSIONS.has(extension)) return 'image';
  return OTHER_EXTENSIONS.has(extension) ? 'other' : 'unknown';
}

/** Extensions of formats that hold photos alone: what a rule says of measured values changes nothing of these. */
const PHOTOS: ReadonlySet<string> = new Set(
  imageFormats
    .filter(({ format }) => ['jpeg', 'webp', 'avif', 'heic', 'gif', 'bmp', 'raw'].includes(format))
    .flatMap(({ extensions }) => [...extensions]),
);

/** Whether a file of this name may hold measured values. */
export const mayHoldValues = (name: string): boolean => !PHOTOS.has(extensionOf(name));

/** Extensions of formats that may hold measured values but mostly hold photos. */
const MOSTLY_PHOTOS: ReadonlySet<string> = new Set(
  imageFormats
    .filter(({ format }) => format === 'png' || format === 'netpbm' || format === 'jxl')
    .flatMap(({ extensions }) => [...extensions]),
);
export const mostlyHoldsPhotos = (name: string): boolean => MOSTLY_PHOTOS.has(extensionOf(name));

/** How many leading bytes `sniffFormat` wants to see. */
export const SNIFF_BYTES = 4096;

const ascii = (bytes: Uint8Array, start: number, text: string): boolean => {
  if (bytes.length < start + text.length) return false;
  for (let i = 0; i < text.length; i++) if (bytes[start + i] !== text.charCodeAt(i)) return false;
  return true;
};

const begins = (bytes: Uint8Array, ...texts: string[]): boolean => texts.some((text) => ascii(bytes, 0, text));

/**
 * How each format begins. 'tiff' covers the RAW formats that open with TIFF's own signature (NEF, ARW, DNG, PEF);
 * decode/raw.ts tells those apart by their tags.
 */
const signatures: { readonly [F in ImageFormat]: (bytes: Uint8Array) => boolean } = {
  jpeg: (bytes) => begins(bytes, '\xff\xd8\xff'),
  png: (bytes) => begins(bytes, '\x89PNG\r\n\x1a\n'),
  webp: (bytes) => begins(bytes, 'RIFF') && ascii(bytes, 8, 'WEBP'),
  avif: (bytes) => sniffIsoMedia(bytes) === 'avif',
  heic: (bytes) => sniffIsoMedia(bytes) === 'heic',
  tiff: (bytes) => begins(bytes, 'MM\0*', 'II+\0', 'MM\0+') || (begins(bytes, 'II*\0') && !ascii(bytes, 8, 'CR')),
  gif: (bytes) => begins(bytes, 'GIF87a', 'GIF89a'),
  bmp: (bytes) =>
    begins(bytes, 'BM') && isBmpHeaderSize(bytes[14]! | (bytes[15]! << 8) | (bytes[16]! << 16) | (bytes[17]! << 24)),
  jxl: (bytes) => begins(bytes, '\xff\x0a', '\0\0\0\x0cJXL \r\n\x87\n'),
  jpeg2000: (bytes) => begins(bytes, '\0\0\0\x0cjP  \r\n\x87\n', '\xff\x4f\xff\x51'),
  dicom: (bytes) => ascii(bytes, 128, 'DICM') || isBareDicom(bytes),
  npy: (bytes) => begins(bytes, '\x93NUMPY'),
  netpbm: (bytes) => bytes[0] === 0x50 && isNetpbm(bytes),
  raw: (bytes) =>
    begins(bytes, 'FUJIFILMCCD-RAW', 'IIRO', 'IIRS', 'MMOR', 'IIU\0', 'FOVb', '\0MRM') ||
    ascii(bytes, 6, 'HEAPCCDR') ||
    (begins(bytes, 'II*\0') && ascii(bytes, 8, 'CR')) ||
    sniffIsoMedia(bytes) === 'raw',
};
const signed = Object.entries(signatures) as [ImageFormat, (bytes: Uint8Array) => boolean][];

/** The format by signature, or null. */
export const sniffFormat = (bytes: Uint8Array): ImageFormat | null =>
  bytes.length < 12 ? null : (signed.find(([, is]) => is(bytes))?.[0] ?? null);

/**
 * A data set without the head of a file, as older programs wrote: it begins with an element of group 8 in one of two
 * forms, one that names its kind (two letters) and one that does not. Or the head (group 2) without what comes before it.
 */
function isBareDicom(bytes: Uint8Array): boolean {
  const isHead = bytes[0] === 2 && bytes[1] === 0 && [0, 1, 2, 0x10].includes(bytes[2]!) && bytes[3] === 0;
  if (isHead) return ['UL', 'OB', 'UI'].some((kind) => ascii(bytes, 4, kind));
  if (bytes[0] !== 8 || bytes[1] !== 0 || ![0, 1, 5, 6, 8, 0x16].includes(bytes[2]!) || bytes[3] !== 0) return false;
  const named = ['UL', 'CS', 'UI', 'SQ'].some((kind) => ascii(bytes, 4, kind));
  const length = bytes[4]! | (bytes[5]! << 8) | (bytes[6]! << 16) | (bytes[7]! << 24);
  return named || (length > 0 && length <= 256 && length % 2 === 0);
}

/** A portable bitmap's start: the number of the format, white space, and a width or a comment. */
const isNetpbm = (bytes: Uint8Array): boolean =>
  /^P([1-6fF]\s+(#|\d)|7\n(#|WIDTH))/.test(String.fromCharCode(...bytes.subarray(0, 16)));

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
  if (!ascii(bytes, 4, 'ftyp')) return null;
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

/** Pictures of kinds that are not read, by how they begin. */
const UNREAD: readonly (readonly [begins: string, kind: string])[] = [
  ['8BPS', 'Photoshop (PSD)'],
  ['/* XPM */', 'XPM'],
  ['\xb1\x68\xde\x3a', 'DCX'],
  ['PG ML ', 'PGX'],
  ['PG LM ', 'PGX'],
  ['v/1\x01', 'OpenEXR'],
  ['#?RADIANCE', 'Radiance HDR'],
  ['#?RGBE', 'Radiance HDR'],
  ['SIMPLE  =', 'FITS'],
  ['\x89HDF', 'HDF5'],
  ['\x0e\x03\x13\x01', 'HDF4'],
  ['CDF\x01', 'netCDF'],
  ['CDF\x02', 'netCDF'],
  ['CDF\x05', 'netCDF'],
  ['GRIB\0', 'GRIB'],
  ['EHFA_HEADER_TAG', 'ERDAS Imagine'],
  ['NITF0', 'NITF'],
  ['NSIF0', 'NITF'],
  ['PCIDSK  ', 'PCIDSK'],
  ['LBLSIZE=', 'VICAR'],
  ['MATLAB 5.0 MAT', 'MATLAB'],
  ['msid', 'MrSID'],
  ['gimp xcf', 'GIMP (XCF)'],
  ['AT&TFORM', 'DjVu'],
  ['%!PS', 'PostScript'],
  ['\xc5\xd0\xd3\xc6', 'PostScript (EPS)'],
  ['ZISRAWFILE', 'Zeiss CZI'],
  ['\xda\xce\xbe\x0a', 'Nikon ND2'],
  ['DDS ', 'DDS'],
  ['qoif', 'QOI'],
  ['\x01\xda', 'SGI'],
  ['FLIF', 'FLIF'],
  ['BPG\xfb', 'BPG'],
  ['\x59\xa6\x6a\x95', 'Sun raster'],
  ['SDPX', 'DPX'],
  ['XPDS', 'DPX'],
  ['\x80\x2a\x5f\xd7', 'Cineon'],
  ['\x8bJNG', 'JPEG in MNG (JNG)'],
  ['\x8aMNG', 'MNG'],
  ['id=ImageMagick', 'MIFF'],
  ['II\xbc\x01', 'JPEG XR'],
  ['\x0a\x05\x01', 'PCX'],
  ['NRRD000', 'NRRD'],
  ['ObjectType = Image', 'MetaImage'],
  ['\xabKTX ', 'KTX'],
];

/** The name of a known kind of picture that no decoder here reads, by its signature alone, or null. */
export const unreadBySignature = (bytes: Uint8Array): string | null =>
  UNREAD.find(([start]) => ascii(bytes, 0, start))?.[1] ?? null;

/** Icons or cursors: how many there are, and of the first one a byte that is always 0. JBIG begins alike. */
const isIcon = (bytes: Uint8Array): boolean =>
  (ascii(bytes, 0, '\0\0\x01\0') || ascii(bytes, 0, '\0\0\x02\0')) && bytes[4]! > 0 && bytes[5] === 0 && bytes[9] === 0;

/** A volume of a scanner, with its head's length (348 or 540 bytes) in either order, and its mark. */
const isNifti = (bytes: Uint8Array): boolean =>
  ['n+1\0', 'ni1\0'].some((mark) => ascii(bytes, 344, mark)) ||
  ['n+2\0\r\n', 'ni2\0\r\n'].some((mark) => ascii(bytes, 4, mark));

/** The name of a known kind of picture that no decoder here reads, or null. A TGA has no signature: its name tells. */
export function unreadKind(name: string, bytes: Uint8Array): string | null {
  const kind = unreadBySignature(bytes);
  if (kind !== null) return kind;
  if (isIcon(bytes)) return 'ICO';
  if (isNifti(bytes)) return 'NIfTI';
  const plausible = bytes[1]! <= 1 && [1, 2, 3, 9, 10, 11].includes(bytes[2]!);
  const footer = bufferOf(bytes).subarray(-18).toString('latin1');
  return footer.startsWith('TRUEVISION-XFILE') || (extensionOf(name) === 'tga' && plausible) ? 'TGA' : null;
}
