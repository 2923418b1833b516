/**
 * Scrolling through more rows than an element can be tall (Firefox lays out 17.9 million px, Chromium 33.5): the element
 * has a height of its own, steps of it are steps of the rows, and a leap of its bar leads to the same share of them. Near
 * both ends a px of the element is a px of the rows, so that the first and last are reached by every wheel and key. Pure.
 */

/** Tallest that the element is made, px. */
export const TALLEST = 8_000_000;
/** How near its ends, px, both go alike. */
const ENDS = 500_000;
/** How far, px, the element may be from the place that belongs to its rows before it is put there. */
const DRIFT = 200_000;
/** The element scrolls a little farther than its rows. */
const PADDING = 8;
/** What is farther than so many screens at once is a leap. */
const LEAP = 4;

export interface Scrolled {
  /** First px of the rows in sight. */
  top: number;
  /** How far the element is scrolled for it. */
  place: number;
}

export const elementHeight = (height: number): number => Math.min(height, TALLEST);

/** The height between the ends, of the rows and of the element. */
const middle = (height: number, screen: number) => [height - screen - 2 * ENDS, TALLEST - screen - 2 * ENDS] as const;

/** How far the element is scrolled where the rows are at `top`. @param height of all rows @param screen what is seen */
export function placeOf(top: number, height: number, screen: number): number {
  if (height <= TALLEST || top <= ENDS) return top;
  const left = height - screen - top;
  if (left <= ENDS) return TALLEST - screen - left;
  const [rows, element] = middle(height, screen);
  return ENDS + ((top - ENDS) * element) / rows;
}

/** Where the rows are by the place of the element alone. */
export function topOf(place: number, height: number, screen: number): number {
  if (height <= TALLEST || place <= ENDS) return place;
  const left = TALLEST - screen - place;
  if (left <= ENDS) return height - screen - left;
  const [rows, element] = middle(height, screen);
  return Math.round(ENDS + ((place - ENDS) * rows) / element);
}

/** What is seen after the element was scrolled to `place`; where it comes out otherwise, the element is to be put there. */
export function scrolledTo(place: number, before: Scrolled, height: number, screen: number): Scrolled {
  if (height <= TALLEST) return { top: place, place };
  const step = place - before.place;
  if (Math.abs(step) > LEAP * screen) return { top: topOf(place, height, screen), place };
  const top = Math.max(0, Math.min(height - screen, before.top + step));
  const own = placeOf(top, height, screen);
  const isAtEnd = top < ENDS || height - screen - top < ENDS;
  return Math.abs(own - place) > (isAtEnd ? PADDING : DRIFT) ? { top, place: own } : { top, place };
}
