/** What a new run changes when a person follows an advice that was given about an earlier one. */
import type { Run } from '../../shared/contract.ts';
import { initFromRun } from '../../shared/weights.ts';
import { smallerBatchPatch } from './device-advice.ts';
import type { Patch } from './patch.ts';

/** As dotted settings; nothing where the advice is none, or of no setting. */
export function advicePatch(run: Run, advice: string | undefined): Patch {
  if (advice === 'smallerBatch') return smallerBatchPatch(run);
  const patchOf = (wanted: string) => run.judgement?.advice.find(({ key }) => key === wanted)?.patch ?? {};
  if (advice !== 'lastHealthy') return advice === undefined ? {} : patchOf(advice);
  if (run.healthyCheckpointId === null) return {};
  // at the same rate it would go the same way
  return { 'backbone.init': initFromRun(run.id, run.healthyCheckpointId), ...patchOf('learningRateDown') };
}
