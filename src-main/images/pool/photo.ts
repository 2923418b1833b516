/** A photo that a job reads, wherever it comes from: a file, a part of one, or bytes. */
import { hash as digest } from 'node:crypto';
import { decodeBands } from '../decode/bandImage.ts';
import type { DecodedBands } from '../decode/bandImage.ts';
import { asColour, decodeTo } from '../decode/decode.ts';
import type { DecodedImage } from '../decode/decode.ts';
import { measureFile } from '../decode/measure.ts';
import type { MeasuredFile } from '../decode/measure.ts';
import { openFile } from '../decode/openFile.ts';
import { measurePart, readPart, readPartBands } from '../decode/regions.ts';
import type { DecodeLimits } from '../decode/types.ts';
import { readImageFile } from '../read.ts';
import type { PixelRule } from '../rule.ts';
import { nameOfSource } from './source.ts';
import type { ImageSource } from './source.ts';
import { bufferOf } from '../../files/buffer.ts';

export interface Photo {
  bytes: number;
  modified: number;
  decode(size?: number): Promise<DecodedImage & { full: { width: number; height: number } }>;
  /** For training on grey or bands. */
  bands(): Promise<DecodedBands>;
  measure(): Promise<MeasuredFile | null>;
  /** Hash of the file's bytes; '' for a part, because its file has that. */
  content(): string;
}

export async function openPhoto(source: ImageSource, limits: DecodeLimits, rule: PixelRule): Promise<Photo> {
  if (typeof source !== 'string' && 'path' in source) {
    const { path, part } = source;
    const { bytes, modified } = await openFile(path, limits);
    return {
      bytes,
      modified,
      decode: (size) => readPart(path, part, limits, asColour(rule), size),
      bands: () => readPartBands(path, part, limits, rule),
      measure: () => measurePart(path, part, limits, rule),
      content: () => '',
    };
  }
  const name = nameOfSource(source);
  const content = typeof source === 'string' ? readImageFile(source) : { bytes: bufferOf(source.bytes), modified: 0 };
  return {
    bytes: content.bytes.length,
    modified: content.modified,
    decode: (size) => decodeTo(size, name, content.bytes, limits, rule),
    bands: () => decodeBands(name, content.bytes, limits, rule),
    measure: () => measureFile(name, content.bytes, limits, rule),
    content: () => digest('sha256', content.bytes, 'hex').slice(0, 32),
  };
}
