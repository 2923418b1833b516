/**
 * What the network is shown, by a run's `input`: red, green and blue as photos have them, grey, or bands as they are.
 * Pure, so that plan, cache, loader, network and export speak of the same numbers. Leaves making the pictures to
 * src-main/images.
 */
import type { RunConfig } from './config.ts';

/** The most bands of a photo that can be trained on as they are. */
export const MOST_BANDS = 16;

export interface InputShape {
  /** Numbers of a pixel. */
  channels: number;
  /** Bytes of one such number in the cache. */
  bytes: 1 | 2;
  /** Whether the channels are red, green and blue, interleaved; bands and grey lie in planes. */
  colour: boolean;
}

/** Ordinary photos: 8-bit red, green and blue. Runs older than the setting all have this shape. */
export const COLOUR: InputShape = { channels: 3, bytes: 1, colour: true };

type Input = Partial<Pick<RunConfig['input'], 'channels' | 'depth'>>;

/** Whether bands are trained on as they are, and how many; null for colour and grey. */
export const bandsTrained = ({ channels = 'colour' }: Input = {}): number | null =>
  typeof channels === 'number' ? channels : null;

/** Whether bands are chosen by what files call them, so that their places may differ from file to file. */
export const namesBands = ({ bands = '' }: Partial<Pick<RunConfig['input'], 'bands'>>): boolean =>
  String(bands)
    .split(',')
    .some((part) => !/^\s*\d*\s*$/.test(part));

export function inputShape(input: Input = {}): InputShape {
  const { channels = 'colour', depth = 8 } = input;
  if (channels === 'colour') return COLOUR;
  if (channels === 'grey') return { channels: 1, bytes: 1, colour: false };
  return { channels, bytes: depth === 16 ? 2 : 1, colour: false };
}

/** Numbers of a pixel of what a run is trained on. */
export const channelsOf = ({ input }: { input?: Input }): number => inputShape(input).channels;
