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
]);
export type StudyId = z.infer<typeof StudyId>;
