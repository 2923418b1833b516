/** TIFFs whose pages are channels and planes of one picture, by what OME, ImageJ and others write of them. */
import type { TiffDirectory } from './tiff.ts';
import { TAG } from './tiff.ts';
import { imagejOf } from './tiffImagej.ts';
import type { TiffPage } from './tiffPages.ts';
import { isQpi, qpiStack } from './tiffQpi.ts';
import { shapedStack } from './tiffShaped.ts';

/** Red, green and blue, 0 to 1 each, that a channel is shown in. */
export type Colour = readonly [red: number, green: number, blue: number];

/** A picture that several pages make up. */
export interface Stack {
  channels: number;
  /** What the file calls them, in lower case. */
  names: string[];
  /** What they are shown in, where the file says it of all of them. */
  colours?: readonly Colour[] | undefined;
  /** The page of a channel in a plane (depth or time), by its place among the pages. */
  pageOf(channel: number, plane: number): number;
  planes: number;
}

interface Sizes {
  C: number;
  Z: number;
  T: number;
}
type Axis = keyof Sizes;
const USUAL_ORDER = 'XYCZT';

/**
 * The channels and planes of one picture that pages are, by what OME, ImageJ and tifffile write in the first directory and
 * Akoya in each; null where they are separate pages. Of several pictures that OME describes it is the first.
 */
export function stackOf(directories: readonly TiffDirectory[], pages: readonly TiffPage[]): Stack | null {
  const [first] = directories;
  const description = first?.texts.get(TAG.description) ?? '';
  if (/<(?:\w+:)?Pixels\b/.test(description)) return omeStack(description, pages);
  if (description.startsWith('ImageJ=')) return imagejStack(first!, description, pages.length);
  if (isQpi(directories)) return qpiStack(directories, pages);
  return first ? shapedStack(first, pages.length) : null;
}

/** The place of a plane in the order of the axes, the first one fastest. */
function placing(order: string, sizes: Sizes): (at: Sizes) => number {
  const strides: Sizes = { C: 1, Z: 1, T: 1 };
  let stride = 1;
  for (const axis of order.replace(/[^CZT]/g, '') as Iterable<Axis>) {
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  return ({ C, Z, T }) => C * strides.C + Z * strides.Z + T * strides.T;
}

const isSound = ({ C, Z, T }: Sizes): boolean => [C, Z, T].every((size) => Number.isInteger(size) && size >= 1);
const planesOf = ({ C, Z, T }: Sizes): number => C * Z * T;

function imagejStack(directory: TiffDirectory, description: string, pages: number): Stack | null {
  const size = (name: string) => Number(new RegExp(`^${name}=(\\d+)`, 'm').exec(description)?.[1] ?? 1);
  const sizes: Sizes = { C: size('channels'), Z: size('slices'), T: size('frames') };
  if (planesOf(sizes) === 1) sizes.Z = pages;
  if (!isSound(sizes) || planesOf(sizes) !== pages) return null;
  const place = placing(USUAL_ORDER, sizes);
  const { labels, colours } = imagejOf(directory);
  const all = Array.from({ length: sizes.C }, (_, C) => C);
  const isShown = /^mode=(composite|color)\s*$/m.test(description);
  const own = colours.slice(0, sizes.C).filter((colour) => colour !== null);
  return {
    channels: sizes.C,
    names: labels.length === pages ? all.map((C) => labels[place({ C, Z: 0, T: 0 })]!) : [],
    colours: isShown && own.length === sizes.C ? own : undefined,
    planes: sizes.Z * sizes.T,
    pageOf: (C, plane) => place({ C, Z: plane % sizes.Z, T: Math.floor(plane / sizes.Z) }),
  };
}

/**
 * A plane of a stack as one page, of which channels are the bands; null where pages are none, or have bands of their own.
 * `shown`: the channels that are shown unless others are named.
 */
export function stackedPage(
  stack: Stack | null,
  pages: readonly TiffPage[],
  plane = 0,
  shown: readonly number[] = [],
): TiffPage | null {
  const [first] = pages;
  if (!stack || pages.length < 2 || !first || first.samples !== 1) return null;
  const own = Array.from({ length: stack.channels }, (_, channel) => pages[stack.pageOf(channel, plane)]!);
  const isAlike = own.every(
    ({ width, height, samples }) => width === first.width && height === first.height && samples === 1,
  );
  if (!isAlike) return null;
  if (stack.channels === 1) return own[0]!;
  const channels = { pages: own, shown, colours: stack.colours };
  return { ...first, samples: stack.channels, names: stack.names, roles: [], extra: [], channels };
}

/** The other planes of a page, or of the channels that are one: all pages like it where they are no stack. */
export function planesBeside(page: TiffPage, stack: Stack | null, pages: readonly TiffPage[]): TiffPage[] {
  const { channels } = page;
  if (stack && channels)
    return Array.from({ length: stack.planes }, (_, plane) => stackedPage(stack, pages, plane, channels.shown)!).filter(
      (other) => other?.channels?.pages[0] !== channels.pages[0],
    );
  const isOther = ({ at, shift }: TiffPage) => at !== page.at || shift !== page.shift;
  return pages.filter((other) => isOther(other) && isAlike(other, page));
}

/** Whether two pages have one size, and as many bands. */
export const isAlike = (page: TiffPage, to: TiffPage): boolean =>
  page.width === to.width && page.height === to.height && page.samples === to.samples;

const attributeOf = (element: string, name: string): string | undefined =>
  new RegExp(`\\b${name}="([^"]*)"`).exec(element)?.[1];
const elements = (xml: string, name: string): string[] =>
  [...xml.matchAll(new RegExp(`<(?:\\w+:)?${name}\\b[^>]*>`, 'g'))].map(([element]) => element);

function omeStack(description: string, pages: readonly TiffPage[]): Stack | null {
  const pictures = description.split(/(?=<(?:\w+:)?Pixels\b)/).slice(1);
  const [picture = ''] = pictures;
  const [head = ''] = elements(picture, 'Pixels');
  const sizesOf = (of: string): Sizes => {
    const size = (name: string) => Number(attributeOf(of, name) ?? 1);
    return { C: size('SizeC'), Z: size('SizeZ'), T: size('SizeT') };
  };
  const sizes = sizesOf(head);
  if (!isSound(sizes)) return null;
  const place = placing(attributeOf(head, 'DimensionOrder') ?? USUAL_ORDER, sizes);
  const told = toldPages(picture, planesOf(sizes), place);
  const total = pictures.reduce((sum, each) => sum + planesOf(sizesOf(elements(each, 'Pixels')[0] ?? '')), 0);
  if (!told && total !== pages.length && planesOf(sizes) !== pages.length) return null;
  const places = new Map(pages.map(({ index, shift }, at) => [shift > 0 ? at : index, at]));
  // where a directory stands for several planes, they are counted as they lie
  const found = Array.from({ length: planesOf(sizes) }, (_, plane) => (told ? places.get(told[plane]!) : plane));
  if (found.some((at) => at === undefined || at >= pages.length)) return null;
  const channels = elements(picture, 'Channel');
  return {
    channels: sizes.C,
    names: channels.map((element) => (attributeOf(element, 'Name') ?? '').trim().toLowerCase()),
    colours: omeColours(channels, sizes.C),
    planes: sizes.Z * sizes.T,
    pageOf: (C, plane) => found[place({ C, Z: plane % sizes.Z, T: Math.floor(plane / sizes.Z) })]!,
  };
}

/**
 * The directory of each plane, as elements of TiffData say it; null where they do not say it of all planes, or name other
 * files.
 */
function toldPages(picture: string, planes: number, place: (at: Sizes) => number): number[] | null {
  const files = new Set([...picture.matchAll(/<(?:\w+:)?UUID\b[^>]*\bFileName="([^"]*)"/g)].map(([, file]) => file));
  if (files.size > 1 || planes > MOST_PLANES) return null;
  const told = new Array<number>(planes).fill(-1);
  for (const element of elements(picture, 'TiffData')) {
    const number = (name: string, otherwise: number) => Number(attributeOf(element, name) ?? otherwise);
    const begin = number('IFD', -1);
    if (begin < 0) return null;
    const from = place({ C: number('FirstC', 0), Z: number('FirstZ', 0), T: number('FirstT', 0) });
    const count = Math.min(number('PlaneCount', 1), planes - from);
    for (let i = 0; i < count; i++) told[from + i] = begin + i;
  }
  return told.every((page) => page >= 0) ? told : null;
}
const MOST_PLANES = 100_000;

/** Colours are numbers of 32 bits: red, green, blue and how opaque; of channels of one colour they say nothing. */
function omeColours(channels: readonly string[], count: number): Colour[] | undefined {
  const numbers = channels.slice(0, count).map((element) => Number(attributeOf(element, 'Color') ?? NaN));
  if (numbers.length < count || !numbers.every(Number.isInteger) || new Set(numbers).size < count) return undefined;
  const colours = numbers.map((of): Colour => [(of >>> 24) / 255, ((of >>> 16) & 255) / 255, ((of >>> 8) & 255) / 255]);
  return colours.every((colour) => colour.some((share) => share > 0)) ? colours : undefined;
}
