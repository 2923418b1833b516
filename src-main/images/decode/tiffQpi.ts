/**
 * Slides of PerkinElmer's and Akoya's scanners (QPTIFF): of fluorescence a page for each channel, then a thumbnail, smaller
 * copies of every channel, and pictures of the glass and its label; XML on each page says which it is. Leaves making one
 * picture of the channels to tiffStacks.ts.
 */
import { TAG } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import type { TiffPage } from './tiffPages.ts';
import type { Colour, Stack } from './tiffStacks.ts';

const ROOT = '<PerkinElmer-QPI-ImageDescription';
const FULL = 'FullResolution';

const descriptionOf = ({ texts }: TiffDirectory): string => texts.get(TAG.description) ?? '';
export const isQpi = ([first]: readonly TiffDirectory[]): boolean => !!first && descriptionOf(first).includes(ROOT);

/** The text of the first element of a name: a page's own come before those of what it was taken with. '' where none is. */
const told = (directory: TiffDirectory, name: string): string =>
  new RegExp(`<${name}>\\s*([^<]*?)\\s*</${name}>`).exec(descriptionOf(directory))?.[1] ?? '';

/** Whether a directory is a copy, or shows what lies around the picture. */
const isBeside = (directory: TiffDirectory): boolean => ![FULL, ''].includes(told(directory, 'ImageType'));

/** What a channel was stained for, or what it is called. */
const nameOf = (directory: TiffDirectory): string => told(directory, 'Biomarker') || told(directory, 'Name');

/** The pages, of which those are marked that are no pictures of their own. */
export function markBeside(pages: readonly TiffPage[], directories: readonly TiffDirectory[]): TiffPage[] {
  const beside = new Set(directories.filter(isBeside).map(({ at }) => at));
  const isAny = pages.some(({ at }) => !beside.has(at));
  return pages.map((page) => (isAny && beside.has(page.at) ? { ...page, isLevel: true } : page));
}

/** The channels that pages are; null where there is one, or they have bands of their own. */
export function qpiStack(directories: readonly TiffDirectory[], pages: readonly TiffPage[]): Stack | null {
  const own = [...pages.keys()].filter((at) => !pages[at]!.isLevel);
  const [first] = own.map((at) => pages[at]!);
  const isAlike = ({ width, height, samples }: TiffPage) =>
    samples === 1 && width === first!.width && height === first!.height;
  if (own.length < 2 || !own.every((at) => isAlike(pages[at]!))) return null;
  const found = own.map((at) => directories.find((directory) => directory.at === pages[at]!.at)!);
  const colours = found.map(colourOf);
  return {
    channels: own.length,
    names: found.map((directory) => nameOf(directory).toLowerCase()),
    colours: colours.every((colour) => colour !== null) ? colours : undefined,
    planes: 1,
    pageOf: (channel) => own[channel]!,
  };
}

/** Red, green and blue of a channel, from 0 to 1: what is said to be black is shown in white. Null where nothing is said. */
function colourOf(directory: TiffDirectory): Colour | null {
  const levels = told(directory, 'Color').split(',').map(Number);
  if (levels.length !== 3 || !levels.every((level) => level >= 0 && level <= 255)) return null;
  const [red, green, blue] = levels as [number, number, number];
  return red + green + blue === 0 ? [1, 1, 1] : [red / 255, green / 255, blue / 255];
}

/** Whether a smaller picture of the file is of another channel than a page. */
export const isOfOther = (directories: readonly TiffDirectory[], directory: TiffDirectory, page: TiffPage): boolean => {
  if (!isQpi(directories)) return false;
  const of = directories.find(({ at }) => at === page.at);
  return of !== undefined && nameOf(of) !== nameOf(directory);
};
