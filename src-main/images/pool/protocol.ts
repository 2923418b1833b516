/** The messages between a pool and its workers. */
import type { ImageReason } from '../errors.ts';
import type { DecodeLimits } from '../decode/types.ts';
import type { ImageJob } from './jobs.ts';

export type ToWorker =
  | { type: 'job'; id: number; job: ImageJob; limits: Pick<DecodeLimits, 'maxPixels' | 'timeout'> }
  /** Grants the one turn for a huge photo, which the worker asked for. */
  | { type: 'proceed'; id: number };

export type FromWorker =
  /** Loaded, and listening: a job's time counts from here. */
  | { type: 'ready' }
  | { type: 'result'; id: number; result: unknown }
  | { type: 'failed'; id: number; reason: ImageReason }
  /** Something that is not the file's fault. */
  | { type: 'error'; id: number; message: string }
  /** Asks for the one turn for a huge photo, before its pixels are decoded. */
  | { type: 'huge'; id: number };

/** Photos above this many pixels are decoded one at a time over all workers, so that memory stays bounded. */
export const HUGE_PIXELS = 48_000_000;
