/** What a decoder finds out about a file before its pixels are made: how they are to be had. */
import type { Reason } from '../../../shared/contract/wire.ts';
import type { KeyOf } from '../../../shared/errors.ts';
import type { PixelRule } from '../rule.ts';
import type { Samples } from './samples.ts';
import type { DecodeLimits, DecodedPixels } from './types.ts';
import type { VipsChoice, VipsSource } from './vips.ts';

/** What a person should know of a picture that is used all the same. */
export type Note = Reason<KeyOf<'note'>>;

export type Route = { notes?: Note[] } & (
  | /** To be read by libvips, which shrinks while it decodes. */ { by: 'vips'; bytes: VipsSource; choice?: VipsChoice }
  | /** Decoded already; turned and converted afterwards. */ {
      by: 'pixels';
      pixels: DecodedPixels;
      orientation?: number;
      profile?: Uint8Array | null;
    }
  | /** Values, which the rule makes a picture of. */ {
      by: 'values';
      samples: Samples;
      orientation?: number;
      profile?: Uint8Array | null;
      /** The file can be read by libvips too, should its values turn out to be a photo's. */
      photo?: { bytes: VipsSource; choice?: VipsChoice };
    }
);

export type Find = (file: string, bytes: Buffer, limits: DecodeLimits, rule: PixelRule) => Promise<Route> | Route;
