/** The lines of Python that prepare a photo, or what was measured, for the exported encoder as its metadata describes it. */
import type { RunConfig } from '../../shared/config.ts';
import { fixedRange, parseRanges, PHOTO_SPAN } from '../images/index.ts';
import type { ValueRange } from '../images/index.ts';
import type { Preprocessing } from './preprocessing.ts';

export function prepareLines(preprocessing: Preprocessing): string {
  if (preprocessing.bands) return prepareBands(preprocessing);
  return prepared(preprocessing);
}

/** From the imports to a picture in red, green and blue: `photo`, of Pillow. */
export function openingLines(input: RunConfig['input'] | undefined): string {
  const values = input && valueLines(input);
  return `\
${values ? '' : 'import io\n\n'}import numpy as np
import onnxruntime
from PIL import Image${values ? '' : ', ImageCms, ImageOps'}

${values ?? PHOTO}
`;
}

const sizes = ({ resize_short_side: short, image_size: size }: Preprocessing, of: string): string => `\
width, height = (${short} if side == min(${of}.size) else int(${short} * side / min(${of}.size)) for side in ${of}.size)
left, top = round((width - ${size}) / 2), round((height - ${size}) / 2)
`;

const PHOTO = `\
photo = ImageOps.exif_transpose(Image.open("photo.jpg"))
profile = photo.info.get("icc_profile")
if photo.has_transparency_data:  # lies on white
    photo = photo.convert("RGBA")
    photo = Image.alpha_composite(Image.new("RGBA", photo.size, "white"), photo).convert("RGB")
if profile:  # colours as they look, not as they are stored
    photo = ImageCms.profileToProfile(photo, io.BytesIO(profile), ImageCms.createProfile("sRGB"), outputMode="RGB")
photo = photo.convert("RGB")`;

/** Lines after which `photo` is the picture of measured values; null where the run had none. */
function valueLines(input: RunConfig['input']): string | null {
  if (input.rule === 'photo') return null;
  const kinds = parseRanges(input.ranges).filter(({ kind }) => !/[bn]$/.test(kind));
  const fixed = fixedRange(input);
  const [first = { kind: 'any', low: [], high: [] }, ...others] = kinds;
  if (input.rule === 'folder' && kinds.length === 0) return null;
  const each = (values: number[]) => (values.length === 1 ? String(values[0]) : `np.float64([${values.join(', ')}])`);
  const pair = ({ low, high }: ValueRange) => `${each(low)}, ${each(high)}`;
  const line = (range: ValueRange) =>
    arePhotos(range)
      ? `low, high = ${UPPER_BYTE}  # ${range.kind}, photos of 16 bits (PNG, TIFF): the upper byte; of other formats ${pair(range)}`
      : `low, high = ${pair(range)}  # of ${range.kind}`;
  const range = fixed
    ? [`low, high = ${fixed.low}, ${fixed.high}`]
    : input.rule === 'folder'
      ? [line(first), ...others.map((other) => `# ${line(other)}`)]
      : [
          'valid = np.sort(values[np.isfinite(values)])  # without nodata',
          `low, high = valid[round((valid.size - 1) * ${input.percentiles / 100})], valid[round((valid.size - 1) * ${1 - input.percentiles / 100})]`,
        ];
  const two = !fixed && input.rule === 'folder' && first.kind.endsWith('x2c');
  return [
    `values = np.load("photo.npy").astype(np.float64)  # [height, width] or [height, width, bands] as measured, from whatever reads your files; nodata as NaN`,
    ...range,
    'level = np.clip(np.floor((values - low) * (255 / (high - low)) + 0.5), 0, 255)',
    'level = np.where(np.isfinite(values), level, 0)  # what was not measured is black',
    ...(two ? ['level = level[..., [1, 0, 1]]  # two channels are green and magenta'] : []),
    'photo = Image.fromarray(level.astype(np.uint8)).convert("RGB")  # an 8-bit photo: Image.open("photo.jpg").convert("RGB")',
  ].join('\n');
}

/** Values that fill their type are not stretched, in formats of photos. */
const arePhotos = ({ kind, low, high }: ValueRange): boolean =>
  kind.startsWith('uint16') && low.some((from, i) => high[i]! - from >= PHOTO_SPAN * 65535);
/** From where to where values are mapped so that each becomes its upper byte. */
const UPPER_BYTE = '128, 65408';

const prepared = (preprocessing: Preprocessing): string => {
  const { image_size: size, mean, std, color_order: order } = preprocessing;
  const grey = order === 'L';
  return `\
${openingLines(preprocessing.measured_values)}${grey ? 'photo = photo.convert("L")\n' : ''}${sizes(preprocessing, 'photo')}photo = photo.resize((width, height), Image.BILINEAR)
photo = photo.crop((left, top, left + ${size}, top + ${size}))
pixels = (np.asarray(photo, np.float32) / 255 - np.float32([${mean.join(', ')}])) / np.float32([${std.join(', ')}])
pixels = ${grey ? 'pixels[None, None]' : 'pixels.transpose(2, 0, 1)[None]'}  # [1, ${grey ? 1 : 3}, ${size}, ${size}]
`;
};

/** Each band of a file by its own percentiles. */
const ownRanges = (percentiles: number): string => `\
valid = [np.sort(band[np.isfinite(band)]) for band in bands]  # without nodata
low = np.float64([band[round((band.size - 1) * ${percentiles / 100})] for band in valid])
high = np.float64([band[round((band.size - 1) * ${1 - percentiles / 100})] for band in valid])`;

/**
 * The lines that prepare bands with NumPy: whatever reads the file hands over an array, and Pillow resizes each band.
 */
const prepareBands = (preprocessing: Preprocessing): string => {
  const { image_size: size, mean, std, bands, measured_values } = preprocessing;
  const { count, levels, ranges, chosen } = bands!;
  const own = measured_values?.rule === 'file';
  const [range = { kind: own ? 'any' : 'uint8', low: [0], high: [255] }] = ranges;
  const each = (values: number[]) => (values.length === 1 ? new Array<number>(count).fill(values[0]!) : values);
  const places = range.low.length > count ? '[places]' : '';
  const wide = levels > 255;
  return `\
import numpy as np
import onnxruntime
from PIL import Image

bands = np.load("photo.npy")  # [${count}, height, width] as measured (${range.kind}), from whatever reads your files
${places === '' ? '' : `places = []  # where ${chosen} lie among the file's bands, from 0\n`}${own ? ownRanges(measured_values.percentiles) : `low, high = np.float64([${each(range.low).join(', ')}])${places}, np.float64([${each(range.high).join(', ')}])${places}`}
if bands.dtype == np.uint8:  # 8-bit values stay
    low, high = np.zeros(${count}), np.full(${count}, 255.0)
bands = bands.astype(np.float64)
level = np.floor((bands - low[:, None, None]) * (${levels} / (high - low))[:, None, None] + 0.5)
level = np.where(np.isfinite(bands), np.clip(level, 0, ${levels}), 0)  # what was not measured is black
planes = [Image.fromarray(band.astype(np.${wide ? 'float32' : 'uint8'})) for band in level]
${sizes(preprocessing, 'planes[0]')}planes = [plane.resize((width, height), Image.BILINEAR).crop((left, top, left + ${size}, top + ${size})) for plane in planes]
pixels = np.stack([np.${wide ? 'floor(np.asarray(plane) + 0.5)' : 'asarray(plane)'} for plane in planes]).astype(np.float32) / ${levels}
mean, std = np.float32([${mean.join(', ')}]), np.float32([${std.join(', ')}])
pixels = ((pixels - mean[:, None, None]) / std[:, None, None])[None]  # [1, ${count}, ${size}, ${size}]
`;
};
