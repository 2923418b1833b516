/** TIFFs whose pages are channels and planes of one picture, by what OME and ImageJ write of them. */

/** A picture that several pages make up. */
export interface Stack {
  channels: number;
  /** What OME calls them, in lower case. */
  names: string[];
  /** The page of a channel in a plane (depth or time). */
  pageOf(channel: number, plane: number): number;
  planes: number;
}

/**
 * The channels and planes of one picture that pages are, by what OME and ImageJ write in the description; null where
 * they are separate pages.
 */
export function stackOf(description: string, pages: number): Stack | null {
  let sizes: { C: number; Z: number; T: number };
  let order = 'XYCZT';
  const omePixels = /<(?:\w+:)?Pixels\b[^>]*>/.exec(description)?.[0];
  if (omePixels) {
    const attribute = (name: string) => new RegExp(`\\b${name}="([^"]*)"`).exec(omePixels)?.[1];
    const size = (name: string) => Number(attribute(name) ?? 1);
    sizes = { C: size('SizeC'), Z: size('SizeZ'), T: size('SizeT') };
    order = attribute('DimensionOrder') ?? order;
  } else if (description.startsWith('ImageJ=')) {
    const size = (name: string) => Number(new RegExp(`^${name}=(\\d+)`, 'm').exec(description)?.[1] ?? 1);
    sizes = { C: size('channels'), Z: size('slices'), T: size('frames') };
    if (sizes.C * sizes.Z * sizes.T === 1) sizes.Z = pages;
  } else return null;
  const { C: channels, Z: depth, T: times } = sizes;
  if (![channels, depth, times].every((size) => Number.isInteger(size) && size >= 1)) return null;
  if (channels * depth * times !== pages) return null;
  const strides = { C: 1, Z: 1, T: 1 };
  let stride = 1;
  for (const axis of order.replace(/[^CZT]/g, '') as Iterable<'C' | 'Z' | 'T'>) {
    strides[axis] = stride;
    stride *= sizes[axis];
  }
  return {
    channels,
    names: omePixels ? channelNames(description) : [],
    planes: depth * times,
    pageOf: (channel, plane) =>
      channel * strides.C + (plane % depth) * strides.Z + Math.floor(plane / depth) * strides.T,
  };
}

/** Names of the channels of the first picture that OME describes. */
function channelNames(description: string): string[] {
  const [first = ''] = description.split(/<\/(?:\w+:)?Pixels>/);
  return [...first.matchAll(/<(?:\w+:)?Channel\b[^>]*>/g)].map(([element]) =>
    (/\bName="([^"]*)"/.exec(element)?.[1] ?? '').trim().toLowerCase(),
  );
}
