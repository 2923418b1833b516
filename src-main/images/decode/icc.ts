/** What of an ICC profile has to be known before decoding. The conversion itself is libvips' work (Little CMS). */

/**
 * Whether the profile describes plain sRGB. Then no conversion is made: it would only move values by a rounding step,
 * and pixels would differ from those of programs that read the file without colour management.
 */
export function isSrgbProfile(icc: Uint8Array): boolean {
  const profile = Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength);
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
    return /^(sRGB|c2\b|uRGB)/.test(description) && isSrgbByNumbers(profile, count);
  }
  return false;
}

/**
 * Whether the curves and primaries are sRGB's. A name is no proof: linear profiles are called sRGB too. Profiles by
 * tables alone are taken at their word.
 */
function isSrgbByNumbers(profile: Buffer, count: number): boolean {
  const tag = (name: string): Buffer | null => {
    for (let i = 0; i < count; i++) {
      const entry = 132 + i * 12;
      if (profile.toString('latin1', entry, entry + 4) !== name) continue;
      const start = profile.readUInt32BE(entry + 4);
      return profile.subarray(start, start + profile.readUInt32BE(entry + 8));
    }
    return null;
  };
  const curve = tag('rTRC');
  const red = tag('rXYZ');
  if (curve && Math.abs(middleOf(curve) - SRGB_MIDDLE) > 0.04) return false;
  return !(red && red.length >= 12 && Math.abs(red.readInt32BE(8) / 65536 - SRGB_RED) > 0.03);
}

/** Linear light of sRGB at half of its scale, and the X of its red at D50. */
const SRGB_MIDDLE = 0.214;
const SRGB_RED = 0.436;

/** Linear light (0 to 1) of a tone curve at half of its scale; sRGB's for a kind of curve that is not known. */
function middleOf(curve: Buffer): number {
  const type = curve.toString('latin1', 0, 4);
  if (type === 'curv' && curve.length >= 12) {
    const count = curve.readUInt32BE(8);
    if (count === 0) return 0.5;
    if (count === 1) return curve.length >= 14 ? 0.5 ** (curve.readUInt16BE(12) / 256) : SRGB_MIDDLE;
    const at = 12 + 2 * Math.floor((count - 1) / 2);
    return at + 2 <= curve.length ? curve.readUInt16BE(at) / 65535 : SRGB_MIDDLE;
  }
  if (type === 'para' && curve.length >= 16) {
    const kind = curve.readUInt16BE(8);
    const value = (i: number) => (12 + 4 * i + 4 <= curve.length ? curve.readInt32BE(12 + 4 * i) / 65536 : 0);
    if (kind === 0) return 0.5 ** value(0);
    const light = (value(1) * 0.5 + value(2)) ** value(0);
    return kind === 1 || kind === 3 ? light : light + value(kind === 2 ? 3 : 5);
  }
  return SRGB_MIDDLE;
}

export const isRgbProfile = (icc: Uint8Array): boolean =>
  icc.length >= 132 && Buffer.from(icc.buffer, icc.byteOffset, icc.byteLength).toString('latin1', 16, 20) === 'RGB ';
