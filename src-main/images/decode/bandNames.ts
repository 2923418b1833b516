/** What files call their bands, and which of them by that are red, green and blue. */

const COLOURS = ['red', 'green', 'blue'] as const;

/** Light beside what is seen as red: its edge, and infrared. */
const BESIDE = /edge|infra|nir|swir|\bre\b/;

/** A band's number as Sentinel-2 and Landsat have it: B4, B04, SR_B4, "Band 4", B8A. */
const NUMBERED = /^(sr_|toa_)?b(?:and)?[ _]?(0?)(\d{1,2})(a?)$/;

/**
 * The bands (from 0) that names in lower case call red, green and blue, by the words or by the numbers that Sentinel-2 and
 * Landsat give them; null where they say nothing, or the same of two.
 */
export function trueColour(names: readonly string[]): [red: number, green: number, blue: number] | null {
  return byWords(names) ?? byNumbers(names);
}

function byWords(names: readonly string[]): [number, number, number] | null {
  const found = COLOURS.map((colour) => {
    const exact = names.indexOf(colour);
    if (exact >= 0) return exact;
    const word = new RegExp(`(?<![a-z])${colour}(?![a-z])`);
    const places = names.flatMap((name, band) => (name && word.test(name) && !BESIDE.test(name) ? [band] : []));
    return places.length === 1 ? places[0]! : -1;
  }) as [number, number, number];
  return found.every((band) => band >= 0) && new Set(found).size === 3 ? found : null;
}

/**
 * Band 4 is red on Sentinel-2 and from Landsat 8 on, band 3 on the Landsats before, which have no band 6 of light. Names
 * that any file of many bands may have (B1, B2, B3, B4) say nothing.
 */
function byNumbers(names: readonly string[]): [number, number, number] | null {
  const numbers = new Map<number, number>();
  let [isSentinel, isReflectance] = [false, false];
  for (const [band, name = ''] of names.entries()) {
    const match = NUMBERED.exec(name);
    if (!match) continue;
    const [, product, zero, digits, narrow] = match;
    if (product) isReflectance = true;
    if (zero || narrow) isSentinel = true;
    if (!narrow && !numbers.has(Number(digits))) numbers.set(Number(digits), band);
  }
  const places = (...of: number[]) => {
    const found = of.map((number) => numbers.get(number));
    return found.every((band) => band !== undefined) ? (found as [number, number, number]) : null;
  };
  const isOlder = isReflectance && numbers.has(1) && numbers.has(7) && !numbers.has(6);
  if (isOlder) return places(3, 2, 1);
  const isKnown = isSentinel || isReflectance || !numbers.has(1) || [8, 9, 10, 11, 12].some((n) => numbers.has(n));
  return isKnown ? places(4, 3, 2) : null;
}
