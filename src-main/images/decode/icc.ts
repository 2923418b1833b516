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
    return /^(sRGB|c2\b|uRGB)/.test(description);
  }
  return false;
}
