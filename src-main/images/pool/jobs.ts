/**
 * What a worker of the pool does with one photo. Each job decodes once and returns everything that is wanted of it.
 * Runs in a process of its own; pool.ts is the side that asks.
 */
import { trainingSize } from '../../../shared/cachePlan.ts';
import type { KeptAs } from '../../../shared/cachePlan.ts';
import { inputShape } from '../../../shared/input.ts';
import sharp from 'sharp';
import { bytesOf } from '../../../shared/bytes.ts';
import { bandsAsRgb, evaluationBands, trainingBands } from '../bands.ts';
import { asColour } from '../decode/decode.ts';
import type { DecodedImage } from '../decode/decode.ts';
import type { DecodeLimits } from '../decode/types.ts';
import type { MeasuredFile } from '../decode/measure.ts';
import { openFile } from '../decode/openFile.ts';
import type { Note } from '../decode/route.ts';
import { describeFile } from '../describe.ts';
import type { Description } from '../describe.ts';
import type { ImageFormat } from '../formats.ts';
import { perceptualHash } from '../hash.ts';
import type { Fit } from '../same/fit.ts';
import { encodeCopy } from '../cache/webp.ts';
import { compare, sketch } from '../same/jobs.ts';
import type { CompareJob, SketchJob } from '../same/jobs.ts';
import { defaultRule } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import { evaluationImage, resizeBilinear } from '../resize.ts';
import type { RgbImage } from '../resize.ts';
import { divideFile } from '../tiles.ts';
import type { Division } from '../tiles.ts';
import { identify, ofFile } from './identify.ts';
import type { FileIdentity } from './identify.ts';
import { openPhoto } from './photo.ts';
import type { Photo } from './photo.ts';
import type { ImageSource } from './source.ts';

export interface PrepareJob {
  kind: 'prepare';
  source: ImageSource;
  rule?: PixelRule;
  imageSize: number;
  /** Short side of the training copy; 0: none. */
  trainingSide: number;
  /** As what the training copy comes back, WebP without an evaluation image; default pixels. */
  kept?: KeptAs;
}
export interface ProbeJob {
  kind: 'probe';
  source: ImageSource;
  rule?: PixelRule;
  /** Longest side of the thumbnail. */
  thumbnailSize: number;
}
export interface QueryJob {
  kind: 'query';
  source: ImageSource;
  rule?: PixelRule;
  imageSize: number;
}
export interface DecodeJob {
  kind: 'decode';
  source: ImageSource;
  rule?: PixelRule;
}
/** Samples a file's values, from which its folder's range is made. */
export interface MeasureJob {
  kind: 'measure';
  source: ImageSource;
  rule?: PixelRule;
}
/** Hashes a file's bytes, without decoding them. */
export interface IdentifyJob {
  kind: 'identify';
  source: string;
}
/** Reads the rating and keywords of a file. */
export interface DescribeJob {
  kind: 'describe';
  source: string;
}
/** Divides a file into photos by the rule. */
export interface DivideJob {
  kind: 'divide';
  source: string;
  rule?: PixelRule;
}
export type ImageJob =
  | PrepareJob
  | ProbeJob
  | QueryJob
  | DecodeJob
  | MeasureJob
  | IdentifyJob
  | DescribeJob
  | DivideJob
  | SketchJob
  | CompareJob;

/** What is known of a photo beside its pixels. Width and height are upright. */
export interface ImageFacts {
  width: number;
  height: number;
  format: ImageFormat;
  orientation: number;
  /** 64-bit perceptual hash, 16 hexadecimal digits. */
  hash: string;
}

export interface PreparedImage extends ImageFacts {
  /** Size and modification time of the file that was read. */
  bytes: number;
  modified: number;
  /** Its data is the bytes of a WebP file where `kept` says so. */
  training: RgbImage;
  evaluation: Uint8Array; // [imageSize, imageSize, 3]; of bands both are the bytes of [channels, height, width]
  kept?: 'webp';
}
export interface ProbedImage extends ImageFacts, FileIdentity {
  notes: Note[];
  /** Type and number of bands of measured values; null for a photo. */
  measured: string | null;
  /** A WebP file. */
  thumbnail: Uint8Array;
}
export type JobResult<J extends ImageJob> = J extends PrepareJob
  ? PreparedImage
  : J extends ProbeJob
    ? ProbedImage
    : J extends QueryJob
      ? Uint8Array // [imageSize, imageSize, 3]
      : J extends IdentifyJob
        ? FileIdentity
        : J extends DescribeJob
          ? Description
          : J extends MeasureJob
            ? MeasuredFile | null
            : J extends DivideJob
              ? DividedFile
              : J extends SketchJob
                ? Uint8Array // [16, 16]
                : J extends CompareJob
                  ? (Fit | null)[]
                  : DecodedImage;

/** A file and its parts; `division` is null where it stays whole. */
export interface DividedFile {
  bytes: number;
  modified: number;
  division: Division | null;
}

export async function runJob(job: ImageJob, limits: DecodeLimits): Promise<JobResult<ImageJob>> {
  const rule = ('rule' in job && job.rule) || defaultRule;
  if (job.kind === 'identify') return await ofFile(job.source, identify);
  if (job.kind === 'describe') return await ofFile(job.source, describeFile);
  if (job.kind === 'sketch') return await sketch(job, limits);
  if (job.kind === 'compare') return await compare(job, limits);
  if (job.kind === 'divide') {
    const { bytes, modified } = await openFile(job.source, limits);
    return { bytes, modified, division: await divideFile(job.source, limits, asColour(rule)) };
  }
  const photo = await openPhoto(job.source, limits, rule);
  switch (job.kind) {
    case 'prepare': {
      if (!inputShape(rule).colour) return await prepareBands(photo, job);
      const image = await photo.decode();
      const { imageSize, trainingSide } = job;
      const { bytes, modified } = photo;
      if (job.kept === 'webp') {
        const pixels = await trainingCopy(image, trainingSide);
        const training = { ...pixels, data: await encodeCopy(pixels) };
        const evaluation = new Uint8Array(0);
        return { ...factsOf(image, perceptualHash(pixels)), bytes, modified, training, evaluation, kept: 'webp' };
      }
      const training = trainingSide > 0 ? await trainingCopy(image, trainingSide) : null;
      const evaluation = evaluationImage(image, imageSize, rule.framing);
      const small = training ?? { width: imageSize, height: imageSize, data: evaluation };
      return {
        ...factsOf(image, perceptualHash(small)), // of the small copy: the same bits, without reading 12 megapixels again
        bytes,
        modified,
        training: training ?? { width: 0, height: 0, data: new Uint8Array(0) },
        evaluation,
      };
    }
    case 'probe': {
      const facts = await probe(await photo.decode(job.thumbnailSize));
      return { ...facts, bytes: photo.bytes, modified: photo.modified, content: photo.content() };
    }
    case 'query':
      return inputShape(rule).colour
        ? evaluationImage(await photo.decode(), job.imageSize, rule.framing)
        : bytesOf(evaluationBands((await photo.bands()).image, job.imageSize).data);
    case 'measure':
      return await photo.measure();
    case 'decode': {
      const { full: _, ...image } = await photo.decode();
      return image;
    }
    default:
      throw new Error(`unknown job ${String(job satisfies never)}`);
  }
}

function factsOf(image: DecodedImage, hash: string): ImageFacts {
  return { width: image.width, height: image.height, format: image.format, orientation: image.orientation, hash };
}

/** `prepare` for grey or bands. */
async function prepareBands(photo: Photo, { imageSize, trainingSide }: PrepareJob): Promise<PreparedImage> {
  const { image, format, orientation } = await photo.bands();
  const { width, height } = image;
  const training = trainingBands(image, trainingSide);
  return {
    ...{ width, height, format, orientation, hash: perceptualHash(bandsAsRgb(training)) },
    ...{ bytes: photo.bytes, modified: photo.modified },
    training: { width: training.width, height: training.height, data: bytesOf(training.data) },
    evaluation: bytesOf(evaluationBands(image, imageSize).data),
  };
}

/** Photos of at most so many pixels that shrink to more than this share of their sides are resized here: a second pipeline of libvips takes longer to begin. */
const LITTLE = { pixels: 1e6, share: 1 / 4 };

/** Where Pillow's filter and libvips' are the same but for rounding; of photos that shrink by more the latter averages squares of pixels first. */
const isLittle = (image: RgbImage, size: { width: number; height: number }): boolean =>
  image.width * image.height <= LITTLE.pixels && size.height > LITTLE.share * image.height;

/** The photo as augmentation crops from it. Catmull-Rom with antialiasing keeps edges that the crop's resize softens. */
async function trainingCopy(image: RgbImage, side: number): Promise<RgbImage> {
  const size = trainingSize(image, side);
  if (size.width === image.width && size.height === image.height)
    return { width: image.width, height: image.height, data: image.data };
  const isCut = size.cropWidth < image.width || size.cropHeight < image.height;
  if (!isCut && isLittle(image, size)) {
    const { width, height } = size;
    return { width, height, data: resizeBilinear(image, width, height, 0, 0, width, height, 'bicubic') };
  }
  const whole = sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
    limitInputPixels: false,
  });
  const shown = isCut
    ? whole.extract({
        left: (image.width - size.cropWidth) >> 1,
        top: (image.height - size.cropHeight) >> 1,
        width: size.cropWidth,
        height: size.cropHeight,
      })
    : whole;
  const data = await shown.resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' }).raw().toBuffer();
  return { width: size.width, height: size.height, data };
}

/** Thumbnail, size and perceptual hash of a decoded photo. */
async function probe({
  data,
  full,
  format,
  orientation,
  notes,
  measured,
  width,
  height,
}: DecodedImage & { full: { width: number; height: number } }): Promise<Omit<ProbedImage, keyof FileIdentity>> {
  const small = { width, height };
  const thumbnail = await sharp(data, { raw: { ...small, channels: 3 } })
    .webp({ quality: 80, effort: 2 })
    .toBuffer();
  return { ...full, format, orientation, notes, measured, hash: perceptualHash({ ...small, data }), thumbnail };
}
