/**
 * What a PNG says of its colours before its pixels: 16-bit ones without a profile may be measured values, a gamma far
 * from sRGB's is honoured, as browsers do. All else is libvips' as it stands.
 */
import { crc32 } from 'node:zlib';
import sharp from 'sharp';
import { reason } from '../../../shared/reason.ts';
import { ImageError } from '../errors.ts';
import { ADOBE_RGB, convertColours, encodeSrgb, GAMMA_22, LINEAR, needsConversion, primariesAt } from './cicp.ts';
import type { ColourCodes } from './cicp.ts';
import { greyLevels } from './icc.ts';
import type { Note, Route } from './route.ts';
import { PHOTO_SPAN } from './picture.ts';
import { isClear, robustRange, sortedSample } from './samples.ts';
import type { Samples, Values } from './samples.ts';
import { readTiff, tiffOrientation } from './tiff.ts';
import type { TiffBytes } from './tiff.ts';
import type { DecodeLimits } from './types.ts';
import { assertPixels } from './vips.ts';

interface PngFacts {
  width: number;
  height: number;
  bits: number;
  /** Whether its colours are red, green and blue, or grey. */
  rgb: boolean;
  alpha: boolean;
  /** EXIF orientation, 1 to 8, where it is said. */
  orientation: number | null;
  gamma: number | null;
  codes: ColourCodes | null;
  /** Red, green and blue by their place in colour, where that is a known one beside sRGB's. */
  primaries: number | null;
  /** It has a profile. */
  profile: boolean;
  /** It has a profile, or says that it is sRGB. */
  managed: boolean;
}

/** sRGB's gamma, as a PNG writes it. */
const SRGB_GAMMA = 0.45455;
/** Share by which a gamma may differ and still mean sRGB: programs write 0.4545 or 0.45. */
const NEAR = 0.1;

export async function findPng(file: string, bytes: Buffer, limits: DecodeLimits): Promise<Route> {
  const facts = factsOf(bytes);
  if (!facts) {
    if (bytes.toString('latin1', 12, 16) === 'CgBI')
      throw new ImageError(file, 'unsupported.kind', { kind: 'PNG of iOS programs (CgBI)' });
    return { by: 'vips', bytes };
  }
  const { width, height, bits, rgb, alpha } = facts;
  const { coded, light, linear, measured, curved, isPlain } = readingOf(facts);
  const orientation = facts.orientation ?? 1;
  // libvips does not see what is said behind the pixels
  const photo = { bytes, choice: facts.orientation === null ? {} : { orientation } };
  const asItIs: Route = { by: 'vips', ...photo };
  if (isPlain) return asItIs;

  assertPixels(file, width, height, limits);
  await limits.beforeDecode?.(width * height);
  let data: Uint16Array;
  let channels: number;
  let grey: Buffer | null = null;
  try {
    if (curved) grey = (await sharp(bytes, { limitInputPixels: false }).metadata()).icc ?? null;
    if (curved && (!grey || !greyLevels(grey))) return asItIs;
    const read = await sharp(bytes, { limitInputPixels: false, failOn: 'error', ignoreIcc: true })
      .toColourspace(bits === 16 ? 'rgb16' : 'srgb') // from 8 bits to 16 libvips loses the lowest
      .raw({ depth: bits === 16 ? 'ushort' : 'uchar' })
      .toBuffer({ resolveWithObject: true });
    data =
      bits === 16
        ? new Uint16Array(read.data.buffer, read.data.byteOffset, read.data.length / 2)
        : Uint16Array.from(read.data, (level) => level * 257);
    channels = read.info.channels;
  } catch {
    return asItIs; // which says what is wrong with it
  }
  if (grey) {
    const bands = [everyNth(data, 0, channels)];
    const beside = alpha && channels === 4 ? { alpha: everyNth(data, 3, channels) } : {};
    const samples = { width, height, bands, channels: false, inverted: false, nodata: null, ...beside };
    return { by: 'values', samples, profile: grey, orientation };
  }
  const bands = measured ? Array.from({ length: rgb ? 3 : 1 }, (_, c): Values => everyNth(data, c, channels)) : [];
  const transparency = alpha && (channels === 4 || channels === 2) ? everyNth(data, channels - 1, channels) : null;
  const clear = transparency ? { alpha: transparency } : {};
  if (measured && ((light === null && !linear) || !fillsRange({ bands, ...clear }))) {
    const samples = { width, height, bands, channels: false, inverted: false, nodata: null, ...clear };
    return { by: 'values', samples, orientation, photo };
  }
  const converted = coded ? convertColours(data, channels, 65535, coded) : byGamma(data, channels, light!);
  const isUnseen = transparency !== null && isClear(transparency);
  if (transparency && !isUnseen) layOnWhite(converted, transparency);
  const notes: Note[] = isUnseen ? [reason('note.transparent')] : [];
  return { by: 'pixels', pixels: { width, height, data: converted }, orientation, notes };
}

/** What of a PNG is not libvips' to read; `isPlain` where nothing is. */
function readingOf({ bits, rgb, gamma, codes, profile, managed }: PngFacts) {
  // what is said by numbers goes before a profile
  const isSaid = codes !== null && ![codes.primaries, codes.transfer].includes(UNSPECIFIED);
  const coded = codes !== null && (needsConversion(codes) || (profile && isSaid)) ? codes : null;
  const light = !managed && codes === null && gamma !== null && Math.abs(gamma / SRGB_GAMMA - 1) > NEAR ? gamma : null;
  // encoders of JPEG XL call grey values of 16 bits linear light, whatever they are
  const linear = coded?.transfer === LINEAR && !rgb;
  // a program may call measured values sRGB; what fills its range is a photo all the same
  const measured = bits === 16 && !profile && (!coded || linear); // never a palette, which has 8
  const curved = bits === 16 && profile && !rgb && !coded; // sharp passes its profile over
  return { coded, light, linear, measured, curved, isPlain: coded === null && light === null && !measured && !curved };
}

/** How a PNG says that it is turned, and whether libvips reads its colours as they stand, so that it can be streamed. */
export function pngForm(bytes: TiffBytes): { orientation: number | null; isPlain: boolean } {
  const facts = factsOf(bytes);
  return { orientation: facts?.orientation ?? null, isPlain: facts !== null && readingOf(facts).isPlain };
}

/** Whether 16-bit values are spread over their type's range, as a photo's are. */
function fillsRange(samples: Pick<Samples, 'bands' | 'alpha'>): boolean {
  const range = robustRange(sortedSample({ ...samples, nodata: null }).sorted, 0.2);
  return range !== null && range.high - range.low >= PHOTO_SPAN * 65535;
}

/** Whether a PNG has 8 bits and colours that are not sRGB's, by what it says before its pixels. */
export function isNarrowAndCoded(bytes: Buffer): boolean {
  const facts = factsOf(bytes);
  return facts?.bits === 8 && (facts.profile || (facts.codes !== null && needsConversion(facts.codes)));
}

function everyNth(data: Uint16Array, first: number, step: number): Uint16Array {
  const out = new Uint16Array(Math.floor(data.length / step));
  for (let i = 0, s = first; i < out.length; i++, s += step) out[i] = data[s]!;
  return out;
}

function byGamma(data: Uint16Array, channels: number, gamma: number): Uint8Array {
  const levels = Uint8Array.from({ length: 65536 }, (_, value) =>
    Math.round(255 * encodeSrgb((value / 65535) ** (1 / gamma))),
  );
  const pixels = Math.floor(data.length / channels);
  const out = new Uint8Array(pixels * 3);
  for (let i = 0; i < pixels; i++) for (let c = 0; c < 3; c++) out[3 * i + c] = levels[data[i * channels + c]!]!;
  return out;
}

function layOnWhite(rgb: Uint8Array, alpha: Uint16Array): void {
  for (let i = 0; i < alpha.length; i++) {
    const share = alpha[i]! / 65535;
    for (let c = 0; c < 3; c++) rgb[3 * i + c] = Math.round(rgb[3 * i + c]! * share + 255 * (1 - share));
  }
}

/** The transfer of sRGB by its number, and what says nothing. */
const SRGB = 13;
const UNSPECIFIED = 2;

const plausible = (gamma: number): number | null => (gamma >= 1 / MOST_GAMMA && gamma <= MOST_GAMMA ? gamma : null);

/** The known primaries that a chunk of places names: white, red, green, blue, two numbers each. */
const primariesOf = (places: Buffer): number | null =>
  primariesAt(Array.from({ length: 6 }, (_, i) => places.readUInt32BE(8 + 4 * i) / 100_000));

/** The chunks of a PNG, up to one that is cut short: where what they hold lies, and whether that is as it was written. */
function* chunksOf(bytes: TiffBytes): Generator<{ type: string; at: number; length: number; isSound: boolean }> {
  for (let at = 8; at + 12 <= bytes.length;) {
    const length = bytes.readUInt32BE(at);
    if (at + 12 + length > bytes.length) return;
    const type = bytes.toString('latin1', at + 4, at + 8);
    const end = at + 8 + length;
    const isSound = !TOLD.has(type) || crc32(bytes.subarray(at + 4, end)) === bytes.readUInt32BE(end);
    yield { type, at: at + 8, length, isSound };
    at += 12 + length;
  }
}

/** Chunks that say how pixels are meant. */
const TOLD: ReadonlySet<string> = new Set(['eXIf', 'iCCP', 'sRGB', 'gAMA', 'cHRM', 'cICP', 'tRNS']);
/** The farthest from 1 that a gamma is true. */
const MOST_GAMMA = 10;
/** What some programs put before EXIF, as it stands in a JPEG. */
const EXIF_MARK = 'Exif\0\0';

/**
 * What the chunks before the pixels say, and how these are turned, which may stand behind them; null where they make no
 * sense, which the decoder will say.
 */
function factsOf(bytes: TiffBytes): PngFacts | null {
  if (bytes.length < 33 || bytes.toString('latin1', 12, 16) !== 'IHDR') return null;
  const colour = bytes.readUInt8(25);
  const facts: PngFacts = {
    width: bytes.readUInt32BE(16),
    height: bytes.readUInt32BE(20),
    bits: bytes.readUInt8(24),
    rgb: colour === 2 || colour === 6,
    alpha: colour === 4 || colour === 6,
    orientation: null,
    gamma: null,
    codes: null,
    primaries: null,
    profile: false,
    managed: false,
  };
  let isBehind = false;
  for (const { type, at, length, isSound } of chunksOf(bytes)) {
    isBehind ||= type === 'IDAT';
    if (!isSound) {
      // what is damaged says nothing, as in other programs; libvips would turn by it
      if (type === 'eXIf') facts.orientation ??= 1;
      continue;
    }
    if (type === 'eXIf') {
      const exif = Buffer.from(bytes.subarray(at, at + length));
      const isMarked = exif.toString('latin1', 0, EXIF_MARK.length) === EXIF_MARK;
      facts.orientation ??= tiffOrientation(readTiff(isMarked ? exif.subarray(EXIF_MARK.length) : exif));
    }
    if (isBehind) continue;
    if (type === 'iCCP' || type === 'sRGB') facts.managed = true;
    if (type === 'iCCP') facts.profile = true;
    else if (type === 'gAMA' && length === 4) facts.gamma ??= plausible(bytes.readUInt32BE(at) / 100_000);
    else if (type === 'cHRM' && length === 32) facts.primaries ??= primariesOf(bytes.subarray(at, at + 32));
    else if (type === 'cICP' && length === 4)
      facts.codes ??= {
        primaries: bytes.readUInt8(at),
        transfer: bytes.readUInt8(at + 1),
        isNarrow: bytes.readUInt8(at + 3) === 0,
      };
    else if (type === 'tRNS') facts.alpha = true;
  }
  const { primaries, gamma } = facts;
  const usual = gamma === null || Math.abs(gamma / SRGB_GAMMA - 1) <= NEAR;
  if (primaries !== null && !facts.managed)
    facts.codes ??= { primaries, transfer: primaries === ADOBE_RGB ? GAMMA_22 : SRGB, ...(!usual && { gamma }) };
  return facts;
}
