/** Known weights (knownWeights.ts) that the application fetches when a person asks it to. */
import { z } from 'zod';
import { call, nothing } from './wire.ts';
import { Task } from './explore.ts';

export const weightCalls = {
  /** Those that have been fetched: their ids, and where each file lies. */
  'weights.kept': call(nothing, z.array(z.object({ id: z.string(), file: z.string() }))),
  /**
   * Fetches one file from its publisher into the home folder, going on where it was interrupted, and checks its sum. Where
   * it lies is the task's result. Errors: not-found, not-fetched (offline, and what the task fails with).
   */
  'weights.fetch': call(z.strictObject({ id: z.string().max(100) }), Task),
} as const;
