/** Names of the studies; what they are is studies.ts. */
import { z } from 'zod';

export const StudyId = z.enum([
  'stop-gradient',
  'predictor',
  'batch-size',
  'heads-bn',
  'similarity',
  'symmetry',
  'alternation',
  'moving-average',
  'output-dimension',
  'relations',
  'methods',
  /** Not the paper's: which way to begin is best for these photos (beginnings.ts). */
  'which-way',
]);
export type StudyId = z.infer<typeof StudyId>;
