/**
 * Which bands of a page are shown, by what GDAL and others write of them. Leaves what names and roles mean to bandNames.ts.
 */
import type { PixelRule } from '../rule.ts';
import { trueColour } from './bandNames.ts';
import type { TiffPage } from './tiffPages.ts';

/** Names of the bands from GDAL's metadata, where a band's description and colour are items of XML. */
export function namesOf(metadata: string, samples: number): Pick<TiffPage, 'names' | 'roles'> {
  const [names, roles]: string[][] = [[], []];
  for (const [, attributes, text] of metadata.matchAll(/<Item ([^>]*)>([^<]*)<\/Item>/g)) {
    const sample = Number(/sample="(\d+)"/.exec(attributes!)?.[1] ?? NaN);
    if (!(sample < samples)) continue;
    if (/role="description"/i.test(attributes!)) names![sample] = text!.trim().toLowerCase();
    else if (/role="colorinterp"/i.test(attributes!)) roles![sample] = text!.trim().toLowerCase();
  }
  for (const [sample, role] of roles!.entries()) if (role) names![sample] ||= role;
  return { names: names!, roles: roles! };
}

/** Whether the file says of bands that they are red, green and blue, and these are not its first three in this order. */
export const isReordered = ({ roles }: Pick<TiffPage, 'roles'>): boolean => {
  const places = trueColour(roles);
  return places !== null && places.some((band, colour) => band !== colour);
};

/**
 * Which bands are read, from 0: those that the rule names (numbers from 1, or names), else those that the file says are
 * red, green and blue (by their names only where not the page itself calls its first bands so, `rgb`), else the first
 * three or one. For training on bands: those that are named, or all; where the number is not the one trained on, a single
 * one, so that it is refused.
 */
export function bandsOf(
  rule: Pick<PixelRule, 'bands' | 'channels'>,
  samples: number,
  names: readonly string[],
  rgb: boolean,
  roles: readonly string[] = [],
): number[] {
  const asked = String(rule.bands)
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter((part) => part !== '')
    .map((part) => (/^\d+$/.test(part) ? Number(part) - 1 : placeOf(part, names, roles)))
    .filter((band) => band >= 0 && band < samples);
  if (typeof rule.channels === 'number') {
    if (rule.bands !== '') return asked.length === 0 ? [0] : asked;
    return Array.from({ length: samples === rule.channels ? samples : 1 }, (_, band) => band);
  }
  if (asked.length > 0) return asked.length === 2 ? asked : asked.slice(0, asked.length >= 3 ? 3 : 1);
  return trueColour(roles) ?? (rgb ? null : trueColour(names)) ?? (samples >= 3 ? [0, 1, 2] : [0]);
}

const placeOf = (name: string, names: readonly string[], roles: readonly string[]): number =>
  names.includes(name) ? names.indexOf(name) : roles.indexOf(name);
