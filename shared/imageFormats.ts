/**
 * The formats of photos that are read: scanning, the folder browser and every file picker read their extensions here;
 * their decoders are src-main/images/decode. A file's content decides how it is decoded, never its extension.
 */
interface ImageFormatRow {
  format: string;
  extensions: readonly string[];
}

/** SVG is left out on purpose: drawings that run a renderer over untrusted text are not photos. */
export const imageFormats = [
  { format: 'jpeg', extensions: ['jpg', 'jpeg', 'jpe', 'jfif'] },
  { format: 'png', extensions: ['png'] },
  { format: 'webp', extensions: ['webp'] },
  { format: 'avif', extensions: ['avif'] },
  { format: 'heic', extensions: ['heic', 'heif', 'hif'] },
  { format: 'tiff', extensions: ['tif', 'tiff', 'btf', 'tf8', 'qptiff', 'stk', 'lsm', 'svs', 'ndpi', 'scn'] },
  { format: 'gif', extensions: ['gif'] },
  { format: 'bmp', extensions: ['bmp', 'dib'] },
  { format: 'jxl', extensions: ['jxl'] },
  { format: 'jpeg2000', extensions: ['jp2', 'j2k', 'jpf', 'jpx', 'j2c', 'jpc'] },
  { format: 'dicom', extensions: ['dcm', 'dicom'] },
  { format: 'npy', extensions: ['npy'] },
  { format: 'netpbm', extensions: ['ppm', 'pgm', 'pbm', 'pnm', 'pam', 'pfm'] },
  {
    format: 'raw',
    extensions: [
      'cr2',
      'cr3',
      'nef',
      'nrw',
      'arw',
      'dng',
      'orf',
      'rw2',
      'raf',
      'pef',
      'srw',
      'crw',
      'x3f',
      'mrw',
      'rwl',
      'erf',
      '3fr',
      'gpr',
    ],
  },
] as const satisfies readonly ImageFormatRow[];

export type ImageFormat = (typeof imageFormats)[number]['format'];

/** In lower case, without the dot. */
export const imageExtensions: readonly string[] = imageFormats.flatMap(({ extensions }) => [...extensions]);

/** What a browser's file picker is told to accept: not every system knows all of these as images. */
export const acceptedImages = ['image/*', ...imageExtensions.map((extension) => `.${extension}`)].join(',');
