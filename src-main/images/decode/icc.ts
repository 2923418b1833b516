/**
 * What of an ICC profile has to be known before decoding. The conversion itself is libvips' work (Little CMS), but for
 * grey of 16 bits, whose profile sharp passes over.
 */
import { encodeSrgb } from './cicp.ts';
import { bufferOf } from '../../files/buffer.ts';

/**
 * Whether the profile describes plain sRGB. Then no conversion is made: it would only move values by a rounding step,
 * and pixels would differ from those of programs that read the file without colour management.
 */
export function isSrgbProfile(icc: Uint8Array): boolean {
  const profile = bufferOf(icc);
  if (profile.length < 132) return false;
  if (profile.toString('latin1', 16, 20) !== 'RGB ') return false;
  const count = Math.min(profile.readUInt32BE(128), 100);
  for (let i = 0; i < count; i++) {
    const entry = 132 + i * 12;
    if (entry + 12 > profile.length) return false;
    if (profile.toString('latin1', entry, entry + 4) !== 'desc') continue;
    const start = profile.readUInt32BE(entry + 4);
    const text = profile.subarray(start, start + profile.readUInt32BE(entry + 8));
    // 'desc' (version 2) holds ASCII at 12; 'mluc' (version 4) holds UTF-16BE from 28 on.
    const description =
      text.toString('latin1', 0, 4) === 'mluc'
        ? text.toString('latin1', 28).replaceAll('\0', '')
        : text.toString('latin1', 12);
    return /^(sRGB|c2\b|uRGB)/.test(description) && isSrgbByNumbers(profile);
  }
  return false;
}

/**
 * Whether the curves and primaries are sRGB's. A name is no proof: linear profiles are called sRGB too. Profiles by
 * tables alone are taken at their word.
 */
function isSrgbByNumbers(profile: Buffer): boolean {
  const curve = tagOf(profile, 'rTRC');
  const red = tagOf(profile, 'rXYZ');
  if (curve && Math.abs((curveOf(curve)?.(0.5) ?? SRGB_MIDDLE) - SRGB_MIDDLE) > 0.04) return false;
  return !(red && red.length >= 12 && Math.abs(red.readInt32BE(8) / 65536 - SRGB_RED) > 0.03);
}

function tagOf(profile: Buffer, name: string): Buffer | null {
  const count = Math.min(profile.readUInt32BE(128), 100);
  for (let entry = 132; entry + 12 <= profile.length && entry < 132 + 12 * count; entry += 12) {
    if (profile.toString('latin1', entry, entry + 4) !== name) continue;
    const start = profile.readUInt32BE(entry + 4);
    return profile.subarray(start, start + profile.readUInt32BE(entry + 8));
  }
  return null;
}

/** Linear light of sRGB at half of its scale, and the X of its red at D50. */
const SRGB_MIDDLE = 0.214;
const SRGB_RED = 0.436;

/** A tone curve from values to linear light, both from 0 to 1; null where it makes no sense or is of an unknown kind. */
function curveOf(curve: Buffer): ((value: number) => number) | null {
  const type = curve.toString('latin1', 0, 4);
  if (type === 'curv' && curve.length >= 12) return byTable(curve, curve.readUInt32BE(8));
  if (type !== 'para' || curve.length < 16) return null;
  const [kind, number] = [curve.readUInt16BE(8), (i: number) => curve.readInt32BE(12 + 4 * i) / 65536];
  const count = [1, 3, 4, 5, 7][kind];
  if (count === undefined || curve.length < 12 + 4 * count) return null;
  const [power, a = 1, b = 0, c = 0, d = 0, e = 0, f = 0] = Array.from({ length: count }, (_, i) => number(i));
  const [from, slope, above, below] =
    kind >= 3 ? [d, c, e, f] : kind === 0 ? [0, 0, 0, 0] : [-b / a, 0, kind === 2 ? c : 0, kind === 2 ? c : 0];
  return (value) => (value >= from ? (a * value + b) ** power! + above : slope * value + below);
}

/** By the entries of a table; of one that is a power, and of none that light is linear already. */
function byTable(curve: Buffer, count: number): ((value: number) => number) | null {
  if (count === 0) return (value) => value;
  if (curve.length < 12 + 2 * count) return null;
  if (count === 1) return (value) => value ** (curve.readUInt16BE(12) / 256);
  return (value) => {
    const place = value * (count - 1);
    const first = Math.min(count - 2, Math.floor(place));
    const [low, high] = [curve.readUInt16BE(12 + 2 * first), curve.readUInt16BE(14 + 2 * first)];
    return (low + (high - low) * (place - first)) / 65535;
  };
}

/** The levels of sRGB (0 to 255) that a grey profile gives 16-bit values; null for any other profile. */
export function greyLevels(icc: Uint8Array): Uint8Array | null {
  if (!isGreyProfile(icc)) return null;
  const curve = tagOf(bufferOf(icc), 'kTRC');
  const light = curve && curveOf(curve);
  if (!light) return null;
  return Uint8Array.from({ length: 65536 }, (_, value) =>
    Math.round(255 * encodeSrgb(Math.min(1, Math.max(0, light(value / 65535))))),
  );
}

const isOf = (space: string) => (icc: Uint8Array) =>
  icc.length >= 132 && bufferOf(icc).toString('latin1', 16, 20) === space;
export const isRgbProfile = isOf('RGB ');
export const isGreyProfile = isOf('GRAY');
