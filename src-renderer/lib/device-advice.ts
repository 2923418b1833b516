/** What a person can do about a run whose device gave up. */
import type { Run } from '../../shared/contract.ts';
import { deviceErrorCodes } from '../../shared/deviceFailure.ts';
import type { Patch } from './patch.ts';

const batchCodes = new Set(['out-of-device-memory', 'restarted-after-memory', 'device-failed']);

/** The batch size that is suggested where memory ran out or the device failed; null elsewhere. */
export function smallerBatch(run: Run): number | null {
  const { code = '', details } = run.error ?? {};
  const suggestion = (details as { suggestion?: unknown } | undefined)?.suggestion;
  return batchCodes.has(code) && typeof suggestion === 'number' ? suggestion : null;
}

/**
 * Settings of a new run with that batch size, from this run's weights where it has a checkpoint; empty where none is
 * suggested.
 */
export function smallerBatchPatch(run: Run): Patch {
  const batchSize = smallerBatch(run);
  if (batchSize === null) return {};
  return { batchSize, ...(run.checkpoints.length > 0 ? { 'backbone.init': `run:${run.id}` } : {}) };
}

/** Whether its device gave up and was not the processor: it goes on there only when a person says so. */
export const canMoveToProcessor = (run: Run): boolean =>
  (run.state === 'interrupted' || run.state === 'failed' || run.state === 'stopped') &&
  run.error !== null &&
  (deviceErrorCodes.has(run.error.code) || batchCodes.has(run.error.code)) &&
  (run.device ?? run.config.device) !== 'cpu';
