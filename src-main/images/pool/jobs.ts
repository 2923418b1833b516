/**
 * What a worker of the pool does with one photo. Each job decodes once and returns everything that is wanted of it.
 * Runs in a process of its own; pool.ts is the side that asks.
 */
import { trainingSize } from '../../../shared/cachePlan.ts';
import { Buffer } from 'node:buffer';
import { hash as digest } from 'node:crypto';
import sharp from 'sharp';
import { decodeBytes, decodeTo } from '../decode/decode.ts';
import type { DecodedImage } from '../decode/decode.ts';
import type { DecodeLimits } from '../decode/types.ts';
import { measureFile } from '../decode/measure.ts';
import type { MeasuredFile } from '../decode/measure.ts';
import type { Note } from '../decode/route.ts';
import type { ImageFormat } from '../formats.ts';
import { perceptualHash } from '../hash.ts';
import { readImageFile } from '../read.ts';
import type { FileContent } from '../read.ts';
import { defaultRule } from '../rule.ts';
import type { PixelRule } from '../rule.ts';
import { evaluationImage } from '../resize.ts';
import type { RgbImage } from '../resize.ts';

/** A photo by its path, or its bytes with a name to call it by (dropped or pasted images have no path). */
export type ImageSource = string | { name: string; bytes: Uint8Array };

export interface PrepareJob {
  kind: 'prepare';
  source: ImageSource;
  rule?: PixelRule;
  imageSize: number;
  /** Short side of the training copy. */
  trainingSide: number;
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
/** What a data set's range is made from. */
export interface MeasureJob {
  kind: 'measure';
  source: ImageSource;
  rule?: PixelRule;
}
/** The hash of a file's bytes, without decoding them. */
export interface IdentifyJob {
  kind: 'identify';
  source: string;
}
export type ImageJob = PrepareJob | ProbeJob | QueryJob | DecodeJob | MeasureJob | IdentifyJob;

/** Which file it was that was read: its size and modification time (ms), and a hash of its bytes. */
export interface FileIdentity {
  bytes: number;
  modified: number;
  /** 32 hexadecimal digits. */
  content: string;
}

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
  training: RgbImage;
  evaluation: Uint8Array; // [imageSize, imageSize, 3]
}
export interface ProbedImage extends ImageFacts, FileIdentity {
  notes: Note[];
  /** Of measured values their kind; null for a photo. */
  measured: string | null;
  /** WebP. */
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
        : J extends MeasureJob
          ? MeasuredFile | null
          : DecodedImage;

export async function runJob(job: ImageJob, limits: DecodeLimits): Promise<JobResult<ImageJob>> {
  const name = typeof job.source === 'string' ? job.source : job.source.name;
  const content =
    typeof job.source === 'string'
      ? await readImageFile(job.source)
      : {
          bytes: Buffer.from(job.source.bytes.buffer, job.source.bytes.byteOffset, job.source.bytes.byteLength),
          modified: 0,
        };
  const rule = ('rule' in job && job.rule) || defaultRule;
  switch (job.kind) {
    case 'prepare': {
      const image = await decodeBytes(name, content.bytes, limits, rule);
      const training = await trainingCopy(image, job.trainingSide);
      return {
        ...factsOf(image, perceptualHash(training)), // of the small copy: the same bits, without reading 12 megapixels again
        bytes: content.bytes.length,
        modified: content.modified,
        training,
        evaluation: evaluationImage(image, job.imageSize),
      };
    }
    case 'probe':
      return { ...(await probe(name, content.bytes, job.thumbnailSize, limits, rule)), ...identityOf(content) };
    case 'identify':
      return identityOf(content);
    case 'query':
      return evaluationImage(await decodeBytes(name, content.bytes, limits, rule), job.imageSize);
    case 'measure':
      return await measureFile(name, content.bytes, limits, rule);
    case 'decode':
      return await decodeBytes(name, content.bytes, limits, rule);
    default:
      throw new Error(`unknown job ${String(job satisfies never)}`);
  }
}

/** Half of a SHA-256: two contents with one hash are not met by chance. */
const identityOf = ({ bytes, modified }: FileContent): FileIdentity => ({
  bytes: bytes.length,
  modified,
  content: digest('sha256', bytes, 'hex').slice(0, 32),
});

function factsOf(image: DecodedImage, hash: string): ImageFacts {
  return { width: image.width, height: image.height, format: image.format, orientation: image.orientation, hash };
}

/** The photo as augmentation crops from it. Catmull-Rom with antialiasing keeps edges that the crop's resize softens. */
async function trainingCopy(image: RgbImage, side: number): Promise<RgbImage> {
  const size = trainingSize(image, side);
  if (size.width === image.width && size.height === image.height)
    return { width: image.width, height: image.height, data: image.data };
  const data = await sharp(image.data, {
    raw: { width: image.width, height: image.height, channels: 3 },
    limitInputPixels: false,
  })
    .extract({
      left: (image.width - size.cropWidth) >> 1,
      top: (image.height - size.cropHeight) >> 1,
      width: size.cropWidth,
      height: size.cropHeight,
    })
    .resize(size.width, size.height, { fit: 'fill', kernel: 'cubic' })
    .raw()
    .toBuffer();
  return { width: size.width, height: size.height, data };
}

/** Thumbnail, size and hash. */
async function probe(
  name: string,
  bytes: Buffer,
  size: number,
  limits: DecodeLimits,
  rule: PixelRule,
): Promise<Omit<ProbedImage, keyof FileIdentity>> {
  const { data, full, format, orientation, notes, measured, ...small } = await decodeTo(
    size,
    name,
    bytes,
    limits,
    rule,
  );
  const thumbnail = await sharp(data, { raw: { ...small, channels: 3 } })
    .webp({ quality: 80, effort: 2 })
    .toBuffer();
  return { ...full, format, orientation, notes, measured, hash: perceptualHash({ ...small, data }), thumbnail };
}
