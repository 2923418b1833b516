/**
 * Pages that are transparent everywhere, whose hidden colours are shown: a window of one is as clear as one of a cut-out,
 * so that what all of the page is has to be looked at.
 */
import type { PixelRule } from '../rule.ts';
import { follow } from './decode.ts';
import type { Surface } from './openFile.ts';
import { remembered } from './remembered.ts';
import type { Note, Route } from './route.ts';
import type { DecodeLimits } from './types.ts';

/** Longest side, in pixels, of the copy that is looked at. */
const LOOK = 256;

/** By what stands for the page. */
const known = new WeakMap<object, Promise<boolean>>();

/** The surface with windows that can tell whether all of it is clear: looked at once, and only where one is. */
export function tellingClear(path: string, page: object, surface: Surface, limits: DecodeLimits): Surface {
  const look = async (rule: PixelRule): Promise<boolean> => {
    const notes: Note[] = [];
    await follow(await surface.overview(LOOK, rule), path, limits, rule, LOOK, notes);
    return notes.some(({ key }) => key === 'note.transparent');
  };
  const window: Surface['window'] = async (rect, rule) => {
    const isClear = () => known.get(page) ?? remembered(known, page, look(rule));
    const route = await surface.window(rect, rule);
    if (route.by === 'vips') return { ...route, choice: { ...route.choice, isClear } };
    if (route.by !== 'values' || !route.photo) return route;
    return { ...route, photo: { ...route.photo, choice: { ...route.photo.choice, isClear } } } satisfies Route;
  };
  return { ...surface, window };
}
