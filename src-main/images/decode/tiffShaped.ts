/** What tifffile writes of the array that a TIFF's pages are: its shape, and where a person gave them its axes' letters. */
import { TAG } from './tiff.ts';
import type { TiffDirectory } from './tiff.ts';
import type { Stack } from './tiffStacks.ts';

interface Told {
  shape: number[];
  axes: string;
  Channel?: { Name?: unknown };
}

/** The letters of an axis whose planes are channels: `C`, or samples that are pages. */
const CHANNELS = ['C', 'S'];

/**
 * The channels and planes that pages are; null where nothing is said of an axis of channels, or there are other pages, too.
 */
export function shapedStack(first: TiffDirectory, pages: number): Stack | null {
  const told = toldOf(first.texts.get(TAG.description) ?? '');
  if (!told) return null;
  const { shape, axes } = told;
  const [y, letter] = [axes.indexOf('Y'), CHANNELS.find((each) => axes.includes(each))];
  const axis = letter === undefined ? -1 : axes.indexOf(letter);
  if (axis < 0 || axis > y || axes[y + 1] !== 'X') return null;
  const product = (from: number, to: number) => shape.slice(from, to).reduce((all, size) => all * size, 1);
  if (product(0, y) !== pages) return null;
  const [channels, outer, inner] = [shape[axis]!, product(0, axis), product(axis + 1, y)];
  const names = told.Channel?.Name;
  return {
    channels,
    names: Array.isArray(names) ? names.map((name) => String(name).trim().toLowerCase()) : [],
    planes: outer * inner,
    pageOf: (channel, plane) => (Math.floor(plane / inner) * channels + channel) * inner + (plane % inner),
  };
}

function toldOf(description: string): Told | null {
  if (!description.startsWith('{"shape":')) return null;
  try {
    const told = JSON.parse(description) as Told;
    const isSound =
      Array.isArray(told.shape) &&
      told.shape.every((size) => Number.isInteger(size) && size >= 1) &&
      typeof told.axes === 'string' &&
      told.axes.length === told.shape.length;
    return isSound ? told : null;
  } catch {
    return null;
  }
}
