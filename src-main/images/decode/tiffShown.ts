/**
 * Which bands of a page are shown, and which is their transparency. What GDAL and others write of bands is tiffBands.ts's,
 * whether a transparency is one tiffAlpha.ts's.
 */
import type { PixelRule } from '../rule.ts';
import { ASSOCIATED } from './tiffAlpha.ts';
import { bandsOf, isReordered } from './tiffBands.ts';
import { alphaOf, isAlpha, PHOTOMETRIC } from './tiffPages.ts';
import type { TiffPage } from './tiffPages.ts';

/** How many of its first bands are colours or grey, by what it says of them; 0: other colours. */
const coloursIn = ({ photometric }: TiffPage): number =>
  photometric === PHOTOMETRIC.rgb ? 3 : photometric <= PHOTOMETRIC.blackIsZero ? 1 : 0;

/**
 * The band that the file calls the transparency of its colours or its grey, where it has no other, or where it is the
 * last of several and no other is called so; else null.
 */
export function alphaBand(page: TiffPage): number | null {
  const { samples, bits, format, extra } = page;
  const colours = coloursIn(page);
  const isKnown = format === 'float' || (format === 'unsigned' && (bits === 8 || bits === 16));
  if (colours === 0 || !isKnown || samples <= colours) return null;
  if (samples > colours + 1) {
    const isLast = extra.length === samples - colours && extra.findIndex(isAlpha) === extra.length - 1;
    return isLast && !isReordered(page) ? samples - 1 : null;
  }
  const told = page.roles.indexOf('alpha');
  // the tag speaks of the last band, whatever the others are
  if (isReordered(page)) return told >= 0 ? told : null;
  return alphaOf(page) ? colours : null;
}

/** The bands that are shown or trained on; the last of several that is transparency is no colour. */
export function shownBands(page: TiffPage, rule: Pick<PixelRule, 'bands' | 'channels'>): number[] {
  const { samples, names, roles, photometric } = page;
  const isBeside = rule.bands === '' && typeof rule.channels !== 'number' && alphaBand(page) === samples - 1;
  return bandsOf(rule, isBeside ? samples - 1 : samples, names, photometric === PHOTOMETRIC.rgb, roles);
}

/** Whether colours were multiplied by that band. */
export const isMultiplied = ({ extra }: TiffPage): boolean => extra.find(isAlpha) === ASSOCIATED;
