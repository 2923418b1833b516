/** What a trial of ways to begin is asked and answers, as it crosses a process; the ways themselves are beginnings.ts. */
import { z } from 'zod';

/** What photos are of, as far as it decides how views of them may differ. */
export const PhotoKind = z.enum(['any', 'upright', 'noUp', 'colour']);
export type PhotoKind = z.infer<typeof PhotoKind>;

/** What a trial ends in: the way to go on with, as settings over the preset `quick`. */
export const BeginningChoice = z.object({
  armId: z.string(),
  /** Settings as dotted paths. */
  patch: z.record(z.string(), z.unknown()),
  /** Whether chance alone may have put it before the next. */
  close: z.boolean(),
});
export type BeginningChoice = z.infer<typeof BeginningChoice>;
